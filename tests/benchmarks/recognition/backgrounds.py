"""Moving and still pictures behind telops, drawn from a seed: soft, panning, hard-edged and moving, bright."""

from collections.abc import Callable

import cv2
import numpy as np

from tests.benchmarks.recognition.showing import Picture

Background = Callable[[int], Picture]
"""The picture of a frame, (height, width, 3), red-green-blue; a fresh one each time."""


def static(width: int, height: int, seed: int) -> Background:
    """A studio: soft light, a few hard-edged things that never move, and the grain of a camera."""
    rng = np.random.default_rng(seed)
    picture = _things(_soft(width, height, rng, 70, 170), rng, 12)
    grains = [rng.normal(0, 1.5, (height, width, 1)).astype(np.float32) for _ in range(5)]
    noisy = [np.clip(picture + grain, 0, 255).astype(np.uint8) for grain in grains]
    return lambda frame: noisy[frame % len(noisy)].copy()


def panning(width: int, height: int, seed: int, step: float = 3.0) -> Background:
    """A landscape with texture that a camera pans over; it returns at its end."""
    rng = np.random.default_rng(seed)
    wide = _things(_soft(2 * width, height, rng, 40, 200, texture=18), rng, 40)

    def at(frame: int) -> Picture:
        x = int(frame * step) % (2 * width)
        x = x if x < width else 2 * width - 1 - x
        return wide[:, x : x + width].copy()

    return at


def hostile(width: int, height: int, seed: int) -> Background:
    """Graphics with hard edges in every contrast, each moving its own way, as large as strokes and larger."""
    rng = np.random.default_rng(seed)
    count = 110
    place = rng.uniform(0, 1, (count, 2)) * (width, height)
    speed = rng.uniform(2, 9, (count, 2)) * rng.choice((-1, 1), (count, 2)) * height / 720
    size = (rng.uniform(0.01, 0.14, (count, 2)) * height).astype(int) + 3
    colours = rng.integers(0, 256, (count, 3))
    round_ones = rng.random(count) < 0.3

    def at(frame: int) -> Picture:
        picture = np.full((height, width, 3), 90, np.uint8)
        for index in range(count):
            x, y = ((place[index] + frame * speed[index]) % (width + 120, height + 120) - 60).astype(int)
            w, h = (int(side) for side in size[index])
            colour = tuple(int(level) for level in colours[index])
            if round_ones[index]:
                cv2.circle(picture, (int(x), int(y)), w, colour, -1)
            else:
                cv2.rectangle(picture, (int(x), int(y)), (int(x) + w, int(y) + h), colour, -1)
        return picture

    return at


def bright(width: int, height: int, seed: int) -> Background:
    """Snow: nothing darker than 190, hardly any texture."""
    rng = np.random.default_rng(seed)
    picture = _soft(width, height, rng, 190, 232)
    return lambda frame: picture.copy()


def _soft(width: int, height: int, rng: np.random.Generator, low: int, high: int, texture: float = 0.0) -> Picture:
    coarse = rng.uniform(low, high, (5, 7, 3)).astype(np.float32)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for cells in (24, 90):
        if texture:
            fine = rng.normal(0, texture, (cells, cells * width // height, 1)).astype(np.float32)
            picture = picture + cv2.resize(fine, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    return np.clip(picture, low - 20, high + 20).astype(np.uint8)


def _things(picture: Picture, rng: np.random.Generator, count: int) -> Picture:
    height, width = picture.shape[:2]
    for _ in range(count):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = (int(side) for side in rng.integers(height // 40, height // 4, 2))
        colour = tuple(int(level) for level in rng.integers(30, 220, 3))
        cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1)
    return picture
