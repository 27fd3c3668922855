"""Whether two lines are the same letters, on drawn lines: what is behind them does not count, one stroke does."""

import numpy as np
import pytest
from telop_ocr.identity import difference

from tests.unit.ocr import footage
from tests.unit.ocr.footage import Caption, Frame
from tests.unit.ocr.test_changes import ONE_CHARACTER_APART

LINE = (slice(285, 335), slice(120, 520))


def line(text: str, time_s: float = 0.0, moving: bool = False) -> Frame:
    shown = footage.draw([Caption(text, 0.0, 9.0)], time_s, footage.moving if moving else footage.still)
    return np.ascontiguousarray(footage.luma(shown)[LINE])


def same(one: Frame, other: Frame) -> bool:
    return difference(one, other, np.full(one.shape, 255, np.uint8)) is None


@pytest.mark.parametrize(("before", "after"), ONE_CHARACTER_APART)
def test_one_exchanged_character_is_another_text(before: str, after: str) -> None:
    assert not same(line(before), line(after))
    assert not same(line(after), line(before))


def test_the_same_letters_on_another_background_are_the_same() -> None:
    assert same(line("Harbour bridge", 0.0, moving=True), line("Harbour bridge", 0.6, moving=True))


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
    assert difference(line("Harbour"), bar, still) is not None
    still[0:12, 146:158] = 0
    assert difference(line("Harbour"), bar, still) is None


def test_the_difference_is_found_where_it_is() -> None:
    found = difference(line("open on Monday"), line("open on Mondoy"), np.full((50, 400), 255, np.uint8))
    assert found is not None
    left, _, side = found
    assert left > 230
    assert side == 16
