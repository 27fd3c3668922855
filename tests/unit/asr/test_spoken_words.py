"""Written words become those that are said."""

import pytest
from telop_asr.engines.spoken_words import ways_to_say


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Budget,", "budget"),
        ("don’t", "don't"),
        ("Sixty-five", "sixty five"),
        ("to-morrow.", "tomorrow"),
        ("Café", "café"),
        ("83", "eighty three"),
        ("1955.", "nineteen fifty five"),
        ("2005", "two thousand five"),
        ("1,500", "one thousand five hundred"),
        ("3.2%", "three point two percent"),
        ("£12", "twelve pounds"),
        ("4:45", "four forty five"),
        ("21st", "twenty first"),
        ("20th", "twentieth"),
        ("AT&T", "at and t"),
        ("9999999999999", "nine " * 13),
    ],
)
def test_the_likeliest_way_to_say_it_comes_first(written: str, said: str) -> None:
    assert ways_to_say(written)[0] == said.split()


@pytest.mark.parametrize("written", ["...", "-", "", "(!)"])
def test_marks_alone_are_not_said(written: str) -> None:
    assert ways_to_say(written) == []


@pytest.mark.parametrize(
    "said", ["nineteen sixty seven", "one nine six seven", "one thousand nine hundred and sixty seven"]
)
def test_a_figure_can_be_said_in_several_ways(said: str) -> None:
    assert said.split() in ways_to_say("1967")
