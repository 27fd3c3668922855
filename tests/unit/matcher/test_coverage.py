"""What verified a telop, and which of its names and numbers."""

from dataclasses import replace

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.coverage import Share, Terms, Verified, cover, verify
from telop_matcher.matching.judging import judge
from telop_matcher.matching.proper_names import names_in
from telop_matcher.matching.values import CHANGING, Rules

from tests.unit.matcher.programme import Line, stage, understood


def verified(line: Line, english: EnglishLexicon, roster: tuple[str, ...] = (), scripted: bool = False) -> Verified:
    telops, words = stage(understood(line))
    judged = judge(telops, words, Rules(roster), english)
    case = judged.cases[-1]
    return verify(case, [(0, len(line.written))] if scripted else (), Terms.of(roster), judged)


@pytest.mark.parametrize(
    ("line", "by"),
    [
        (Line("The mayor opened the bridge", "the mayor opened the bridge"), ("speech", "dictionary")),
        (Line("The mayor opened the bridge", None), ("dictionary",)),
        (Line("Ovxqua 17", None), ()),
    ],
)
def test_a_telop_is_verified_by_who_says_the_same(line: Line, by: tuple[str, ...], english: EnglishLexicon) -> None:
    assert verified(line, english).by == by


def test_the_roster_and_the_script_verify_what_nobody_says(english: EnglishLexicon) -> None:
    label = Line("Xavi Ovxqua", None)
    assert verified(label, english).by == ()
    assert verified(label, english, roster=("Xavi Ovxqua",)).by[0] == "roster"
    assert verified(label, english, scripted=True).by == ("script",)


def test_names_and_numbers_are_counted_one_by_one(english: EnglishLexicon) -> None:
    said = Line("Then Xavi Ovxqua paid 300 euros", "then somebody paid three hundred euros")
    assert verified(said, english).numbers == Share(1, 1)
    assert verified(said, english).names == Share(1, 0)
    assert verified(said, english, roster=("Xavi Ovxqua",)).names == Share(1, 1)
    other = Line("Then Xavi paid 300 euros", "then somebody paid four hundred euros")
    assert verified(other, english).numbers == Share(1, 0)


def test_a_clock_leaves_no_number_unverified(english: EnglishLexicon) -> None:
    (clock,), _ = stage([Line("Rovers 2 21:04", None)])
    judged = judge([replace(clock, kind=CHANGING)], [], Rules(), english)
    assert verify(judged.cases[0], (), Terms.of(()), judged) == Verified((), Share(), Share())


@pytest.mark.parametrize(
    ("text", "shown_s", "counts"), [("21:04", 40.0, False), ("21:04", 4.0, True), ("Doors open 21:04", 40.0, True)]
)
def test_a_clock_within_its_minute_is_a_clock_and_a_caption_with_a_time_is_none(
    text: str, shown_s: float, counts: bool, english: EnglishLexicon
) -> None:
    (shown,), _ = stage([Line(text, None)])
    judged = judge([replace(shown, end_s=shown.start_s + shown_s)], [], Rules(), english)
    assert bool(verify(judged.cases[0], (), Terms.of(()), judged).numbers.total) is counts


def test_a_term_of_the_roster_is_a_whole_word_and_in_japanese_any_part() -> None:
    assert Terms.of(["Ann"]).places("Annual report by Ann") == [(17, 20)]
    assert Terms.of(["高橋"]).places("会見する高橋知事") == [(4, 6)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Then John Anderson spoke", ["John Anderson"]),
        ("John Anderson spoke", ["John Anderson"]),
        ("Heavy rain is expected", []),
        ("Storm Hits The North Coast", []),
        ("JOHN ANDERSON", []),
    ],
)
def test_capitals_tell_names_but_not_at_a_start_or_in_a_headline(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in names_in(text)] == names


def test_a_programme_is_counted_under_the_strongest_witness_of_each_telop() -> None:
    some = [
        Verified(("speech", "dictionary"), Share(1, 1), Share()),
        Verified((), Share(1, 0), Share(2, 1)),
    ]
    covered = cover(some)
    assert covered.telops == {"speech": 1, "script": 0, "roster": 0, "dictionary": 0, "nothing": 1}
    assert covered.unverified == 0.5
    assert cover([]).unverified == 0.0
