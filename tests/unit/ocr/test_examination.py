"""A telop is examined as it was read: its doubtful parts count from the start of its text, and nothing is changed."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.examination import examine
from telop_ocr.glyphs import table
from telop_ocr.lines import Area, Line

from tests.unit.ocr.setting import set_line


def telop(*lines: Line, kind: str = "caption") -> SeenTelop:
    text = "\n".join(line.text for line in lines)
    area = lines[0].area.joined(lines[-1].area)
    return SeenTelop(text, area, 0.0, 1.0, 0.9, 25, (TextReading(text, 0.9, 0.0),), False, False, 0, lines, kind)


def still(folder: Path, picture: NDArray[np.uint8]) -> dict[int, Path]:
    cv2.imwrite(str(folder / "0.jpg"), picture)
    return {0: folder / "0.jpg"}


@pytest.fixture
def shown() -> tuple[NDArray[np.uint8], Line]:
    picture, area = set_line("才リンピック")
    return picture, Line("オリンピック", 0.9, area)


def test_a_folded_glyph_is_marked_with_what_the_pixels_look_like(
    shown: tuple[NDArray[np.uint8], Line], tmp_path: Path
) -> None:
    picture, line = shown
    (examined,) = examine([telop(line)], still(tmp_path, picture), picture.shape[1], table().model)
    first = examined.folded[0]
    assert (first.start, first.end, first.alternatives, first.looks_like) == (0, 1, ("才",), "才")


def test_parts_of_the_second_line_count_from_the_start_of_the_text(
    shown: tuple[NDArray[np.uint8], Line], tmp_path: Path
) -> None:
    picture, line = shown
    above = Line("速報", 0.9, Area(56, 2, 90, 30))
    (examined,) = examine([telop(above, line)], still(tmp_path, picture), picture.shape[1], table().model)
    assert "速報\nオリンピック"[examined.folded[0].start] == "オ"


def test_a_still_that_was_scaled_down_is_looked_at_in_the_right_place(
    shown: tuple[NDArray[np.uint8], Line], tmp_path: Path
) -> None:
    picture, line = shown
    area = line.area
    displayed = Line(line.text, 0.9, Area(2 * area.x, 2 * area.y, 2 * area.width, 2 * area.height))
    (examined,) = examine([telop(displayed)], still(tmp_path, picture), 2 * picture.shape[1], table().model)
    crop = cv2.imdecode(np.frombuffer(examined.crop, np.uint8), cv2.IMREAD_COLOR)
    assert crop is not None
    assert crop.shape[:2] == pytest.approx((1.5 * area.height, area.width + 0.5 * area.height), abs=3)
    assert examined.folded[0].looks_like == "才"


@pytest.mark.parametrize("kind", ["ticker", "changing"])
def test_a_text_that_its_still_does_not_show_is_marked_and_not_compared(
    shown: tuple[NDArray[np.uint8], Line], tmp_path: Path, kind: str
) -> None:
    picture, line = shown
    (examined,) = examine([telop(line, kind=kind)], still(tmp_path, picture), picture.shape[1], table().model)
    assert examined.folded
    assert all(part.looks_like is None for part in examined.folded)


def test_readings_of_a_model_without_a_table_are_not_marked(
    shown: tuple[NDArray[np.uint8], Line], tmp_path: Path
) -> None:
    picture, line = shown
    (examined,) = examine([telop(line)], still(tmp_path, picture), picture.shape[1], "another model")
    assert examined.folded == ()
    assert examined.crop[:2] == b"\xff\xd8"
