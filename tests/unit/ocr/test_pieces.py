"""Which pieces need no reading, on drawn pieces: known letters that stand there, whatever moves beside them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import FrameReading, Piece, known_lines, whole_lines

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, WIDTH, Caption, Frame

WHOLE = Area(0, 0, WIDTH, HEIGHT)
SHOWN = Line("Harbour bridge", 0.99, Area(180, 290, 280, 40))
PASSING = Line("MY", 0.8, Area(40, 40, 90, 40))
SHOWN_HIGH = Line("Harbour bridge", 0.99, Area(215, 180, 210, 40))


def tiles(left: int, top: int, columns: int, rows: int) -> tuple[Area, ...]:
    return tuple(Area(left + 8 * x, top + 8 * y, 8, 8) for x in range(columns) for y in range(rows))


ON_LINE = tiles(200, 296, 6, 3)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path


def piece(scratch: Path, number: int, new: tuple[Area, ...], *shown: Caption, moves: bool = False) -> Piece:
    """A whole picture; where `moves` says so, only a third of its upper half stands still."""
    frame: Frame = footage.draw([Caption("Harbour bridge", 0.0, 9.0), *shown], 0.0)
    still = np.full((HEIGHT, WIDTH), 255, np.uint8)
    if moves:
        still[: HEIGHT // 2] = 0
        still[: HEIGHT // 2, ::3] = 255
    np.save(scratch / f"{number}.npy", np.ascontiguousarray(frame[:, :, ::-1]))
    np.save(scratch / f"{number}.still.npy", still)
    return Piece(number, 10 * number, WHOLE, new, scratch / f"{number}.npy")


def test_letters_that_stand_there_are_not_read_again(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE), [SHOWN])
    assert known_lines(piece(scratch, 1, ON_LINE), [read]) == [SHOWN]


def test_a_word_beside_a_known_line_is_read(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE), [SHOWN])
    word = Caption("MY", 0.0, 9.0, (60, 52), size=20)
    assert known_lines(piece(scratch, 1, ON_LINE + tiles(40, 40, 4, 3), word), [read]) is None


def test_new_strokes_here_and_there_beside_a_known_line_are_no_word(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE), [SHOWN])
    scattered = tuple(tile for at in range(6) for tile in tiles(40 + 80 * at, 40, 2, 1))
    dots = [Caption(".", 0.0, 9.0, (48 + 80 * at, 36), size=16) for at in range(6)]
    assert known_lines(piece(scratch, 1, ON_LINE + scattered, *dots), [read]) == [SHOWN]


def test_where_only_strokes_went_away_beside_a_known_line_nothing_is_read(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE), [SHOWN])
    assert known_lines(piece(scratch, 1, ()), [read]) == [SHOWN]


def test_a_thing_that_passed_by_and_was_taken_for_letters_is_not_looked_for_again(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE, Caption("MY", 0.0, 9.0, (85, 60)), moves=True), [SHOWN, PASSING])
    passed = piece(scratch, 1, ON_LINE, Caption("I", 0.0, 9.0, (60, 60)))
    assert known_lines(passed, [read]) == [SHOWN]


def test_a_line_that_was_read_before_it_stood_still_goes_on(scratch: Path) -> None:
    early = Caption("MY", 0.0, 9.0, (85, 60))
    read = FrameReading(piece(scratch, 0, ON_LINE, early, moves=True), [SHOWN, PASSING])
    assert known_lines(piece(scratch, 1, ON_LINE, early), [read]) == [SHOWN, PASSING]


def test_a_line_that_stood_still_and_is_gone_is_read_again(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE, Caption("MY", 0.0, 9.0, (85, 60))), [SHOWN, PASSING])
    assert known_lines(piece(scratch, 1, ON_LINE), [read]) is None


def test_a_line_that_was_gone_when_its_place_was_read_is_not_looked_for_again(scratch: Path) -> None:
    read = [
        FrameReading(piece(scratch, 0, ON_LINE, Caption("MY", 0.0, 9.0, (85, 60))), [SHOWN, PASSING]),
        FrameReading(piece(scratch, 1, ON_LINE), [SHOWN]),
    ]
    assert known_lines(piece(scratch, 2, ON_LINE), read) == [SHOWN]


def drifting(scratch: Path, number: int, time_s: float, *shown: Caption) -> Piece:
    """A whole picture of houses that pass by, of which all windows and captions seem new."""
    np.save(scratch / f"{number}.npy", footage.draw(shown, time_s, footage.houses))
    np.save(scratch / f"{number}.still.npy", np.full((HEIGHT, WIDTH), 255, np.uint8))
    return Piece(number, round(time_s * 25), WHOLE, tiles(80, 160, 56, 18), scratch / f"{number}.npy")


def test_a_picture_that_was_read_and_drifts_is_not_read_again(scratch: Path) -> None:
    read = FrameReading(drifting(scratch, 0, 0.0), [])
    assert known_lines(drifting(scratch, 1, 0.6), [read]) == []


def test_what_drifts_in_from_outside_the_picture_is_not_read(scratch: Path) -> None:
    read, later = FrameReading(drifting(scratch, 0, 0.0), []), drifting(scratch, 1, 1.2)
    entered = replace(later, unread=tiles(WIDTH - 16, 120, 2, 28))
    assert known_lines(entered, [read]) == []


@pytest.mark.parametrize("text", ["Harbour bridge", "夜間", "41"])
@pytest.mark.parametrize("at", [(320, 250), (550, 300)])
def test_letters_that_appear_on_a_picture_that_drifts_are_read(scratch: Path, text: str, at: tuple[int, int]) -> None:
    read = FrameReading(drifting(scratch, 0, 0.0), [])
    shown = drifting(scratch, 1, 0.6, Caption(text, 0.0, 9.0, at))
    assert known_lines(replace(shown, unread=tiles(at[0] - 24, at[1] - 16, 6, 4)), [read]) is None


@pytest.mark.parametrize("at", [(620, 120), (620, 20), (24, 200), (320, 350)])
def test_a_small_label_that_appears_at_the_edge_of_a_picture_that_drifts_is_read(
    scratch: Path, at: tuple[int, int]
) -> None:
    read = FrameReading(drifting(scratch, 0, 0.0), [])
    shown = drifting(scratch, 1, 0.6, Caption("LIVE", 0.0, 9.0, at, size=14))
    corner = (at[0] - 16) // 8 * 8, (at[1] - 8) // 8 * 8
    assert known_lines(replace(shown, unread=tiles(*corner, 4, 2)), [read]) is None


def test_letters_that_drift_are_read_again(scratch: Path) -> None:
    read = FrameReading(drifting(scratch, 0, 0.0, Caption("Harbour bridge", 0.0, 9.0, (320, 200))), [SHOWN_HIGH])
    assert known_lines(drifting(scratch, 1, 0.6, Caption("Harbour bridge", 0.0, 9.0, (315, 200))), [read]) is None


def test_a_line_cut_by_the_edge_of_a_piece_is_left_out_and_one_at_the_edge_of_the_frame_is_not() -> None:
    cut, at_edge = replace(SHOWN, area=Area(200, 290, 260, 40)), replace(SHOWN, area=Area(440, 200, 200, 40))
    assert whole_lines([SHOWN, at_edge], WHOLE, WIDTH, HEIGHT) == [SHOWN, at_edge]
    assert whole_lines([cut, at_edge], Area(200, 180, 440, 180), WIDTH, HEIGHT) == [at_edge]


def test_a_shape_as_tall_as_half_the_picture_is_no_text() -> None:
    assert whole_lines([Line("O", 0.99, Area(100, 20, 300, 180))], WHOLE, WIDTH, HEIGHT) == []


def test_what_is_right_above_a_line_that_was_read_is_no_letter_of_it(scratch: Path) -> None:
    read = FrameReading(piece(scratch, 0, ON_LINE), [SHOWN])
    above = replace(piece(scratch, 1, tiles(200, 272, 12, 2)), area=Area(0, 0, WIDTH, 288))
    np.save(above.path, np.load(above.path)[:288])
    assert known_lines(above, [read]) == []
