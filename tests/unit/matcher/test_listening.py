"""Before a caption is accused of a word, the sound is asked; a mishearing accuses nobody."""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import judge
from telop_matcher.matching.listening import Span, Wording
from telop_matcher.matching.values import Finding, Rules

from tests.unit.matcher.programme import Line, brief, stage, understood

WRONG = Line("The plains will cut 500 jobs", "the plans will cut five hundred jobs")
MISSING = Line("He went the old station", "he went to the old station")


def judged(line: Line, english: EnglishLexicon, fits: dict[str, float] | None = None) -> tuple[list[Finding], Span]:
    """The findings, and the span of the first judgement's doubt, whose wordings fit as well as `fits` says."""
    telops, words = stage(understood(line))
    (doubt,) = judge(telops, words, Rules(), english).doubts
    listened = {Wording(doubt.start_s, doubt.end_s, text): nats for text, nats in (fits or {}).items()}
    return judge(telops, words, Rules(), english, listened=listened).findings, doubt


@pytest.mark.parametrize(
    ("line", "written", "heard"),
    [
        (WRONG, "the plains will cut", "the plans will cut"),
        (MISSING, "he went the old", "he went to the old"),
    ],
)
def test_the_written_and_the_heard_wording_are_compared_between_the_words_around(
    line: Line, written: str, heard: str, english: EnglishLexicon
) -> None:
    found, doubt = judged(line, english)
    assert len(found) == 1
    assert set(doubt.wordings) == {written, heard}
    words = [word for word in stage(understood(line))[1] if doubt.start_s <= word.middle_s <= doubt.end_s]
    assert " ".join(word.text for word in words) == heard


@pytest.mark.parametrize(("line", "wrong"), [(WRONG, "plains"), (MISSING, "went the")])
def test_a_mistake_stays_where_the_heard_wording_fits_better(line: Line, wrong: str, english: EnglishLexicon) -> None:
    unheard, doubt = judged(line, english)
    written, heard = sorted(doubt.wordings, key=lambda text: "plans" in text or " to " in text)
    certain, _ = judged(line, english, {written: -900.0, heard: -860.0})
    assert [each.wrong for each in certain] == [wrong]
    assert [each.severity for each in certain] == [each.severity for each in unheard]
    assert certain[0].confidence >= unheard[0].confidence


@pytest.mark.parametrize("line", [WRONG, MISSING])
def test_a_mishearing_accuses_nobody(line: Line, english: EnglishLexicon) -> None:
    doubt = judged(line, english)[1]
    written, heard = sorted(doubt.wordings, key=lambda text: "plans" in text or " to " in text)
    assert judged(line, english, {written: -800.0, heard: -860.0})[0] == []


def test_words_that_sound_the_same_are_not_listened_to(english: EnglishLexicon) -> None:
    telops, words = stage(understood(Line("The whether will be warm this week", "the weather will be warm this week")))
    judgement = judge(telops, words, Rules(), english)
    assert brief(judgement.findings) == [("wrong_word", "whether", "weather")]
    assert not judgement.doubts  # the sound is one


def test_a_wording_without_its_rival_tells_nothing(english: EnglishLexicon) -> None:
    unheard, doubt = judged(WRONG, english)
    assert judged(WRONG, english, {doubt.wordings[0]: -10.0})[0] == unheard
