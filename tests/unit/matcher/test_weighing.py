"""Evidence: what makes another word likelier, what a number that was half heard is worth, and calibrated confidence."""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import Aligned, Speech, align
from telop_matcher.matching.american import american
from telop_matcher.matching.odds import KNOTS, calibrated, log_odds
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.rules.wrong_words import CLEAR, WEIGHTS, considered
from telop_matcher.matching.spoken_numbers import spoken
from telop_matcher.matching.values import FYI, ISSUE, Alternative, Relation, Telop, Word

from tests.unit.matcher.programme import Line, brief, findings, understood

UNDERSTOOD, MISHEARD = Agreement(200, 4), Agreement(200, 60)


def beside(written: str, heard: str, *alternatives: Alternative) -> Aligned:
    """A caption whose second word may have been heard otherwise."""
    words = [Word(text, at * 0.4, at * 0.4 + 0.4, 0.85) for at, text in enumerate(heard.split())]
    words[1] = Word(words[1].text, words[1].start_s, words[1].end_s, 0.6, alternatives)
    return align(Telop(written, 0.0, 4.0), Speech(words))


def odds(case: Aligned, agreement: Agreement, english: EnglishLexicon) -> dict[str, float]:
    found = considered(case, 1, agreement, Roster.of(()), english)
    return {other: log_odds(each, WEIGHTS) for other, each in found}


def test_a_voice_that_is_misheard_is_worth_less(english: EnglishLexicon) -> None:
    case = beside("the plains will cut jobs", "the plans will cut jobs")
    assert odds(case, UNDERSTOOD, english)["plans"] > odds(case, MISHEARD, english)["plans"]


def test_what_the_recogniser_nearly_heard_as_written_speaks_for_the_caption(english: EnglishLexicon) -> None:
    sure = beside("the plains will cut jobs", "the plans will cut jobs")
    unsure = beside("the plains will cut jobs", "the plans will cut jobs", Alternative("plains", 0.35))
    assert odds(sure, UNDERSTOOD, english)["plans"] > odds(unsure, UNDERSTOOD, english)["plans"]


def test_an_alternative_of_the_recogniser_is_considered(english: EnglishLexicon) -> None:
    case = beside("the plains will cut jobs", "the planes will cut jobs", Alternative("plans", 0.3))
    assert "plans" in odds(case, UNDERSTOOD, english)


def test_another_form_of_a_word_is_considered_only_where_grammar_does_not_make_it(english: EnglishLexicon) -> None:
    assert "rules" in odds(beside("the rulers on expenses", "the rules on expenses"), UNDERSTOOD, english)
    assert odds(beside("he damages the schools", "he damaged the schools"), UNDERSTOOD, english) == {}


def test_what_is_easily_misheard_is_a_hint_however_likely(english: EnglishLexicon) -> None:
    (found,) = findings(understood(Line("We dried every page by hand", "we tried every page by hand")), english)
    assert (found.severity, found.confidence > CLEAR) == (FYI, True)


AGREED = 0.985
"""The confidence of a word that two recognisers heard."""


@pytest.mark.parametrize(("surety", "severity"), [(0.9, FYI), (AGREED, ISSUE)])
def test_what_two_recognisers_heard_alike_is_no_mishearing(
    english: EnglishLexicon, surety: float, severity: str
) -> None:
    line = Line("We dried every page by hand", "we tried every page by hand")
    (found,) = findings(understood(line), english, surety=surety)
    assert (found.wrong, found.severity) == ("dried", severity)


@pytest.mark.parametrize(("surety", "severity"), [(0.9, FYI), (AGREED, ISSUE)])
def test_a_teen_that_two_recognisers_heard_is_no_tenfold(english: EnglishLexicon, surety: float, severity: str) -> None:
    line = Line("The shop hired 15 people last month", "the shop hired fifty people last month")
    (found,) = findings(understood(line), english, surety=surety)
    assert (found.suggestion, found.severity) == ("50", severity)


@pytest.mark.parametrize(("surety", "wrong"), [(0.9, []), (AGREED, ["minster"])])
def test_a_rare_word_is_wrong_only_where_two_recognisers_heard_another(
    english: EnglishLexicon, surety: float, wrong: list[str]
) -> None:
    line = Line("The president will meet the prime minster", "the president will meet the prime minister")
    assert [each.wrong for each in findings(understood(line), english, surety=surety)] == wrong


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Museum sells more tickets than ever", "museum sold more tickets than ever"),
        ("You cannot plan a career like mine", "you cannot play an a career like mine"),
        ("They must pay Robert €18.3 billion", "they must pay robert a keen point three billion euros"),
        ("Guest travelled the world on wooden bicycle", "guest has travelled the world on a bicycle"),
        ("TONIGHTWE WILL COOK A SOUP", "tonight we will cook a soup"),
        ("Upset on centre court", "sets and plays on wednesday"),
        ("I would change the rules", "i could change the rules"),
    ],
)
def test_tenses_words_heard_in_parts_and_lost_spaces_are_no_mistakes(
    english: EnglishLexicon, written: str, heard: str
) -> None:
    assert findings(understood(Line(written, heard)), english, surety=AGREED) == []


def test_a_long_word_that_is_nearly_a_very_frequent_one_is_misspelt_at_the_beginning_too(
    english: EnglishLexicon,
) -> None:
    assert brief(findings([Line("Tomorow at 2.20", None)], english)) == [("spelling", "Tomorow", "Tomorrow")]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("the new hospital will open in june", [("wrong_word", "hotel", "hospital", FYI)]),
        ("the new hospital with open in june", []),
        ("the new motel will open in june", []),
    ],
)
def test_what_nobody_mishears_between_neighbours_that_were_heard_is_worth_a_hint(
    english: EnglishLexicon, heard: str, found: list[tuple[str, str, str, str]]
) -> None:
    said = findings(understood(Line("The new hotel will open in June", heard)), english)
    assert [(str(each.kind), each.wrong, each.suggestion, each.severity) for each in said] == found


@pytest.mark.parametrize("beside", ["you", "he"])
def test_a_word_is_an_issue_only_where_its_neighbours_were_heard_as_they_are_written(
    english: EnglishLexicon, beside: str
) -> None:
    line = Line("The plains you will make were cut", f"the plans {beside} will make were cut")
    (found,) = (each for each in findings(understood(line), english) if each.wrong == "plains")
    assert (found.severity != FYI) == (beside == "you")


@pytest.mark.parametrize(
    ("written", "relation"),
    [("The fans sang for hours", Relation.VERBATIM), ("Fans sang for hours", Relation.CONDENSED)],
)
def test_who_drops_the_article_at_the_beginning_condenses(written: str, relation: Relation) -> None:
    assert beside(written, "the fans sang for hours").relation is relation


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("She serves at 8:45 on Tuesday", "she serves a tape forty five on tuesday"),
        ("It closes at 6.50 on Sunday", "it closes at six fifty on sunday"),
        ("Unemployment lowest since 1905", "unemployment lowest since nineteen oh five"),
    ],
)
def test_a_number_that_was_half_heard_or_is_said_otherwise_is_not_wrong(
    english: EnglishLexicon, written: str, heard: str
) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == []


def test_a_doubled_word_needs_no_speech_where_english_never_doubles_it(english: EnglishLexicon) -> None:
    assert brief(findings([Line("Sharp knives\nknives ready", None)], english)) == [
        ("duplicate", "knives\nknives", "knives")
    ]


@pytest.mark.parametrize(
    ("figure", "words"),
    [("15", "fifteen"), ("1984", "nineteen eighty four"), ("3.2", "three point two"), ("5:30", "five thirty")],
)
def test_figures_are_said(figure: str, words: str) -> None:
    assert spoken(figure) == words


def test_calibration_rises_and_meets_its_knots() -> None:
    values = [calibrated(at / 100) for at in range(101)]
    assert values == sorted(values)
    assert all(calibrated(chance) == pytest.approx(right) for chance, right in KNOTS)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("The colour of the centre was grey", "the color of the center was gray"),
        ("They travelled to organise the defence", "they traveled to organize the defense"),
        ("Neighbours favoured the new programme", "neighbors favored the new program"),
    ],
)
def test_what_americans_spell_otherwise_was_heard_as_it_is_written(
    english: EnglishLexicon, written: str, heard: str
) -> None:
    aligned = beside(written, heard)
    assert all(aligned.is_equal(position) for position in range(len(aligned.written)))
    assert findings(understood(Line(written, heard)), english) == []


@pytest.mark.parametrize(("word", "other"), [("four", "for"), ("house", "hose"), ("filled", "filed"), ("rise", "rice")])
def test_words_that_are_no_two_spellings_of_one_stay_apart(word: str, other: str) -> None:
    assert american(word) != american(other)


@pytest.mark.parametrize(("surety", "severity"), [(0.9, FYI), (AGREED, ISSUE)])
def test_a_word_that_two_recognisers_heard_is_missing_from_a_caption_that_is_else_literal(
    english: EnglishLexicon, surety: float, severity: str
) -> None:
    line = Line("He was an ill man and they were afraid", "he was not an ill man and they were afraid")
    (found,) = findings(understood(line), english, surety=surety)
    assert (found.kind, found.severity) == ("missing", severity)


@pytest.mark.parametrize(
    ("written", "heard", "suggestion"),
    [
        ("She was chosen to lead the parting", "she was chosen to lead the party", "party"),
        ("The driver loss a wheel", "the driver lost a wheel", "lost"),
        ("It was the epoch of relief it was", "it was the epoch of belief it was", "belief"),
        ("It opens next spring in Leeds", "it opens next autumn in leeds", "autumn"),
        ("Rain in the north of the country", "rain in the south of the country", "south"),
    ],
)
def test_another_word_that_may_be_meant_is_found_and_no_other_form_of_the_same(
    english: EnglishLexicon, written: str, heard: str, suggestion: str
) -> None:
    found = findings(understood(Line(written, heard)), english, surety=AGREED)
    assert [(str(each.kind), each.suggestion) for each in found] == [("wrong_word", suggestion)]


def test_a_misspelt_scale_makes_no_other_number(english: EnglishLexicon) -> None:
    line = Line("I was paid £15.9 milllion for it", "i was paid fifteen point nine million pounds for it")
    assert "number" not in {each.kind for each in findings(understood(line), english, surety=AGREED)}
