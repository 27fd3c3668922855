"""From readings to telops, on hand-made screens. Tiles are 10 px; a frame is 0.04 s."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from telop_ocr.captions import SeenTelop, telops
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import FrameReading, Piece
from telop_ocr.reading import appearances
from telop_ocr.timeline import Era, Timeline

FRAMES, ROWS, COLUMNS, TILE = 100, 36, 64, 10
HEIGHT, WIDTH = ROWS * TILE, COLUMNS * TILE
LOWER = Area(100, 300, 400, 30)
SECOND = Area(100, 340, 400, 20)
UPPER = Area(20, 20, 150, 30)
STROKES, OFF = 40, 60


class Screen:
    """Writing that comes and goes, and what a reader makes of it. Content 0 is no writing, others are texts."""

    def __init__(self) -> None:
        self.content = np.zeros((FRAMES, ROWS, COLUMNS), np.int64)
        self.faint = np.ones((FRAMES, ROWS, COLUMNS))
        self.readings: list[FrameReading] = []
        self.unsettled: list[tuple[int, Area]] = []
        """Where new writing does not stand still yet in a frame that is read."""

    def show(self, area: Area, first: int, last: int, content: int = 1) -> "Screen":
        """Put writing on screen for some frames; another `content` means other pixels."""
        self.content[(slice(first, last + 1), *tiles(area))] = content
        return self

    def read(self, frame: int, *lines: Line, rows: tuple[int, int] = (0, HEIGHT), carried: bool = False) -> "Screen":
        piece = Piece(len(self.readings), frame, Area(0, rows[0], WIDTH, rows[1] - rows[0]), (), Path())
        self.readings.append(FrameReading(piece, lines, carried))
        return self

    def differ(self, one: Piece, other: Piece, area: Area) -> Area | None:
        before, now = (self.content[(piece.frame, *tiles(area))] for piece in (one, other))
        if (before == now).all():
            return None
        row, column = np.argwhere(before != now)[0]
        return Area(area.x + column * TILE, area.y + row * TILE, TILE, TILE)

    def telops(self) -> list[SeenTelop]:
        times = np.array([frame * 0.04 for frame in range(FRAMES + 1)], np.float64)
        eras, errors = [], np.zeros((FRAMES, ROWS, COLUMNS), np.uint8)
        for reading in self.readings:
            frame = reading.piece.frame
            off = self.off(frame)
            whole = np.ones((ROWS, COLUMNS), np.bool_)
            strokes = np.where(self.content[frame] > 0, STROKES, 0).astype(np.uint8)
            for area in (area for read_at, area in self.unsettled if read_at == frame):
                strokes[tiles(area)] = 0
                off[:, *tiles(area)] = 0
            eras.append(Era(frame, 0, 0, whole, strokes, off[max(0, frame - 40) : frame]))
            errors[frame + 1 :] = off[frame + 1 :]
        timeline = Timeline(times[:-1], times[1:], errors, eras, (TILE, TILE))
        return telops(appearances(self.readings, timeline, self.differ), timeline)

    def off(self, frame: int) -> NDArray[np.uint8]:
        """How far every frame is from the writing of one, in means of tiles of 64 pixels."""
        here = self.content[frame] > 0
        there = np.where(self.content == self.content[frame], 1 - self.faint, 1.0)
        return np.asarray(np.where(here, there * OFF, 0), np.uint8)


def tiles(area: Area) -> tuple[slice, slice]:
    return (
        slice(round(area.y / TILE), round(area.bottom / TILE)),
        slice(round(area.x / TILE), round(area.right / TILE)),
    )


def line(text: str, area: Area = LOWER, confidence: float = 0.9) -> Line:
    return Line(text, confidence, area)


def spans(found: Sequence[SeenTelop]) -> list[tuple[str, int, int]]:
    """Text, first frame, first frame after."""
    return [(telop.text, round(telop.start_s / 0.04), round(telop.end_s / 0.04)) for telop in found]


def test_a_caption_lasts_from_its_first_frame_to_the_end_of_its_last() -> None:
    screen = Screen().show(LOWER, 10, 49).read(13, line("Harbour"))
    (telop,) = screen.telops()
    assert spans([telop]) == [("Harbour", 10, 50)]
    assert telop.frames == 40
    assert not telop.open_start
    assert not telop.open_end


def test_two_texts_that_differ_by_one_character_are_two_telops() -> None:
    screen = Screen().show(LOWER, 10, 49, content=1).show(LOWER, 50, 79, content=2)
    screen.read(13, line("Monday")).read(53, line("Mondoy"))
    assert spans(screen.telops()) == [("Monday", 10, 50), ("Mondoy", 50, 80)]


def test_a_change_of_one_tile_separates_two_telops_at_its_frame() -> None:
    screen = Screen().show(LOWER, 10, 79)
    one_tile = Area(300, 300, 10, 10)
    screen.show(one_tile, 50, 79, content=2)
    screen.read(13, line("3.4 million")).read(53, line("3.1 million"))
    assert spans(screen.telops()) == [("3.4 million", 10, 50), ("3.1 million", 50, 80)]


def test_a_change_is_not_dated_by_what_moved_behind_another_letter_before() -> None:
    screen = Screen().show(LOWER, 10, 79).show(Area(300, 300, 10, 10), 50, 79, content=2)
    behind = Area(120, 300, 10, 10)
    screen.show(behind, 10, 20, content=3).show(behind, 40, 79, content=3)
    screen.read(13, line("3.4 million")).read(30, line("3.4 million")).read(53, line("3.1 million"))
    assert spans(screen.telops()) == [("3.4 million", 10, 50), ("3.1 million", 50, 80)]


def test_a_change_that_was_overlooked_when_a_line_was_carried_is_found_by_the_next_reading() -> None:
    screen = Screen().show(LOWER, 10, 79).show(Area(300, 300, 10, 10), 50, 79, content=2)
    screen.read(13, line("Monday")).read(51, line("Monday"), carried=True).read(70, line("Mondoy"))
    assert spans(screen.telops()) == [("Monday", 10, 50), ("Mondoy", 50, 80)]


def test_a_change_that_only_takes_a_stroke_away_is_dated_by_the_frames_that_miss_it() -> None:
    screen = Screen().show(LOWER, 10, 79).show(Area(300, 300, 10, 10), 50, 79, content=0)
    screen.show(Area(120, 300, 10, 10), 30, 44, content=3)
    screen.read(13, line("3.8 million")).read(53, line("3.3 million"))
    assert spans(screen.telops()) == [("3.8 million", 10, 50), ("3.3 million", 50, 80)]


def test_a_change_that_came_with_the_very_frame_that_was_read_separates_two_telops_there() -> None:
    screen = Screen().show(LOWER, 10, 79).show(Area(300, 300, 10, 10), 50, 79, content=2)
    screen.read(13, line("3.4 million")).read(50, line("3.1 million")).read(60, line("3.1 million"), carried=True)
    screen.unsettled.append((50, Area(300, 300, 10, 10)))
    assert spans(screen.telops()) == [("3.4 million", 10, 50), ("3.1 million", 50, 80)]


def test_a_glyph_gave_way_where_most_changed_within_a_moment_and_not_where_something_passed_behind_it() -> None:
    glyph = Area(300, 300, 10, 10)
    off_now, off_before = np.zeros((2, FRAMES, ROWS, COLUMNS), np.uint8)
    off_now[30:50, 30, 30] = [45] * 10 + [40, 35, 30, 25, 20, 15, 10, 5, 0, 0]
    off_before[40:54, 30, 30] = [2, 4, 6, 8, 10, 12, 14, 16, 18, 18, 60, 60, 60, 60]
    strokes, whole = np.full((ROWS, COLUMNS), STROKES, np.uint8), np.ones((ROWS, COLUMNS), np.bool_)
    eras = [Era(13, 0, 0, whole, strokes, off_now[:13]), Era(53, 0, 0, whole, strokes, off_now[13:53])]
    times = np.array([frame * 0.04 for frame in range(FRAMES + 1)], np.float64)
    timeline = Timeline(times[:-1], times[1:], off_before, eras, (TILE, TILE))
    assert timeline.replaced(1, glyph, 13) == 50
    assert timeline.replaced(1, Area(400, 300, 10, 10), 13) is None


def test_a_line_that_replaced_another_did_not_fade_in_when_things_moved_behind_it() -> None:
    screen = Screen().show(LOWER, 10, 79).show(Area(100, 300, 10, 10), 50, 79, content=2)
    screen.show(Area(200, 300, 60, 30), 44, 57, content=9)
    screen.read(13, line("3.4 million")).read(53, line("8.4 million")).read(65, line("8.4 million"))
    assert spans(screen.telops()) == [("3.4 million", 10, 50), ("8.4 million", 50, 80)]


def test_readings_of_unchanged_pixels_are_one_telop_and_the_most_frequent_wins() -> None:
    screen = Screen().show(LOWER, 10, 79)
    screen.read(13, line("EVENING NEWS", confidence=0.90))
    screen.read(30, line("EVENINGNEWS", confidence=0.99))
    screen.read(50, line("EVENING NEWS", confidence=0.91))
    (telop,) = screen.telops()
    assert telop.text == "EVENING NEWS"
    assert telop.confidence == 0.91
    assert [reading.text for reading in telop.readings] == ["EVENING NEWS", "EVENINGNEWS", "EVENING NEWS"]


def test_of_equally_frequent_readings_the_most_confident_wins() -> None:
    screen = Screen().show(LOWER, 10, 79)
    screen.read(13, line("Harbcur", confidence=0.7)).read(30, line("Harbour", confidence=0.95))
    assert [telop.text for telop in screen.telops()] == ["Harbour"]


def test_the_same_text_shown_twice_is_two_telops() -> None:
    screen = Screen().show(LOWER, 10, 29).show(LOWER, 50, 69)
    screen.read(13, line("Harbour")).read(53, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 30), ("Harbour", 50, 70)]


def test_a_flash_of_two_frames_does_not_end_a_telop() -> None:
    screen = Screen().show(LOWER, 10, 29).show(LOWER, 32, 69)
    screen.read(13, line("Harbour")).read(35, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 70)]


def test_a_telop_that_a_reading_missed_goes_on() -> None:
    screen = Screen().show(LOWER, 10, 79)
    screen.read(13, line("Harbour")).read(30).read(50, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 80)]


def test_a_telop_that_the_first_reading_missed_begins_where_its_pixels_did() -> None:
    screen = Screen().show(LOWER, 10, 79).read(13).read(50, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 80)]


def test_a_line_that_was_read_before_its_strokes_stood_still_does_not_begin_before_it_was_read() -> None:
    screen = Screen().show(LOWER, 30, 79).read(29, line("Harbour")).read(33, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 30, 80)]


def test_a_piece_of_an_unchanged_line_is_no_telop_of_its_own() -> None:
    screen = Screen().show(LOWER, 10, 79)
    screen.read(13, line("EVENING NEWS")).read(50, line("NEWS", Area(360, 300, 140, 30)))
    assert [telop.text for telop in screen.telops()] == ["EVENING NEWS"]


def test_a_line_that_was_read_while_half_of_it_was_drawn_is_one_telop_with_its_whole_text() -> None:
    left, right = Area(100, 300, 130, 30), Area(230, 300, 270, 30)
    screen = Screen().show(left, 20, 80).show(right, 25, 80)
    screen.read(22, line("The las", left)).read(30, line("The last boat returns"))
    assert spans(screen.telops()) == [("The last boat returns", 25, 81)]


def test_a_line_that_words_are_added_to_later_ends_when_they_come() -> None:
    left, right = Area(100, 300, 130, 30), Area(230, 300, 270, 30)
    screen = Screen().show(left, 20, 80).show(right, 50, 80)
    screen.read(22, line("One", left)).read(54, line("One and many more words"))
    assert spans(screen.telops()) == [("One", 20, 50), ("One and many more words", 50, 81)]


def test_lines_that_come_and_go_together_are_one_telop() -> None:
    screen = Screen().show(LOWER, 10, 49).show(SECOND, 12, 49)
    screen.read(15, line("Tickets cost 12 pounds", confidence=0.8), line("from June", SECOND))
    (telop,) = screen.telops()
    assert telop.text == "Tickets cost 12 pounds\nfrom June"
    assert telop.confidence == 0.8
    assert [reading.text for reading in telop.readings] == ["Tickets cost 12 pounds\nfrom June"]
    assert telop.area == LOWER.joined(SECOND)


def test_lines_far_apart_stay_apart() -> None:
    screen = Screen().show(LOWER, 10, 49).show(UPPER, 10, 49)
    screen.read(13, line("LIVE", UPPER), line("Harbour"))
    assert [telop.text for telop in screen.telops()] == ["LIVE", "Harbour"]


def test_lines_of_different_times_stay_apart() -> None:
    screen = Screen().show(LOWER, 10, 79).show(SECOND, 40, 79)
    screen.read(13, line("John Smith")).read(43, line("Mayor", SECOND))
    assert spans(screen.telops()) == [("John Smith", 10, 80), ("Mayor", 40, 80)]


def test_pieces_of_a_row_are_joined_by_a_space() -> None:
    left, right = Area(100, 300, 150, 30), Area(265, 300, 200, 30)
    screen = Screen().show(LOWER, 10, 49).read(13, line("bridge", right), line("Harbour", left))
    assert [telop.text for telop in screen.telops()] == ["Harbour bridge"]


def test_a_telop_that_touches_the_edges_of_the_range_is_open() -> None:
    screen = Screen().show(LOWER, 0, FRAMES - 1).read(3, line("Harbour"))
    (telop,) = screen.telops()
    assert telop.open_start
    assert telop.open_end
    assert spans([telop]) == [("Harbour", 0, FRAMES)]


def test_a_gap_shorter_than_a_fade_does_not_pull_the_next_caption_forward() -> None:
    screen = Screen().show(LOWER, 10, 46, content=1).show(LOWER, 50, 79, content=2)
    screen.read(13, line("first")).read(53, line("second"))
    assert spans(screen.telops()) == [("first", 10, 47), ("second", 50, 80)]


def test_a_line_that_was_whole_when_it_was_first_read_began_by_then_whatever_moved_behind_it_since() -> None:
    class Unmoved(Screen):
        def differ(self, one: Piece, other: Piece, area: Area) -> Area | None:
            return None

    screen = Unmoved().show(LOWER, 10, 79).show(Area(100, 300, 180, 30), 10, 15, content=5)
    screen.read(13, line("Harbour")).read(40, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 80)]


def test_a_wipe_that_was_read_before_it_was_complete_counts_from_half_of_the_whole_line() -> None:
    screen = Screen()
    for step in range(20):
        screen.show(Area(100 + 20 * step, 300, 20, 30), 10 + step, 79)
    screen.read(25, line("Harbour")).read(40, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 20, 80)]


def test_what_moves_behind_a_part_of_a_line_does_not_end_it() -> None:
    screen, behind = Screen().show(LOWER, 10, 79), Area(100, 300, 180, 30)
    screen.show(behind, 40, 49, content=5).show(behind, 50, 79, content=6)
    screen.read(13, line("Harbour")).read(60, line("Harbour"))
    assert spans(screen.telops()) == [("Harbour", 10, 80)]


def test_a_fade_counts_from_half_of_its_opacity() -> None:
    screen = Screen().show(LOWER, 10, 79)
    screen.faint[10:20] = np.arange(1, 11)[:, None, None] / 11
    assert spans(screen.read(25, line("Harbour")).telops()) == [("Harbour", 15, 80)]


def test_no_more_than_twenty_readings_are_kept_and_every_text_among_them() -> None:
    screen = Screen().show(LOWER, 0, 99)
    for frame in range(3, 33):
        screen.read(frame, line("Harbour", confidence=0.9))
    screen.read(40, line("Harbcur", confidence=0.5))
    (telop,) = screen.telops()
    assert len(telop.readings) == 20
    assert {reading.text for reading in telop.readings} == {"Harbour", "Harbcur"}
    assert [reading.at_s for reading in telop.readings] == sorted(reading.at_s for reading in telop.readings)


def test_no_readings_give_no_telops() -> None:
    assert Screen().telops() == []


def test_a_caption_ends_before_the_gap_to_the_next_on_a_like_plate() -> None:
    screen, letters = Screen().show(LOWER, 10, 49, content=5).show(LOWER, 54, 79, content=5), Area(300, 300, 20, 10)
    screen.show(letters, 10, 49, content=1).show(letters, 54, 79, content=2)
    screen.read(13, line("Monday")).read(57, line("Mondoy"))
    assert spans(screen.telops()) == [("Monday", 10, 50), ("Mondoy", 54, 80)]


def test_a_caption_that_is_read_the_moment_it_came_begins_there_and_not_where_the_one_before_it_went() -> None:
    screen = Screen().show(LOWER, 10, 49, content=1).show(LOWER, 54, 79, content=2)
    screen.unsettled.append((55, LOWER))
    screen.read(13, line("Monday")).read(55, line("Mondoy")).read(70, line("Mondoy"))
    assert spans(screen.telops()) == [("Monday", 10, 50), ("Mondoy", 55, 80)]


def test_what_is_left_of_a_line_that_fades_out_is_no_line() -> None:
    left = Area(100, 300, 160, 30)
    screen = Screen().show(LOWER, 10, 49, content=1).show(left, 50, 57, content=2)
    screen.read(13, line("Harbour bridge")).read(52, line("Harbour", left))
    assert spans(screen.telops()) == [("Harbour bridge", 10, 50)]


def test_a_part_of_a_line_that_stays_when_the_rest_goes_is_a_line() -> None:
    left = Area(100, 300, 160, 30)
    screen = Screen().show(LOWER, 10, 49, content=1).show(left, 50, 89, content=2)
    screen.read(13, line("Harbour bridge")).read(52, line("Harbour", left))
    assert spans(screen.telops()) == [("Harbour bridge", 10, 50), ("Harbour", 50, 90)]
