"""What was read of running text becomes one telop a strip, with its times, open where the range cuts it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import FrameReading, Piece
from telop_ocr.tickers import StripReading, beside, joined, runs, sliding, tickers
from telop_ocr.timeline import Timeline

BAND, COLUMN = Area(0, 660, 1280, 60), Area(400, 0, 480, 720)
FRAMES = 250


def timeline() -> Timeline:
    starts = np.arange(FRAMES) / 25
    return Timeline(starts, starts + 0.04, np.zeros((FRAMES, 1, 1), np.uint8), [], (16, 16))


def line(text: str, left: float, right: float, confidence: float = 0.9) -> Line:
    return Line(text, confidence, Area(left, 670, right - left, 40))


def below(text: str, top: float, confidence: float = 0.9) -> Line:
    return Line(text, confidence, Area(500, top, 200, 40))


def strip(frame: int, *lines: Line, number: int = 0, upright: bool = False, until: int = FRAMES - 1) -> StripReading:
    """A strip that slides by five pixels a frame."""
    area = COLUMN if upright else BAND
    return StripReading(number, upright, frame, 5.0 * frame, 5.0, until, area, lines)


def test_overlapping_pieces_are_one_text() -> None:
    pieces = [("Trains are late in the nor", 0, 260), ("he north and the harb", 200, 410), ("harbour closed", 360, 500)]
    assert joined(pieces) == "Trains are late in the north and the harbour closed"


def test_pieces_with_a_gap_between_them_are_joined_by_a_space() -> None:
    assert joined([("second", 300, 400), ("first", 0, 100)]) == "first second"


def test_text_that_comes_in_and_goes_within_the_range_is_closed_at_both_ends() -> None:
    (found,) = tickers([strip(60, line("Trains are late", 1130, 1260)), strip(100, line("Trains are late", 930, 1060))],
                       timeline())  # fmt: skip
    assert (found.kind, found.text) == ("ticker", "Trains are late")
    assert not found.open_start
    assert found.start_s == pytest.approx((60 - 150 / 5) / 25)
    assert not found.open_end or found.end_s == pytest.approx(10.0)


def test_text_ends_when_its_last_letter_is_out() -> None:
    (found,) = tickers([strip(60, line("Trains are late", 130, 260), until=115)], timeline())
    assert not found.open_end
    assert found.end_s == pytest.approx((60 + 260 / 5) / 25 + 0.04)


def test_text_is_open_where_the_range_cuts_it() -> None:
    reads = [strip(10, line("rains are late in the north and th", 0, 1280)), strip(240, line("Monday noon", 0, 1280))]
    (found,) = tickers(reads, timeline())
    assert (found.open_start, found.open_end) == (True, True)
    assert found.start_s == 0.0
    assert found.end_s == pytest.approx(10.0)


def test_a_strip_that_was_taken_away_ends_there() -> None:
    (found,) = tickers([strip(60, line("Trains are late", 1000, 1260), until=70)], timeline())
    assert found.end_s <= (70 + 25) / 25 + 0.04


def test_each_strip_is_a_telop_of_its_own() -> None:
    found = tickers([strip(50, line("one", 0, 90)), strip(50, line("two", 0, 90), number=1), strip(70, number=2)],
                    timeline())  # fmt: skip
    assert [each.text for each in found] == ["one", "two"]


def test_lines_that_run_up_are_stacked_each_once_and_whole() -> None:
    reads = [
        strip(20, below("Producer", 600), below("Jane Whitf", 685, 0.95), upright=True),
        strip(60, below("Produccr", 400, 0.7), below("Jane Whitford", 480), below("Tom Adeyemi", 560), upright=True),
    ]
    (found,) = tickers(reads, timeline())
    assert found.text == "Producer\nJane Whitford\nTom Adeyemi"
    assert [each.text for each in found.lines] == found.text.split("\n")


def test_a_reading_of_running_text_is_no_caption() -> None:
    piece = Piece(0, 80, Area(0, 500, 1280, 220), (), Path("0.npy"))
    caption = Line("The mayor", 0.9, Area(400, 560, 300, 40))
    reading = FrameReading(piece, [caption, line("Trains are la", 900, 1100)])
    (left,) = beside([reading], runs([strip(60, line("Trains are late", 1000, 1260), until=120)], timeline()))
    assert left.lines == [caption]
    assert beside([reading], [])[0].lines == reading.lines


def test_what_stands_where_text_ran_before_is_a_caption() -> None:
    piece = Piece(0, 200, Area(0, 500, 1280, 220), (), Path("0.npy"))
    reading = FrameReading(piece, [line("The mayor", 400, 700)])
    ran = runs([strip(60, line("Trains are late", 130, 260), until=115)], timeline())
    assert beside([reading], ran)[0].lines == reading.lines


def test_a_caption_over_a_picture_that_slides_is_a_caption() -> None:
    written = Area(900, 672, 190, 36)
    piece = Piece(0, 80, Area(0, 500, 1280, 220), (written,), Path("0.npy"))
    reading = FrameReading(piece, [line("The mayor", 900, 1100)])
    strips = sliding([strip(60, line("The mayor", 900, 1100), line("of a house", 300, 500), until=120)], [reading])
    assert beside([reading], runs(strips, timeline()))[0].lines == reading.lines


def test_a_word_of_running_text_that_seemed_to_stand_is_no_caption() -> None:
    piece = Piece(0, 80, Area(0, 500, 1280, 220), (Area(100, 672, 190, 36),), Path("0.npy"))
    reading = FrameReading(piece, [line("from June", 100, 300)])
    strips = sliding([strip(60, line("a grant from June", 900, 1250), until=120)], [reading])
    assert beside([reading], runs(strips, timeline()))[0].lines == []


def test_a_label_joined_with_what_runs_past_it_is_no_other_caption() -> None:
    read = strip(60, line("Trains are late in the north", 200, 700), until=120)
    ran = runs([replace(read, area=Area(160, 660, 1120, 60))], timeline())
    label, both, behind = line("LIVE", 60, 150), line("LIVErth", 60, 230), line("north", 0, 40)

    def left(frame: int, line: Line, *unread: Area) -> Sequence[Line]:
        return beside([FrameReading(Piece(0, frame, BAND, unread, Path("0.npy")), [line])], ran)[0].lines

    assert left(80, label) == left(80, label, label.area) == [label]
    assert left(80, both) == left(140, both) == []
    assert left(80, behind) == left(170, behind) == []
    assert left(80, line("LIVE at ten", 60, 400), Area(60, 670, 340, 40)) != []
    assert left(190, both) == [both]


def test_running_text_half_of_whose_tiles_stand_by_chance_is_no_caption() -> None:
    piece = Piece(0, 80, BAND, (Area(200, 670, 400, 40),), Path("0.npy"))
    reading = FrameReading(piece, [line("late in the north of Japan", 200, 1100)])
    (strip_read,) = sliding([strip(60, line("late in the north of Japan", 300, 1200), until=120)], [reading])
    assert beside([reading], runs([strip_read], timeline()))[0].lines == []


def test_a_caption_in_a_strip_of_a_picture_that_is_zoomed_is_no_running_text() -> None:
    caption, tile = line("First we need some flour", 350, 930), Area(350, 670, 580, 24)
    stands = FrameReading(Piece(0, 20, BAND, (tile,), Path()), [caption])
    passes = FrameReading(Piece(1, 30, BAND, (), Path()), [line("Trains are late", 130, 260)])
    zoomed = strip(60, line("First we need s", 350, 720))
    ran = strip(60, line("Trains are late", 130, 260), line("in the north", 350, 720))
    assert tickers(sliding([zoomed], [stands, passes]), timeline()) == []
    assert sliding([ran], [stands, passes])[0].lines == list(ran.lines)
