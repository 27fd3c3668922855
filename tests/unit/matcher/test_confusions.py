"""The list of confused words: long enough, every pair once, and cues that speak for one word only."""

from importlib import resources

import pytest
from telop_matcher.english import CONFUSIONS, EnglishLexicon
from telop_matcher.matching.confusions import parse, support

from tests.unit.matcher.programme import Line, brief, findings, understood

TEXT = resources.files("telop_matcher").joinpath(CONFUSIONS).read_text("utf-8")


def test_the_list_has_two_hundred_pairs_and_each_once() -> None:
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    pairs = [frozenset(side.partition(":")[0].strip() for side in line.split(" / ", 1)) for line in lines]
    assert len(pairs) >= 200
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)


def test_a_line_that_is_no_pair_is_an_error() -> None:
    with pytest.raises(ValueError, match="unpack"):
        parse("only one side: cue_")


def test_cues_beside_a_word_count_more_than_cues_near_it() -> None:
    words = "the opinion of the voters in a poll".split()  # noqa: SIM905 - a sentence
    assert support(words, 7, frozenset(("a_", "voters"))) == 3
    assert support(words, 7, frozenset(("_of", "ski"))) == 0


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("The court herd the driver was tired", "the court heard the driver was tired", "herd", "heard"),
        ("Police say it had no affect on traffic", "police say it had no effect on traffic", "affect", "effect"),
        ("He is older then his brother", "he is older than his brother", "then", "than"),
    ],
)
def test_a_listed_word_is_found_where_the_words_around_go_with_the_other(
    english: EnglishLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == [("wrong_word", wrong, suggestion)]
