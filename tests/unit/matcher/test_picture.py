"""What the picture itself says to a suspicion."""

from dataclasses import replace

from telop_matcher.matching.picture import candidates, clears, look_again, weigh
from telop_matcher.matching.values import (
    FYI,
    ISSUE,
    Blame,
    Box,
    Engine,
    FoldedSpan,
    Kind,
    Look,
    Reading,
    SecondReading,
    Suspicion,
    Telop,
)

BOX = Box(100, 440, 700, 48)
SURE = Telop("高橋知事", 1.0, 3.0, BOX, 0.99, 50, (Reading("高橋知事", 0.99, 1.0),))
UNSURE = replace(SURE, confidence=0.7)
NAME = Suspicion(Kind.NAME, 0, 2, "髙橋", 0.9, ("why",))
FOLDED = FoldedSpan(0, 1, ("髙",))


def blame(telop: Telop, suspicion: Suspicion = NAME) -> tuple[Blame, str, bool]:
    weighed, wants_look = weigh(telop, suspicion)
    return weighed.blame, weighed.severity, wants_look


def test_glyphs_that_the_reader_mistakes_accuse_nobody_until_they_were_compared() -> None:
    assert blame(SURE) == (Blame.CAPTION, ISSUE, False)
    assert blame(replace(SURE, folded=(FOLDED,))) == (Blame.UNDECIDABLE, FYI, True)
    assert blame(replace(SURE, folded=(replace(FOLDED, looks_like="高"),))) == (Blame.CAPTION, ISSUE, False)
    assert blame(replace(SURE, folded=(replace(FOLDED, looks_like="髙"),))) == (Blame.OCR, FYI, False)


def test_a_difference_that_is_not_only_one_of_such_glyphs_is_judged_as_ever() -> None:
    other = replace(NAME, suggestion="髙端")
    assert blame(replace(SURE, folded=(FOLDED,)), other) == (Blame.CAPTION, ISSUE, False)


def test_a_glyph_that_the_reader_mistakes_for_another_may_still_be_wrong_for_a_third() -> None:
    third = replace(NAME, suggestion="亮橋")
    assert blame(replace(SURE, folded=(FOLDED,)), third) == (Blame.CAPTION, ISSUE, False)
    assert blame(replace(SURE, folded=(FOLDED,)), NAME) == (Blame.UNDECIDABLE, FYI, True)


def test_a_second_look_decides_by_what_the_picture_matches() -> None:
    assert blame(UNSURE) == (Blame.UNDECIDABLE, FYI, True)
    for likeliest, expected in (("高橋知事", Blame.CAPTION), ("髙橋知事", Blame.OCR), (None, Blame.UNDECIDABLE)):
        (seen,) = look_again([UNSURE], [Look(1.0, BOX, likeliest=likeliest)])
        assert blame(seen)[0] is expected


def test_a_name_that_the_picture_shows_as_the_roster_has_it_is_cleared() -> None:
    (drawn,) = look_again([UNSURE], [Look(1.0, BOX, likeliest="髙橋知事")])
    (otherwise,) = look_again([UNSURE], [Look(1.0, BOX, likeliest="高橋知事")])
    compared = replace(SURE, folded=(replace(FOLDED, looks_like="髙"),))
    assert clears(drawn, NAME)
    assert clears(compared, NAME)
    assert not clears(replace(drawn, folded=(replace(FOLDED, looks_like="高"),), likeliest="高橋知事"), NAME)
    assert not any(clears(each, NAME) for each in (SURE, UNSURE, otherwise, replace(SURE, folded=(FOLDED,))))
    assert not clears(drawn, replace(NAME, suggestion="亮橋"))
    assert not clears(drawn, replace(NAME, kind=Kind.SPELLING)), "of what is no name, the operator is told"


def test_another_reader_that_reads_the_right_text_blames_the_first() -> None:
    other = SecondReading("髙橋知事", Engine("vision", "1", "none", "0" * 64))
    (seen,) = look_again([UNSURE], [Look(1.0, BOX, second_readings=(other,))])
    assert blame(seen) == (Blame.OCR, FYI, False)


def test_a_look_at_another_box_says_nothing() -> None:
    assert look_again([UNSURE], [Look(1.0, Box(0, 0, 9, 9), likeliest="髙橋知事")]) == [UNSURE]


def test_candidates_are_the_text_as_read_and_as_suspected() -> None:
    assert candidates(SURE, [(0, 2, "髙橋"), (2, 4, "知人"), (0, 2, "髙橋")]) == ("高橋知事", "髙橋知事", "高橋知人")


def test_a_text_that_no_telop_can_have_is_no_candidate() -> None:
    long = replace(SURE, text="高" * 2_000)
    assert candidates(long, [(0, 1, "高い"), (0, 2_000, "")]) == (long.text,)
