"""Whether two lines are the same letters, on drawn lines: what is behind them does not count, one stroke does."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from telop_ocr.identity import difference

from tests.unit.ocr import footage
from tests.unit.ocr.footage import Caption, Frame
from tests.unit.ocr.setting import GOTHIC
from tests.unit.ocr.test_changes import ONE_CHARACTER_APART

LINE = (slice(285, 335), slice(120, 520))


def line(text: str, time_s: float = 0.0, moving: bool = False) -> Frame:
    shown = footage.draw([Caption(text, 0.0, 9.0)], time_s, footage.moving if moving else footage.still)
    return np.ascontiguousarray(footage.luma(shown)[LINE])


def outlined(text: str, ground: int) -> Frame:
    """Thin strokes with a dark outline, which covers more of the picture than they do, over one of many landscapes."""
    rng = np.random.default_rng(ground)
    coarse = rng.uniform(40, 200, (3, 12)).astype(np.float32) + 20 * (ground % 3)
    image = Image.fromarray(np.clip(cv2.resize(coarse, (700, 52), interpolation=cv2.INTER_CUBIC), 20, 220).astype("u1"))
    font = ImageFont.truetype(str(GOTHIC), 42)
    ImageDraw.Draw(image).text((20, 5), text, font=font, fill=255, stroke_width=3, stroke_fill=0)
    return np.asarray(image, np.uint8)


def same(one: Frame, other: Frame) -> bool:
    return difference(one, other, *[np.full(one.shape, 255, np.uint8)] * 2) is None


@pytest.mark.parametrize(("before", "after"), ONE_CHARACTER_APART)
def test_one_exchanged_character_is_another_text(before: str, after: str) -> None:
    assert not same(line(before), line(after))
    assert not same(line(after), line(before))


def test_the_same_letters_on_another_background_are_the_same() -> None:
    assert same(line("Harbour bridge", 0.0, moving=True), line("Harbour bridge", 0.6, moving=True))


@pytest.mark.parametrize("text", ["中央銀行は夜間列車を", "倍増させました", "認めました"])
def test_thin_outlined_letters_are_the_same_on_every_background(text: str) -> None:
    assert [ground for ground in range(1, 12) if not same(outlined(text, 0), outlined(text, ground))] == []


@pytest.mark.parametrize(
    ("before", "after"), [("夜間列車", "夜問列車"), ("来年の予算", "束年の予算"), ("大です", "犬です")]
)
def test_one_exchanged_character_with_an_outline_is_another_text_on_every_background(before: str, after: str) -> None:
    assert [ground for ground in range(12) if same(outlined(before, 0), outlined(after, ground))] == []


def test_the_same_letters_with_coding_noise_are_the_same() -> None:
    noise = np.random.default_rng(3).integers(-8, 9, line("Harbour").shape)
    noisy = np.clip(line("Harbour").astype(np.int16) + noise, 0, 255).astype(np.uint8)
    assert same(line("Harbour"), noisy)


def test_dark_letters_on_a_light_plate_count_as_well() -> None:
    one, other = (255 - line(text) for text in ("open on Monday", "open on Mondoy"))
    assert same(one, one.copy())
    assert not same(one, other)


def test_letters_and_none_are_not_the_same() -> None:
    assert not same(line("Harbour"), line(" "))
    assert not same(line(" "), line(" "))


def test_what_moved_does_not_count() -> None:
    bar = line("Harbour")
    bar[2:10, 148:156] = 0
    bar[4:8, 150:154] = 250
    still = np.full(bar.shape, 255, np.uint8)
    assert difference(line("Harbour"), bar, still, still) is not None
    still[0:12, 146:158] = 0
    assert difference(line("Harbour"), bar, still, still) is None


def test_the_difference_is_found_where_it_is() -> None:
    found = difference(line("open on Monday"), line("open on Mondoy"), *[np.full((50, 400), 255, np.uint8)] * 2)
    assert found is not None
    left, _, side = found
    assert left > 230
    assert side == 16


@pytest.mark.parametrize(("before", "after"), [("補助金", "捕助金"), ("夜間列車", "夜問列車")])
def test_letters_that_are_gone_count_before_what_took_their_place_has_come_to_rest(before: str, after: str) -> None:
    one, other = outlined(before, 0), outlined(after, 0)
    still = np.full(one.shape, 255, np.uint8)
    resting = np.where(one == other, still, 0).astype(np.uint8)
    assert difference(one, other, still, resting) is not None
