"""Where writing appears, changes and goes on screen: a local test of every frame, never a similarity of whole pictures.

Writing is what is thin (brighter or darker than everything wider around it, as strokes of letters are) and stands
still: a background that moves behind a caption moves its own strokes and never those of the caption. So the test
follows single pixels. One exchanged character makes a few new still strokes, or takes some away, however alike the
pictures are as wholes; a slow fade adds up, because a pixel is compared with what it was when it last changed.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
"""Grey levels, or a mask of 0 and 255, (height, width)."""
Tiles: TypeAlias = NDArray[np.uint8]
"""One number for each tile of a plane, (rows, columns)."""

WORKING_HEIGHT: Final = 360
"""Pictures are averaged down to about this many rows: the cost per frame is then the same for every frame size."""
TILE: Final = 8
"""Pixels along a tile's side: a third of the height of a usual caption's character (45 px of 720)."""
STROKE: Final = 15
"""Pixels that the widest stroke may have: 30 px of 720, the strokes of a 200 px title."""
CONTRAST: Final = 28
"""Levels of 255 by which a stroke stands out: white on snow with a grey shadow stands out by 40, and coding noise at a
proxy's bit rate by less than 20."""
STRONG: Final = 60
"""Levels by which strokes stand out that have an outline, or a plate of another brightness."""
CALM: Final = 0.8
"""Share of the strokes around a tile that stand still where nothing behind the writing moves."""
MOVED: Final = 24
"""Levels by which a pixel that did not change may differ from what it was: twice what coding adds to a still one."""
STILL: Final = 8
"""Levels by which any pixel may differ and still be the same: twice what coding adds, averaged down."""
NOISE: Final = 16
"""Levels of a pixel that count for nothing when all pixels of a line are compared: coding noise adds up otherwise."""
CHANGED: Final = 4
"""Pixels of new or missing writing in a tile that make a change: one stroke end of a 40 px character."""
WRITTEN: Final = 6
"""Pixels of still strokes in a tile that make it a tile with writing."""


_ALLOWED: Final = np.clip(np.arange(256) // 3, STILL, MOVED).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Writing:
    """One frame: counts of pixels per tile, and planes of the working size."""

    plane: Plane
    still: Plane
    """Mask of strokes that stand still."""
    new: Plane
    """Mask of those that were never asked for."""
    moved: Plane
    """Mask of pixels that changed in this frame."""
    written: NDArray[np.bool_]
    fresh: Tiles
    """New still strokes in each tile."""
    old: Plane
    """Mask of pixels that stand still, strokes or not."""
    missing: NDArray[np.bool_]
    """Tiles in which strokes that were asked for have been missing since a few frames."""


class WritingTest:
    """Follows the pixels of luma planes of one size, in order of time.

    `steady` is how many frames a pixel has to stay the same to stand still. What was asked for is told by `know`.
    """

    def __init__(self, height: int, width: int, steady: int) -> None:
        self.factor = max(1, round(min(height, width) / WORKING_HEIGHT))
        self._size = (height // self.factor, width // self.factor)
        self.rows, self.columns = (-(-side // TILE) for side in self._size)
        self._steady = steady
        self._square = np.ones((STROKE, STROKE), np.uint8)
        shape = (self.rows * TILE, self.columns * TILE)
        self._level, self._age, self._known = (np.zeros(shape, np.uint8) for _ in range(3))
        self._asked, self._asked_level = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self._missed = np.zeros((self.rows, self.columns), np.int64)

    @property
    def tile_px(self) -> int:
        """Side of a tile in pixels of the planes compared."""
        return TILE * self.factor

    def reduced(self, luma: Plane) -> Plane:
        """A plane of the size announced, averaged down and padded to whole tiles with its last row and column."""
        height, width = self._size
        cut = np.ascontiguousarray(luma[: height * self.factor, : width * self.factor])
        small = cut if self.factor == 1 else cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
        below, beside = self.rows * TILE - height, self.columns * TILE - width
        return np.asarray(cv2.copyMakeBorder(small, 0, below, 0, beside, cv2.BORDER_REPLICATE), np.uint8)

    def observe(self, plane: Plane) -> Writing:
        """Compare the next frame."""
        bright = cv2.morphologyEx(plane, cv2.MORPH_TOPHAT, self._square)
        dark = cv2.morphologyEx(plane, cv2.MORPH_BLACKHAT, self._square)
        stands_out = cv2.max(bright, dark)
        # Texture that moves differs by less than what it stands out by: the weaker a stroke, the stiller it has to be.
        allowed = cv2.LUT(stands_out, _ALLOWED)
        moved = cv2.compare(cv2.absdiff(plane, self._level), allowed, cv2.CMP_GT)
        cv2.copyTo(plane, moved, self._level)
        still = cv2.bitwise_not(moved)
        self._age = cv2.bitwise_and(cv2.add(self._age, 1), still)
        far = cv2.compare(cv2.absdiff(plane, self._asked_level), NOISE, cv2.CMP_GT)
        self._known = cv2.bitwise_and(self._known, cv2.bitwise_not(far))
        steady = self._steady_strokes(stands_out)
        new = cv2.bitwise_and(steady, cv2.bitwise_not(self._known))
        gone = cv2.bitwise_and(far, self._asked)
        self._missed = np.where(counted(gone) >= CHANGED, self._missed + 1, 0)
        return Writing(
            plane=plane,
            still=np.asarray(steady, np.uint8),
            new=np.asarray(new, np.uint8),
            moved=np.asarray(moved, np.uint8),
            old=np.asarray(cv2.compare(self._age, self._steady, cv2.CMP_GE), np.uint8),
            written=counted(steady) >= WRITTEN,
            fresh=counted(new),
            missing=self._missed == self._steady,
        )

    def _steady_strokes(self, stands_out: Plane | cv2.typing.MatLike) -> Plane:
        """Mask of strokes that stand still: all where nearly all do, else strong ones where most of the strong do.

        Where a background moves some of its strokes stand still by chance; they are weak, and few of many.
        """
        old = cv2.compare(self._age, self._steady, cv2.CMP_GE)
        weak, strong = (cv2.compare(stands_out, least, cv2.CMP_GT) for least in (CONTRAST, STRONG))
        still_weak, still_strong = cv2.bitwise_and(weak, old), cv2.bitwise_and(strong, old)
        calm = _around(still_weak) >= CALM * _around(weak)
        standing = counted(still_strong) * 2.0 >= counted(strong)
        np.copyto(still_strong, 0, where=~enlarged(standing))
        np.copyto(still_strong, still_weak, where=enlarged(calm))
        return np.asarray(still_strong, np.uint8)

    def know(self, asked: Writing, tiles: NDArray[np.bool_]) -> None:
        """The writing in some tiles of a frame, the last one or the one before it, has been asked for."""
        inside = enlarged(tiles)
        np.copyto(self._asked, asked.still, where=inside)
        np.copyto(self._asked_level, asked.plane, where=inside)
        self._known[inside] = 255
        self._missed[tiles] = 0

    def errors(self, plane: Plane) -> Tiles:
        """How far a frame is from the writing asked for: levels off, summed over its strokes in each tile, / 64."""
        return tile_errors(plane, self._asked_level, self._asked)


def tile_errors(plane: Plane, level: Plane, mask: Plane) -> Tiles:
    """Differences of two planes where a mask is set, as the mean of each tile."""
    off = cv2.bitwise_and(cv2.absdiff(plane, level), mask)
    _, off = cv2.threshold(off, NOISE, 0, cv2.THRESH_TOZERO)
    return _reduced(np.asarray(off, np.uint8))


def counted(mask: Plane | cv2.typing.MatLike) -> Tiles:
    """Pixels set in each tile."""
    means = _reduced(np.asarray(mask, np.uint8)).astype(np.uint16)
    return np.asarray((means * TILE * TILE + 127) // 255, np.uint8)


def _around(mask: cv2.typing.MatLike) -> NDArray[np.float32]:
    """Pixels set in each tile and its neighbours."""
    return np.asarray(cv2.boxFilter(counted(mask).astype(np.float32), -1, (3, 3), normalize=False), np.float32)


def enlarged(tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask of tiles as one of pixels."""
    return tiles.repeat(TILE, axis=0).repeat(TILE, axis=1)


def _reduced(plane: Plane) -> Tiles:
    height, width = plane.shape
    return np.asarray(cv2.resize(plane, (width // TILE, height // TILE), interpolation=cv2.INTER_AREA), np.uint8)
