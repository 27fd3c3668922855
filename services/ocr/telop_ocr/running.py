"""Running text: finds the strips in which writing slides sideways or upwards, and says when to read them.

A strip is a few rows in which strokes move across the screen while the rows above and below do not, or columns in which
they move up or down while those beside do not, so that a picture that pans as a whole is none. How far it slides is
measured from frame to frame; it is cut out each time it has slid by a part of its length, so that every letter is read
twice, and whole at least once. What never moves in it, like a label before a ticker, is no part of it.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import STRONG, TILE, Plane, above, counted

EVERY: Final = 5
"""Frames from one search for strips to the next, for which a strip has to slide to be one, or to rest to be none."""
ACTIVE: Final = 0.2
"""Share of a row's tiles in which strokes move, at least: half of a screen's width of text, and its gaps."""
TALLEST: Final = 8
"""Rows of tiles: a strip of 128 px of 720."""
BROADEST: Final = 0.85
"""Share of the width that text takes which runs up or down; what moves beyond is the picture."""
CALM: Final = 0.02
"""Share of the tiles beside text that runs up or down in which something moves, at most: more is more of the text."""
SLIDE: Final = 0.4
"""Of the length: after this the strip is read again."""
ALIKE: Final = 0.3
CLEARLY_ALIKE: Final = 0.7
"""Peaks of the correlation of two strips, one slid, from which on they may show the same text, and surely do."""
AS_ONE: Final = 0.25
"""Share of the pixels that changed which may differ still when a strip is slid back that is not clearly alike: of text
few do, of things that move each its own way half."""
MOVES: Final = 0.3
"""Pixels from one frame to the next, at least."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a working plane to read now, how far its text has slid since it was found, and by how much a frame.

    Text that goes to the left or up slides by positive numbers of pixels.
    """

    strip: int
    upright: bool
    top: int
    bottom: int
    left: int
    right: int
    slid: float
    speed: float


class RunningText:
    """Follows the strips of running text of a range, frame by frame."""

    def __init__(self) -> None:
        self._previous: Plane | None = None
        self._strips: list[_Strip] = []
        self._frame = self._found = 0
        self.until: dict[int, int] = {}
        """The last frame in which each strip slid."""

    def observe(self, plane: Plane) -> list[Cut]:
        """Take the next frame and say which strips to read in it."""
        previous, self._previous, self._frame = self._previous, plane, self._frame + 1
        if previous is None:
            return []
        cuts = [strip.observe(previous, plane) for strip in self._strips]
        self.until |= {strip.number: self._frame - 1 for strip in self._strips if strip.slides}
        self._strips = [strip for strip in self._strips if not strip.rests]
        if self._frame % EVERY == 0:
            self._search(previous, plane)
        return [cut for cut in cuts if cut is not None]

    def finish(self) -> list[Cut]:
        """After the last frame: the strips that slid on since they were read."""
        return [strip.cut() for strip in self._strips if strip.is_unread]

    def _search(self, previous: Plane, plane: Plane) -> None:
        moving = counted(above(cv2.absdiff(previous, plane), STRONG)) > 0
        for upright, tiles in ((False, moving), (True, moving.T)):
            for first, after in _broad_runs(tiles) if upright else _runs(tiles, ACTIVE, TALLEST):
                place = slice(max(0, first - 1) * TILE, min(len(tiles), after + 1) * TILE)
                beside = np.delete(tiles, slice(first - 1 if first else 0, after + 1), axis=0)
                if (upright and beside.mean() > CALM) or any(one.has(place, upright=upright) for one in self._strips):
                    continue
                strip = _Strip(self._found, place, len(tiles[0]), upright=upright)
                strip.observe(previous, plane)
                if strip.slides:
                    self._strips.append(strip)
                    self._found += 1


class _Strip:
    """One strip: rows of pixels, or columns where its text runs up or down."""

    def __init__(self, number: int, place: slice, tiles: int, *, upright: bool) -> None:
        self.number, self._place, self._upright = number, place, upright
        self._moved = np.zeros(tiles, np.bool_)
        self._aside = place
        self._grown = self._moves = self._frames = 0
        self._slid = 0.0
        self._read_at: float | None = None

    @property
    def slides(self) -> bool:
        """Whether it slid lately."""
        return self._moves > 0

    @property
    def rests(self) -> bool:
        """Whether nothing has slid in it for a while."""
        return self._moves == -EVERY

    @property
    def is_unread(self) -> bool:
        """Whether something of it was read, and not what it shows now."""
        return self._read_at is not None and self._read_at != self._slid

    def has(self, place: slice, *, upright: bool) -> bool:
        """Whether it shares rows (or columns) with others."""
        return upright == self._upright and place.start < self._place.stop and self._place.start < place.stop

    def observe(self, previous: Plane, plane: Plane) -> Cut | None:
        """Follow it to the next frame; what to read if it is time to."""
        self._frames += 1
        before, now = self._part(previous), self._part(plane)
        (across, down), alike = cv2.phaseCorrelate(before.astype(np.float32), now.astype(np.float32))
        along, aside = (down, across) if self._upright else (across, down)
        alone = alike < CLEARLY_ALIKE and not _as_one(before, now, (across, down))
        if abs(aside) > 1 or alike < ALIKE or abs(along) < MOVES or alone:
            self._moves = max(-EVERY, self._moves - 1)
            return None
        self._moves = min(EVERY, self._moves + 1)
        self._slid -= along
        if self._upright:
            self._widen(previous, plane)
        moving = counted(above(cv2.absdiff(before, now), STRONG)).any(axis=1 if self._upright else 0)
        self._grown = 0 if (moving & ~self._moved).any() else self._grown + 1
        self._moved |= moving
        if self._moves < EVERY or (self._read_at is not None and abs(self._slid - self._read_at) < self._due()):
            return None
        return self.cut()

    def cut(self) -> Cut:
        """All of it that has moved, on one side of what stands still in it."""
        first, after = _longest(self._moved)
        along, aside = slice(first * TILE, after * TILE), self._aside
        rows, columns = (along, aside) if self._upright else (aside, along)
        self._read_at = self._slid
        speed = self._slid / self._frames
        return Cut(
            self.number, self._upright, rows.start, rows.stop, columns.start, columns.stop, self._slid, speed
        )  # fmt: skip

    def _widen(self, previous: Plane, plane: Plane) -> None:
        """Lines that run upright differ in length: those that come after the first ones may be longer."""
        share = (counted(above(cv2.absdiff(previous, plane), STRONG)) > 0).mean(axis=0)
        moving = np.flatnonzero(share >= CALM)
        if len(moving):
            left, right = max(0, int(moving[0]) - 1) * TILE, min(len(share), int(moving[-1]) + 2) * TILE
            self._aside = slice(min(left, self._aside.start), max(right, self._aside.stop))

    def _due(self) -> float:
        """How far it slides from one reading to the next; as long as it still comes in nothing of it goes out."""
        first, after = _longest(self._moved)
        return SLIDE * TILE * (len(self._moved) if self._grown < EVERY else after - first)

    def _part(self, plane: Plane) -> NDArray[np.uint8]:
        return np.ascontiguousarray(plane[:, self._place] if self._upright else plane[self._place])


def _as_one(before: Plane, now: Plane, slid: tuple[float, float]) -> bool:
    """Whether nearly all that changed from one strip to the next slid by (right, down) pixels."""
    shift = np.array([[1, 0, slid[0]], [0, 1, slid[1]]], np.float32)
    expected = cv2.warpAffine(before, shift, before.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    left, changed = (counted(above(cv2.absdiff(each, now), STRONG)) for each in (expected, before))
    return int(left[changed > 0].sum()) <= AS_ONE * int(changed.sum())


def _longest(moved: NDArray[np.bool_]) -> tuple[int, int]:
    """The longest run of tiles that moved, and the first behind it."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], moved, [False])).astype(np.int8))).reshape(-1, 2)
    first, after = max(edges, key=lambda run: run[1] - run[0])
    return int(first), int(after)


def _broad_runs(moving: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of columns, given as rows, in which lines of any length move: one in all of them, many in some."""
    runs = _runs(moving, CALM, round(BROADEST * len(moving)))
    return [(first, after) for first, after in runs if moving[first:after].mean(axis=1).max() >= ACTIVE]


def _runs(moving: NDArray[np.bool_], least: float, most: int) -> list[tuple[int, int]]:
    """Runs of rows of tiles, no more than so many, in which strokes move; none where they do in most of the picture."""
    active = np.concatenate(([False], moving.mean(axis=1) >= least, [False]))
    edges = np.flatnonzero(np.diff(active.astype(np.int8))).reshape(-1, 2)
    if active.mean() > max(0.5, most / len(moving)):
        return []
    return [(int(first), int(after)) for first, after in edges if after - first <= most]
