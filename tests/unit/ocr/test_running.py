"""Running text on drawn frames: the strip is found and read as it slides, and its pieces are one text."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from telop_ocr.changes import WritingTest
from telop_ocr.running import Cut, RunningText
from telop_ocr.tickers import joined

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, WIDTH, Frame

TEXT = "Trains are late in the north and the harbour stays closed until Monday noon when the wind is over"


def strip(frame: int, speed: int = 4) -> Frame:
    picture = Image.fromarray(footage.still(0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 330, WIDTH, HEIGHT), "black")
    draw.text((WIDTH - speed * frame, 334), TEXT, font=ImageFont.load_default(size=18), fill="white")
    return np.asarray(picture)


def cuts(frames: list[Frame]) -> list[Cut]:
    test, running = WritingTest(HEIGHT, WIDTH, 3), RunningText()
    found = [running.observe(test.reduced(footage.luma(frame))) for frame in frames]
    return [cut for cut in found if cut is not None]


def test_a_strip_of_running_text_is_read_each_time_it_slid_by_a_part_of_its_width() -> None:
    found = cuts([strip(frame) for frame in range(300)])
    assert all(cut.top >= 310 and cut.bottom == HEIGHT for cut in found)
    slides = np.diff([cut.slid for cut in found])
    assert len(found) >= 3
    assert slides.min() >= 0.4 * WIDTH
    assert slides.max() < 0.45 * WIDTH


def test_a_picture_that_pans_as_a_whole_has_no_strip() -> None:
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 256, (HEIGHT // 6, 300, 1), np.uint8).repeat(3, axis=2).repeat(6, axis=0).repeat(6, axis=1)
    assert cuts([wide[:, 3 * frame : 3 * frame + WIDTH] for frame in range(120)]) == []


def test_still_captions_have_no_strip() -> None:
    shown = [footage.Caption("Harbour", 0.4, 1.0), footage.Caption("bridge", 1.0, 2.0)]
    assert cuts([footage.draw(shown, frame / 25) for frame in range(60)]) == []


def test_overlapping_pieces_are_one_text() -> None:
    pieces = [("Trains are late in the nor", 0, 260), ("he north and the harb", 200, 410), ("harbour closed", 360, 500)]
    assert joined(pieces) == "Trains are late in the north and the harbour closed"


def test_pieces_with_a_gap_between_them_are_joined_by_a_space() -> None:
    assert joined([("second", 300, 400), ("first", 0, 100)]) == "first second"
