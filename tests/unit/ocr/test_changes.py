"""The change test on drawn frames: what is new writing, where, and what is not."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest
from telop_ocr.changes import TILE, Writing, WritingTest, counted, enlarged, enough

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, WIDTH, Caption, Frame

STEADY = 3
HELD = 6


def watch(frames: Iterable[Frame], *, known: bool = True) -> list[Writing]:
    """Follow frames; what is written in the last that is `HELD` is known from then on, if `known`."""
    test = WritingTest(HEIGHT, WIDTH, STEADY)
    seen: list[Writing] = []
    for frame in frames:
        seen.append(test.observe(test.reduced(footage.luma(frame))))
        if known and len(seen) == HELD:
            test.know(seen[-1], seen[-1].written)
    return seen


def showing(text: str, time_s: float = 0.0, moving: bool = False) -> Frame:
    return footage.draw([Caption(text, 0.0, 9.0)], time_s, footage.moving if moving else footage.still)


def held(text: str) -> Sequence[Frame]:
    return [showing(text)] * HELD


ONE_CHARACTER_APART = [
    ("It costs 3.4 million", "It costs 3.1 million"),
    ("Jane Whitford spoke", "Jane Whitfond spoke"),
    ("open on Monday", "open on Mondoy"),
    ("every ten minutes", "every ten minute"),
    ("the bridge is closed", "the bridge is ciosed"),
]


@pytest.mark.parametrize(("before", "after"), ONE_CHARACTER_APART)
def test_one_exchanged_character_in_a_cut_is_new_or_missing_writing(before: str, after: str) -> None:
    seen = watch([*held(before), *held(after)])[HELD:]
    assert any(enough(writing.fresh).any() or writing.missing.any() for writing in seen)


def test_writing_is_new_once_it_stands_still() -> None:
    seen = watch([footage.still(0)] * HELD + [showing("Harbour")] * HELD, known=False)
    fresh = [int(writing.fresh.sum()) for writing in seen[HELD:]]
    assert max(fresh[:STEADY]) < fresh[STEADY] / 10
    assert fresh[STEADY] > 200


def test_what_was_asked_for_is_not_new_again() -> None:
    assert [int(writing.fresh.sum()) for writing in watch([*held("Harbour"), showing("Harbour")])][-1] == 0


def test_most_of_a_caption_on_a_moving_background_stays_known() -> None:
    seen = watch(showing("Harbour", frame / 25, moving=True) for frame in range(30))
    assert enough(seen[HELD + 8].fresh).sum() <= seen[HELD].written.sum() / 2
    assert seen[-1].written.any()


def test_a_moving_background_is_no_writing() -> None:
    rng = np.random.default_rng(5)
    wide = np.repeat(rng.integers(0, 256, (HEIGHT // 4, WIDTH // 2, 1), np.uint8), 3, axis=2)
    texture = wide.repeat(4, axis=0).repeat(4, axis=1)
    seen = watch((texture[:, 9 * frame : 9 * frame + WIDTH] for frame in range(20)), known=False)
    assert seen[-1].written.mean() < 0.02


def test_noise_around_a_still_caption_is_not_new() -> None:
    rng = np.random.default_rng(7)
    noisy = [
        np.clip(showing("Harbour").astype(np.int16) + rng.integers(-6, 7, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
        for _ in range(12)
    ]
    seen = watch(noisy)
    assert all(not enough(writing.fresh).any() and not writing.missing.any() for writing in seen[HELD:])


def test_only_tiles_of_the_caption_are_written() -> None:
    rows = np.flatnonzero(watch(held("Harbour"))[-1].written.any(axis=1))
    assert rows.min() * TILE >= 280
    assert rows.max() * TILE <= 340


def test_a_slow_fade_is_new_although_no_two_frames_differ_much() -> None:
    caption = Caption("Harbour", 0.0, 9.0, opacity=lambda since_s: min(1.0, since_s / 2))
    frames = [footage.draw([caption], step / 25) for step in range(57)]
    assert max(int(np.abs(one.astype(int) - other).max()) for one, other in pairwise(frames)) < 10
    assert watch(frames, known=False)[-1].fresh.sum() > 200


def test_a_vanished_caption_leaves_no_written_tiles() -> None:
    assert not watch([*held("Harbour"), *[footage.still(0)] * HELD])[-1].written.any()


def test_light_writing_on_a_light_ground_is_written() -> None:
    ground = np.full((HEIGHT, WIDTH, 3), 205, np.uint8)
    ground[150:170, 100:104] = ground[150:154, 100:120] = 250
    assert watch([ground] * HELD)[-1].written.any()


def test_strokes_after_a_change_in_some_rows_are_those_of_the_whole_picture() -> None:
    rng = np.random.default_rng(3)
    test = WritingTest(HEIGHT, WIDTH, STEADY)
    picture = np.asarray(cv2.GaussianBlur(rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8), (0, 0), 3), np.uint8)
    for top, rows in ((0, HEIGHT), (0, 1), (100, 7), (HEIGHT - 1, 1), (40, 200), (0, 0)):
        picture = picture.copy()
        picture[top : top + rows] = 255 - picture[top : top + rows]
        whole = WritingTest(HEIGHT, WIDTH, STEADY)._standing_out(picture)
        assert (test._standing_out(picture) == whole).all()


def test_pixels_are_counted_exactly_in_each_tile() -> None:
    mask = np.zeros((4 * TILE, 5 * TILE), np.uint8)
    mask[9, 17:20] = mask[8, 16] = 255
    counts = counted(mask)
    assert counts[1, 2] == 4
    assert counts.sum() == 4
    assert counted(enlarged(counts > 0)).sum() == TILE * TILE


@pytest.mark.parametrize(
    ("height", "width"), [(360, 640), (720, 1280), (1080, 1920), (1920, 1080), (487, 723), (90, 160), (2160, 3840)]
)
def test_the_grid_covers_pictures_of_every_size(height: int, width: int) -> None:
    test = WritingTest(height, width, STEADY)
    assert test.rows * test.tile_px >= height // test.factor * test.factor
    assert test.columns * test.tile_px >= width // test.factor * test.factor
    writing = test.observe(test.reduced(np.zeros((height, width), np.uint8)))
    assert writing.fresh.shape == (test.rows, test.columns)
