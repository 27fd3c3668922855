"""Pixels tell what a reader folds, or nothing: in typefaces that are not drawn for the comparison."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from telop_ocr.examination import likeliest_text
from telop_ocr.fitting import fits
from telop_ocr.likeness import likeliest
from telop_ocr.lines import Area, Line

from tests.unit.ocr.setting import GOTHIC, LATIN, set_line


def looks_like(
    shown: str, *texts: str, typeface: Path = GOTHIC, squeeze: float = 1.0, plate: bool = False
) -> str | None:
    picture, area = set_line(shown, typeface, squeeze=squeeze, plate=plate)
    line = picture[int(area.y) : int(area.bottom), int(area.x) : int(area.right)]
    winner = likeliest(fits(np.ascontiguousarray(line), texts[0]), texts)
    return None if winner is None else texts[winner]


PAIRS = [
    ("三人目", "ミ人目", GOTHIC),
    ("オリンピック", "才リンピック", GOTHIC),
    ("山崎市長", "山﨑市長", GOTHIC),
    ("2024 season", "2O24 season", LATIN),
]


@pytest.mark.parametrize(("one", "other", "typeface"), PAIRS)
def test_dark_and_squeezed_on_a_plate_neither_is_taken_for_the_other(one: str, other: str, typeface: Path) -> None:
    assert looks_like(one, one, other, typeface=typeface, squeeze=0.85, plate=True) in {one, None}
    assert looks_like(other, one, other, typeface=typeface, squeeze=0.85, plate=True) in {other, None}


@pytest.mark.parametrize(("one", "other", "typeface"), PAIRS)
def test_glyphs_that_differ_are_told_apart(one: str, other: str, typeface: Path) -> None:
    told = (looks_like(one, one, other, typeface=typeface), looks_like(other, one, other, typeface=typeface))
    assert told == (one, other)


def test_the_order_of_the_candidates_does_not_matter() -> None:
    assert (
        looks_like("プ才野球", "プ才野球", "プオ野球") == looks_like("プ才野球", "プオ野球", "プ才野球") == "プ才野球"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("コーヒー", "コ一ヒー"), ("ヘルメット", "へルメット"), ("残り時間", "残リ時間"), ("プロ", "プ口")],
)
def test_glyphs_that_only_the_typeface_tells_apart_get_no_answer(one: str, other: str) -> None:
    assert looks_like(one, one, other) is None
    assert looks_like(other, one, other) is None


def test_a_picture_without_the_text_gets_no_answer() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (50, 300, 3), dtype=np.uint8)
    assert likeliest(fits(noise, "プオ野球"), ["プオ野球", "プ才野球"]) is None
    assert likeliest(fits(np.zeros((50, 300, 3), np.uint8), "プオ野球"), ["プオ野球", "プ才野球"]) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (4, 300, 3), (300, 4, 3)])
def test_crops_of_any_shape_are_taken(shape: tuple[int, int, int]) -> None:
    assert likeliest(fits(np.zeros(shape, np.uint8), "プオ野球"), ["プオ野球", "プ才野球"]) is None


def test_a_character_that_no_typeface_has_gets_no_answer() -> None:
    assert looks_like("プオ野球", "プオ野球", "プ\U0001f600野球") is None


def look(shown: str) -> tuple[NDArray[np.uint8], list[Line]]:
    picture, area = set_line(shown)
    return picture, [Line(shown, 0.9, area)]


def test_whole_texts_are_told_apart_over_several_frames() -> None:
    looks = [look("内田さんが優勝"), look("内田さんが優勝")]
    assert likeliest_text(looks, ["内山さんが優勝", "内田さんが優勝"]) == "内田さんが優勝"
    assert likeliest_text(looks, ["内田さんが優勝", "内田さん優勝"]) == "内田さんが優勝"
    assert likeliest_text([look("内田さん優勝")], ["内田さんが優勝", "内田さん優勝"]) == "内田さん優勝"


def test_texts_of_two_lines_are_told_apart_by_the_line_that_differs() -> None:
    picture, area = set_line("プ才野球")
    below = Area(area.x, area.y + 200, area.width, area.height)
    whole = np.ascontiguousarray(np.vstack([np.zeros((200, picture.shape[1], 3), np.uint8), picture]))
    looks = [(whole, [Line("今日の", 0.9, Area(56, 36, 300, 60)), Line("プオ野球", 0.9, below)])]
    assert likeliest_text(looks, ["今日の\nプオ野球", "今日の\nプ才野球"]) == "今日の\nプ才野球"


def test_candidates_with_other_line_breaks_or_none_get_no_answer() -> None:
    looks = [look("内田さんが優勝")]
    assert likeliest_text(looks, ["内田さん\nが優勝", "内山さん\nが優勝"]) is None
    assert likeliest_text(looks, ["内田さんが優勝"]) is None
    assert likeliest_text(looks, []) is None
    assert likeliest_text([], ["内田さんが優勝", "内山さんが優勝"]) is None
