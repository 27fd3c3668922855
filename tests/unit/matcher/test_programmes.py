"""Whole programmes: planted mistakes are found, correct captions are left alone, also where the recogniser is bad.

What was heard is what pocketsphinx made of these sentences in synthetic voices, mistakes and all.
"""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import judge
from telop_matcher.matching.picture import look_again
from telop_matcher.matching.values import Blame, Look, Reading, Relation, Rules

from tests.unit.matcher.programme import CAPTION, Line, brief, findings, stage, understood

NOISY = [
    Line("The prime minister will visit Germany next week", "if i'm in a few of the gemini next week"),
    Line("Heavy rain is expected in the north tomorrow", "heavy rain is expected to know if tomorrow"),
    Line("The court sentenced him to 10 years in prison", "if life sentence him to ten years in prison"),
    Line("Scientists found a new species of frog in Brazil", "scientists found a new species of frog in the film"),
    Line("Prices rose by 14% last year", "prices rose by forty percent last year"),
    Line("The storm left thousands of homes without power", "if i let thousands of pounds without an hour"),
    Line("Many tourists come to see the old temple", "many come terrorists to see the old temple"),
    Line("The band played its last song before midnight", "the band played its last long before midnight"),
    Line("The ministers met in Brussels to discuss the crisis", "the ministers met in brazil to discuss the crisis"),
    Line("They have lived in this village all their lives", "they have lived in this village on their lives"),
    Line("The coach is happy with the result", "the catch is happy with the result"),
    Line("The team will travel to Spain for the final", "the team will travel to speak for the final"),
    Line("Hundreds of students marched through the city", "and if students marched through the city"),
]


def test_a_bad_recogniser_alone_makes_no_finding_that_counts(english: EnglishLexicon) -> None:
    assert [each for each in findings(NOISY, english) if each.severity != "fyi"] == []


def test_captions_that_condense_or_paraphrase_are_not_flagged(english: EnglishLexicon) -> None:
    lines = understood(
        Line("Brilliant save in the second half", "the keeper made a brilliant save in the second half"),
        Line("Opposition calls decision a mistake", "the opposition called the decision a mistake"),
        Line("Long delays on the motorway", "there is a long delay on the motorway this morning"),
        Line("Minister refuses to answer", "the minister refused to answer our questions"),
        Line("I think we have to change", "i think that we have to change the way we live"),
        Line("EVENINGNEWS", None),
        Line("Live from the harbour", "good evening and welcome to the program"),
    )
    assert brief(findings(lines, english)) == []


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("The plains will cut 500 jobs", "the plans will cut five hundred jobs", "plains", "plans"),
        ("The whether will be warm this week", "the weather will be warm this week", "whether", "weather"),
        ("She won the gold metal in swimming", "she won the gold medal in swimming", "metal", "medal"),
    ],
)
def test_a_wrong_word_that_the_context_speaks_against_is_an_issue(
    english: EnglishLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    (found,) = findings(understood(Line(written, heard)), english)
    assert brief([found]) == [("wrong_word", wrong, suggestion)]
    assert (found.severity, found.relation) == ("issue", Relation.VERBATIM)


def test_a_wrong_word_whose_odds_are_below_nine_to_one_is_a_hint(english: EnglishLexicon) -> None:
    line = Line("The new monster will speak to the press", "the new minister will speak to the press")
    (found,) = findings(understood(line), english)
    assert brief([found]) == [("wrong_word", "monster", "minister")]
    assert found.severity == "fyi"


def test_a_word_that_fits_as_well_as_what_was_heard_is_left_alone(english: EnglishLexicon) -> None:
    line = Line("The old factory in town will close", "the old faculty in town will close")
    assert findings(understood(line), english) == []


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("The doctors say he is stable", "the doctor say he is stable"),
        ("They said they're colour blind today", "they said their color blind today"),
        ("Talks about Spain have failed", "talks about speak have failed"),
        ("The firefighters rescued the children", "the fire fighters rescued the children"),
        ("He signed the peace deal", "he signed a peace deal"),
    ],
)
def test_forms_spellings_names_and_little_words_are_no_wrong_words(
    english: EnglishLexicon, written: str, heard: str
) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == []


def test_one_mistake_that_two_rules_see_is_one_finding(english: EnglishLexicon) -> None:
    line = Line("John Andersen won the election", "john anderson won the election")
    (found,) = findings(understood(line), english, roster=["John Anderson"])
    assert found.kind == "name"


def test_a_caption_that_comes_back_at_once_is_one_finding(english: EnglishLexicon) -> None:
    lines = [Line("The parlament voted", None), Line("The parlament voted", None)]
    (found,) = findings(lines, english)
    assert found.start_s == 0.0
    assert found.end_s == pytest.approx(4.7)


def test_a_typo_that_is_on_every_frame_is_blamed_on_the_caption(english: EnglishLexicon) -> None:
    line = Line("The parlament voted", "the parliament voted", readings=("The parlament voted",) * 3)
    (found,) = findings([line], english)
    assert (found.blame, found.severity) == (Blame.CAPTION, "issue")


def test_a_misreading_that_flickers_is_blamed_on_the_reader(english: EnglishLexicon) -> None:
    line = Line("The parlament voted", "the parliament voted", readings=("The parlament voted", "The parliament voted"))
    (found,) = findings([line], english)
    assert (found.blame, found.severity) == (Blame.OCR, "fyi")


def test_a_reader_that_is_unsure_asks_for_a_second_look_which_decides(english: EnglishLexicon) -> None:
    telops, words = stage([Line("The parlament voted", "the parliament voted", confidence=0.7)])
    (doubted,) = judge(telops, words, Rules(), english).findings
    assert (doubted.blame, doubted.severity, doubted.wants_look) == (Blame.UNDECIDABLE, "fyi", True)

    def judged(*texts: str) -> Blame:
        look = Look(telops[0].start_s, CAPTION, tuple(Reading(text, 0.7, 0.5) for text in texts))
        (found,) = judge(look_again(telops, [look]), words, Rules(), english).findings
        assert not found.wants_look or found.blame is Blame.UNDECIDABLE
        return found.blame

    assert judged("The parlament voted", "The parlament voted") is Blame.CAPTION
    assert judged("The parliament voted", "The parlament voted") is Blame.OCR
    assert judged() is Blame.UNDECIDABLE


def test_what_cannot_be_read_is_not_judged(english: EnglishLexicon) -> None:
    assert findings([Line("The parlament vofed", "the parliament voted", confidence=0.3)], english) == []


def test_nothing_in_gives_nothing_out(english: EnglishLexicon) -> None:
    assert judge([], [], Rules(), english).findings == []
    assert findings([Line("…", None), Line("\n", "\u0000")], english) == []
