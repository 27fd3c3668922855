"""Missing words and names in two spellings: what is found, and what only looks like it."""

import pytest
from telop_matcher.english import EnglishLexicon

from tests.unit.matcher.programme import Line, brief, findings, understood


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("The goal did count", "the goal did not count", "did count", "did not count"),
        ("He went the old station", "he went to the old station", "went the", "went to the"),
        ("The number people has risen", "the number of people has risen", "number people", "number of people"),
        ("They sang 72 minutes", "they sang for seventy two minutes", "sang 72", "sang for 72"),
    ],
)
def test_a_word_that_no_sentence_can_do_without_is_missed(
    english: EnglishLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == [("missing", wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Mayor opens bridge", "the mayor opens the bridge"),
        ("Bridge closed on Sunday", "the bridge was closed on sunday"),
        ("The team won 3-1", "the team won three to one"),
        ("Fire in warehouse kills two", "a fire in a warehouse in the harbour kills two"),
        ("It begins the 5 March at noon", "it begins the fifth of march at noon"),
        ("They walked into the old station", "they walked in to the old station"),
    ],
)
def test_what_captions_leave_out_is_not_missed(english: EnglishLexicon, written: str, heard: str) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == []


def named(*names: str) -> list[Line]:
    return [Line(f"{name}\nChief Scientist", None) for name in names]


@pytest.mark.parametrize(
    ("usual", "other", "wrong", "suggestion"),
    [
        ("Erik Halvorsen", "Eric Halvorsen", "Eric", "Erik"),
        ("Brannoch Tuohy", "Brannoch Touhy", "Touhy", "Tuohy"),
        ("Katherine Voss", "Catherine Voss", "Catherine", "Katherine"),
    ],
)
def test_one_name_has_one_spelling(
    english: EnglishLexicon, usual: str, other: str, wrong: str, suggestion: str
) -> None:
    assert brief(findings(named(usual, usual, other, usual), english)) == [("inconsistent", wrong, suggestion)]


def test_of_two_spellings_that_stand_equally_often_the_one_far_better_known_is_right(english: EnglishLexicon) -> None:
    found = findings(named("John Dashwood", "John Dashwoood"), english)
    assert brief(found) == [("inconsistent", "Dashwoood", "Dashwood")]


@pytest.mark.parametrize(
    ("names", "roster"),
    [
        (("Erik Halvorsen", "Eric Halvorsen"), ()),
        (("Anna Petersen", "Anna Petersen", "Hannah Brandt"), ()),
        (("Erik Halvorsen", "Erik Halvorsen", "Ingrid Halvorsen"), ()),
        (("Erik Halvorsen", "Erik Halvorsen", "Eric Halvorsen"), ("Erik Halvorsen", "Eric Halvorsen")),
    ],
)
def test_two_people_and_two_equal_spellings_accuse_nobody(
    english: EnglishLexicon, names: tuple[str, ...], roster: tuple[str, ...]
) -> None:
    assert brief(findings(named(*names), english, roster=roster)) == []


def test_capitals_tell_how_often_a_name_stands_and_are_told_to_be_wrong(english: EnglishLexicon) -> None:
    shouted = [Line("BRANNOCH TUOHY\nCHIEF SCIENTIST", None), Line("BRANNOCH TOUHY", None)]
    found = findings([*named("Brannoch Tuohy"), *shouted], english)
    assert brief(found) == [("inconsistent", "TOUHY", "TUOHY")]


def test_two_headlines_in_capitals_are_no_names(english: EnglishLexicon) -> None:
    headlines = ("CITY BANS CARS", "CITY BANS CARS", "CITY BANS BARS")
    assert brief(findings([Line(text, None) for text in headlines], english)) == []
