"""Numbers are read by value, written or spoken."""

import pytest
from telop_matcher.matching.numbers import find_numbers
from telop_matcher.matching.writing import tokens


def values(text: str) -> list[set[str]]:
    return [set(number.values) for number in find_numbers([token.text for token in tokens(text)])]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("300", "three hundred"),
        ("25 people", "twenty five people"),
        ("1,253", "one thousand two hundred and fifty three"),
        ("$1.5 million", "one point five million dollars"),
        ("153,200", "a hundred and fifty three thousand two hundred"),
        ("4%", "four percent"),
        ("in 2024", "in twenty twenty four"),
        ("in 1984", "in nineteen eighty four"),
        ("1900", "nineteen hundred"),
        ("at 5:30", "at five thirty"),
        ("25th", "twenty fifth"),
        ("a million", "one million"),
        ("3 hundred million", "three hundred million"),
        ("0", "zero"),
        ("£42m", "forty two million pounds"),
        ("$1.5bn", "one point five billion dollars"),
        ("3k", "three thousand"),
        ("£4.50", "four pounds fifty"),
    ],
)
def test_the_same_number_written_and_spoken_shares_a_value(written: str, spoken: str) -> None:
    assert [left & right for left, right in zip(values(written), values(spoken), strict=True)] != [set()]


@pytest.mark.parametrize(
    ("written", "spoken"), [("300", "two hundred"), ("1.5 million", "one million"), ("25th", "twenty sixth")]
)
def test_different_numbers_share_no_value(written: str, spoken: str) -> None:
    assert [left & right for left, right in zip(values(written), values(spoken), strict=True)] == [set()]


@pytest.mark.parametrize(
    "text", ["thousands of people", "hundred", "G20", "covid-", "G7 leaders", "2½ hours", "10² metres"]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("text", ["three to the one", "he won two", "may", "the second", "1.2.3"])
def test_what_may_mean_something_else_is_not_clear(text: str) -> None:
    found = find_numbers([token.text for token in tokens(text)])
    assert found
    assert not any(number.is_clear and not number.may_be_more for number in found)


def test_hundreds_of_number_words_are_read_without_end_or_error() -> None:
    assert find_numbers(["million", "one", "and", "point", "hundred", "thousand", "a"] * 200)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("60 km/h", "kilometres per hour"),
        ("sixty miles per hour", "miles per hour"),
        ("250g", "grams"),
        ("108°", "degrees"),
        ("15 °C", "degrees celsius"),
        ("£42m", "pounds"),
        ("20 per cent", "percent"),
        ("5 minutes", ""),
    ],
)
def test_what_a_number_counts_is_known_by_its_sign_or_words(text: str, measure: str) -> None:
    assert [number.measure for number in find_numbers([token.text for token in tokens(text)])] == [measure]
