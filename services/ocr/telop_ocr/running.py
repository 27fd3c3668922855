"""Running text: finds the strip in which writing slides sideways.

A strip is a few rows in which strokes move across the screen while the rows above and below do not, so that a picture
that pans as a whole is none. How far it slides is measured from frame to frame; it is cut out each time it has slid by
a part of its width, so that every letter is read twice, and whole at least once.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from telop_ocr.changes import STRONG, TILE, Plane, above, counted

EVERY: Final = 5
"""Frames from one search for strips to the next."""
ACTIVE: Final = 0.2
"""Share of a row's tiles in which strokes move, at least: half of a screen's width of text, and its gaps."""
TALLEST: Final = 8
"""Rows of tiles: a strip of 128 px of 720."""
SLIDE: Final = 0.4
"""Of the width: after this the strip is read again."""
ALIKE: Final = 0.3
"""Peak of the correlation of two strips, one slid, from which on they show the same text."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of pixels of a working plane to read now, and how far the strip has slid since it was found."""

    top: int
    bottom: int
    slid: float


class RunningText:
    """Follows the one strip of running text of a range, frame by frame."""

    def __init__(self) -> None:
        self._previous: Plane | None = None
        self._strip: tuple[int, int] | None = None
        self._frame = 0
        self._slid = self._read_at = 0.0
        self._moves = 0

    def observe(self, plane: Plane) -> Cut | None:
        """Take the next frame and say whether to read the strip in it."""
        previous, self._previous, self._frame = self._previous, plane, self._frame + 1
        if previous is None:
            return None
        if self._strip is None:
            if self._frame % EVERY == 0:
                self._strip = _strip(previous, plane)
            return None
        top, bottom = self._strip
        before, now = (np.asarray(each[top:bottom], np.float32) for each in (previous, plane))
        (across, down), alike = cv2.phaseCorrelate(before, now)
        if abs(down) > 1 or alike < ALIKE or abs(across) < 0.3:
            self._moves = max(-EVERY, self._moves - 1)
            if self._moves == -EVERY and self._read_at == 0.0:
                self._strip, self._moves = None, 0
            return None
        self._moves = min(EVERY, self._moves + 1)
        self._slid -= across
        if self._moves < EVERY or (self._read_at and abs(self._slid - self._read_at) < SLIDE * plane.shape[1]):
            return None
        self._read_at = self._slid
        return Cut(top, bottom, self._slid)


def _strip(previous: Plane, plane: Plane) -> tuple[int, int] | None:
    """The tallest run of rows of tiles in which strokes move, with rows that do not around it."""
    moving = counted(above(cv2.absdiff(previous, plane), STRONG)) > 0
    active = np.concatenate(([False], moving.mean(axis=1) >= ACTIVE, [False]))
    edges = np.flatnonzero(np.diff(active.astype(np.int8)))
    runs = [(int(top), int(bottom)) for top, bottom in edges.reshape(-1, 2) if bottom - top <= TALLEST]
    if not runs or active.mean() > 0.5:
        return None
    top, bottom = max(runs, key=lambda run: run[1] - run[0])
    rows = len(active) - 2
    return max(0, top - 1) * TILE, min(rows, bottom + 1) * TILE
