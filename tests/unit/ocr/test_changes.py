"""The change test on drawn frames: what fires, where, and what does not."""

from itertools import pairwise

import numpy as np
import pytest
from telop_ocr.changes import Change, StrokeComparison, same_writing
from telop_ocr.lines import Area

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, WIDTH, Caption, Frame

WHOLE = Area(0, 0, WIDTH, HEIGHT)


def compare(*frames: Frame) -> list[Change]:
    comparison = StrokeComparison(HEIGHT, WIDTH)
    return [comparison.observe(comparison.strokes(footage.luma(frame))) for frame in frames]


def showing(text: str, time_s: float = 0.0, moving: bool = False) -> Frame:
    return footage.draw([Caption(text, 0.0, 9.0)], time_s, footage.moving if moving else footage.still)


ONE_CHARACTER_APART = [
    ("It costs 3.4 million", "It costs 3.1 million"),
    ("Jane Whitford spoke", "Jane Whitfond spoke"),
    ("open on Monday", "open on Mondoy"),
    ("every ten minutes", "every ten minute"),
    ("the bridge is closed", "the bridge is ciosed"),
]


@pytest.mark.parametrize(("before", "after"), ONE_CHARACTER_APART)
def test_one_exchanged_character_in_a_cut_fires(before: str, after: str) -> None:
    assert compare(showing(before), showing(after))[-1].fired.any()


@pytest.mark.parametrize(("before", "after"), ONE_CHARACTER_APART)
def test_one_exchanged_character_is_not_the_same_writing(before: str, after: str) -> None:
    comparison = StrokeComparison(HEIGHT, WIDTH)
    one, other = (comparison.strokes(footage.luma(showing(text))) for text in (before, after))
    assert not same_writing(one, other, WHOLE, comparison.tile_px)


def test_the_same_caption_on_a_moving_background_is_the_same_writing() -> None:
    comparison = StrokeComparison(HEIGHT, WIDTH)
    one, other = (comparison.strokes(footage.luma(showing("Harbour", at, moving=True))) for at in (0.0, 0.6))
    assert same_writing(one, other, Area(230, 285, 180, 50), comparison.tile_px)


def test_writing_and_none_are_not_the_same_writing() -> None:
    comparison = StrokeComparison(HEIGHT, WIDTH)
    one, other = (comparison.strokes(footage.luma(frame)) for frame in (showing("Harbour"), footage.still(0)))
    assert not same_writing(one, other, WHOLE, comparison.tile_px)


def test_noise_around_a_still_caption_does_not_fire() -> None:
    noise = np.random.default_rng(7).integers(-10, 11, (HEIGHT, WIDTH, 3))
    noisy = np.clip(showing("Harbour").astype(np.int16) + noise, 0, 255).astype(np.uint8)
    assert not compare(showing("Harbour"), noisy)[-1].fired.any()


def test_only_tiles_of_the_caption_fire() -> None:
    rows = np.flatnonzero(compare(footage.still(0), showing("Harbour"))[-1].fired.any(axis=1))
    assert rows.min() * 8 >= 280
    assert rows.max() * 8 <= 340


def test_a_slow_fade_fires_although_no_two_frames_differ_much() -> None:
    caption = Caption("Harbour", 0.0, 9.0, opacity=lambda since_s: since_s / 2)
    frames = [footage.draw([caption], step / 25) for step in range(51)]
    assert max(int(np.abs(one.astype(int) - other).max()) for one, other in pairwise(frames)) < 10
    assert any(change.fired.any() for change in compare(*frames)[1:])


def test_a_vanished_caption_leaves_no_written_tiles() -> None:
    assert not compare(showing("Harbour"), footage.still(0))[-1].written.any()


@pytest.mark.parametrize(
    ("height", "width"), [(360, 640), (720, 1280), (1080, 1920), (1920, 1080), (487, 723), (90, 160)]
)
def test_the_grid_covers_pictures_of_every_size(height: int, width: int) -> None:
    comparison = StrokeComparison(height, width)
    assert comparison.rows * comparison.tile_px >= height // comparison.factor * comparison.factor
    assert comparison.columns * comparison.tile_px >= width // comparison.factor * comparison.factor
    change = comparison.observe(comparison.strokes(np.zeros((height, width), np.uint8)))
    assert change.changed.shape == (comparison.rows, comparison.columns)
