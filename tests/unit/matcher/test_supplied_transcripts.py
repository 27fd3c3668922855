"""A transcript that somebody wrote down is not misheard: what it has otherwise is an issue, and the caption's fault."""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import judge
from telop_matcher.matching.values import ISSUE, Blame, Finding, Rules, Telop, Word

from tests.unit.matcher.programme import CAPTION

DIFFERENT = [
    ("It tells the store of a lost dog", "it tells the story of a lost dog", "store", "story"),
    ("We wish here good luck", "we wish her good luck", "here", "her"),
    ("First we need 250 g of flower", "first we need two hundred and fifty grams of flour", "flower", "flour"),
    ("He was a farmer for 13 years", "he was a farmer for thirty years", "13", "30"),
    ("The work would take eighty months", "the work would take eighteen months", "eighty", "eighteen"),
    ("Next meeting: Saturday at 10", "the next meeting takes place on thursday at ten", "Saturday", "Thursday"),
    ("We published it in May.", "we published it in march", "May", "March"),
    ("I would use poison at home", "i would never use poison at home", "would use", "would never use"),
    ("You could see it", "you couldn't see it", "could", "couldn't"),
    ("They reach ball too late", "they reach the ball too late", "reach ball", "reach the ball"),
]


def found(written: str, said: str, confidence: float, lexicon: EnglishLexicon) -> list[Finding]:
    words = [Word(text, at / 3, (at + 1) / 3, confidence) for at, text in enumerate(said.split())]
    telop = Telop(written, 0.0, len(words) / 3, CAPTION, 0.99, 50, ())
    return judge([telop], words, Rules((), ()), lexicon).findings


@pytest.mark.parametrize(("written", "said", "wrong", "suggestion"), DIFFERENT)
def test_what_a_supplied_transcript_has_otherwise_is_an_issue(
    english: EnglishLexicon, written: str, said: str, wrong: str, suggestion: str
) -> None:
    findings = found(written, said, 1.0, english)
    assert [(each.wrong, each.suggestion, each.severity, each.blame) for each in findings] == [
        (wrong, suggestion, ISSUE, Blame.CAPTION)
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Mayor opens bridge", "the mayor opened the bridge"),
        ("He stopped smoking", "he stops smoking"),
        ("About 300 people came", "two hundred and ninety eight people came"),
    ],
)
def test_what_captions_change_on_purpose_is_no_issue(english: EnglishLexicon, written: str, said: str) -> None:
    assert found(written, said, 1.0, english) == []


def test_what_was_recognised_may_be_misheard(english: EnglishLexicon) -> None:
    assert [each.severity for each in found("We dried every page", "we tried every page", 0.9, english)] != [ISSUE]
