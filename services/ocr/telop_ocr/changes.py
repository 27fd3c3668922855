"""Where writing appears, changes and goes on screen: a local test of every frame, never a similarity of whole pictures.

Writing is what is thin (brighter or darker than everything wider around it, as strokes of letters are) and stands
still: a background that moves behind a caption moves its own strokes and never those of the caption. So the test
follows single pixels. One exchanged character makes a few new still strokes, or takes some away, however alike the
pictures are as wholes; a slow fade adds up, because a pixel is compared with what it was when it last changed.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
"""Grey levels, or a mask of 0 and 255, (height, width)."""
Tiles: TypeAlias = NDArray[np.uint8]
"""One number for each tile of a plane, (rows, columns)."""

Image: TypeAlias = cv2.typing.MatLike

WORKING_HEIGHT: Final = 360
"""Pictures are averaged down to about this many rows: the cost per frame is then the same for every frame size."""
TILE: Final = 8
"""Pixels along a tile's side: a third of the height of a usual caption's character (45 px of 720)."""
STROKE: Final = 15
"""Pixels that the widest stroke may have: 30 px of 720, the strokes of a 200 px title."""
REACH: Final = STROKE - 1
"""Rows that a pixel's strokes are looked for in, above and below it: half of the widest stroke, twice."""
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
EDGE: Final = 12
"""Levels between neighbouring pixels at a stroke's edge: half of the least contrast, as edges are two pixels wide."""
WRITTEN: Final = 6
"""Pixels of still strokes in a tile that make it a tile with writing."""


_BYTES: Final = np.uint64(0x0101010101010101)
"""Eight pixels of a row are a word. Times this, its highest byte is their sum; a level times this is a row of it."""


@dataclass(frozen=True)
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

    @cached_property
    def strokes_and_edges(self) -> NDArray[np.float32]:
        """Per tile, pixels of still strokes and of the edges of strokes that stand still: of those across rows and of
        those across columns. (3, rows, columns)."""
        near = cv2.bitwise_and(self.old, cv2.dilate(self.still, np.ones((3, 3), np.uint8)))
        counts = [counted(self.still)]
        for down, across in ((1, 0), (0, 1)):
            height, width = self.plane.shape[0] - down, self.plane.shape[1] - across
            off = above(cv2.absdiff(self.plane[down:, across:], self.plane[:height, :width]), EDGE)
            edge = cv2.bitwise_and(off, cv2.bitwise_and(near[down:, across:], near[:height, :width]))
            counts.append(counted(_plane(cv2.copyMakeBorder(edge, down, 0, across, 0, cv2.BORDER_CONSTANT, value=0))))
        return np.stack(counts).astype(np.float32)


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
        self._plane, self._stands_out = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self._level, self._age, self._known = (np.zeros(shape, np.uint8) for _ in range(3))
        self._one = np.ones(shape, np.uint8)
        self._asked, self._asked_level = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self._missed = np.zeros((self.rows, self.columns), np.int64)

    @property
    def tile_px(self) -> int:
        """Side of a tile in pixels of the planes compared."""
        return TILE * self.factor

    def reduced(self, luma: Plane) -> Plane:
        """A plane of the size announced, averaged down and padded to whole tiles with its last row and column."""
        height, width = self._size
        cut = luma[: height * self.factor, : width * self.factor]
        if self.factor == 1:
            small = np.ascontiguousarray(cut)
        else:
            small = _plane(cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA))
        below, beside = self.rows * TILE - height, self.columns * TILE - width
        return _plane(cv2.copyMakeBorder(small, 0, below, 0, beside, cv2.BORDER_REPLICATE))

    def observe(self, plane: Plane) -> Writing:
        """Compare the next frame."""
        stands_out = self._standing_out(plane)
        # Texture that moves differs by less than what it stands out by: the weaker a stroke, the stiller it has to be.
        allowed = np.clip(stands_out // 3, STILL, MOVED)
        moved = _plane(cv2.compare(cv2.absdiff(plane, self._level), allowed, cv2.CMP_GT))
        cv2.copyTo(plane, moved, self._level)
        self._age = _without(_plane(cv2.add(self._age, self._one)), moved)
        far = above(cv2.absdiff(plane, self._asked_level), NOISE)
        self._known = _without(self._known, far)
        old = above(self._age, self._steady - 1)
        still = _still_strokes(stands_out, old)
        new = _without(still, self._known)
        gone = _plane(cv2.bitwise_and(far, self._asked))
        self._missed = (
            np.where(enough(counted(gone)), self._missed + 1, 0) if gone.any() else np.zeros_like(self._missed)
        )
        return Writing(
            plane=plane,
            still=still,
            new=new,
            moved=moved,
            old=old,
            written=counted(still) >= WRITTEN,
            fresh=counted(new),
            missing=self._missed == self._steady,
        )

    def _standing_out(self, plane: Plane) -> Plane:
        """Levels by which pixels are brighter or darker than all that is wider around them.

        Worked out anew only around the rows that changed: of a picture that stands still few do.
        """
        changed = np.flatnonzero((plane.view(np.uint64) != self._plane.view(np.uint64)).any(axis=1))
        self._plane = plane
        if len(changed):
            first, after = max(0, changed[0] - REACH), changed[-1] + 1 + REACH
            above_it = max(0, first - REACH)
            band = plane[above_it : after + REACH]
            bright = cv2.morphologyEx(band, cv2.MORPH_TOPHAT, self._square)
            dark = cv2.morphologyEx(band, cv2.MORPH_BLACKHAT, self._square)
            self._stands_out[first:after] = cv2.max(bright, dark)[first - above_it : after - above_it]
        return self._stands_out

    def know(self, asked: Writing, tiles: NDArray[np.bool_]) -> None:
        """The writing in some tiles of a frame, the last one or the one before it, has been asked for."""
        inside = enlarged(tiles)
        cv2.copyTo(asked.still, inside, self._asked)
        cv2.copyTo(asked.plane, inside, self._asked_level)
        self._known = _plane(cv2.bitwise_or(self._known, inside))
        self._missed[tiles] = 0

    def errors(self, plane: Plane) -> Tiles:
        """How far a frame is from the writing asked for: levels off, summed over its strokes in each tile, / 64."""
        return tile_errors(plane, self._asked_level, self._asked)


def _still_strokes(stands_out: Image, old: Plane) -> Plane:
    """Mask of strokes that stand still: all where nearly all do, else strong ones where most of the strong do.

    Where a background moves some of its strokes stand still by chance; they are weak, and few of many.
    """
    weak, strong = above(stands_out, CONTRAST), above(stands_out, STRONG)
    still_weak, still_strong = _plane(cv2.bitwise_and(weak, old)), _plane(cv2.bitwise_and(strong, old))
    calm = _around(still_weak) >= CALM * _around(weak)
    standing = counted(still_strong) * 2.0 >= counted(strong)
    least = _enlarged(np.where(calm, CONTRAST, np.where(standing, STRONG, 255)))
    return _plane(cv2.bitwise_and(cv2.compare(stands_out, least, cv2.CMP_GT), old))


def tile_errors(plane: Plane, level: Plane, mask: Plane) -> Tiles:
    """Differences of two planes where a mask is set, as the mean of each tile."""
    _, off = cv2.threshold(cv2.bitwise_and(cv2.absdiff(plane, level), mask), NOISE, 0, cv2.THRESH_TOZERO)
    return _reduced(off)


def above(plane: Image, level: int) -> Plane:
    """Mask of the pixels above a level."""
    return _plane(cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)[1])


def _without(plane: Plane, mask: Plane) -> Plane:
    """A plane with 0 where a mask is set: what is below 0 is 0."""
    return _plane(cv2.subtract(plane, mask))


def counted(mask: Plane) -> Tiles:
    """Pixels set in each tile. A set pixel is -1: rows are summed first, then the bytes of the words that are left."""
    rows = np.ascontiguousarray(mask).reshape(-1, TILE, mask.shape[1])
    words = np.negative(np.add.reduce(rows, axis=1, dtype=np.uint8)).view(np.uint64)
    return np.asarray((words * _BYTES) >> np.uint64(56), np.uint8)


def enough(counts: Tiles) -> NDArray[np.bool_]:
    """Tiles with as many pixels as make a change, in them or in the four tiles that meet at one of their corners."""
    corners = cv2.boxFilter(
        counts.astype(np.float32), -1, (2, 2), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    around = cv2.dilate((corners >= CHANGED).astype(np.uint8), np.ones((2, 2), np.uint8), anchor=(1, 1))
    return np.asarray((around > 0) & (counts > 0), np.bool_)


def enlarged(tiles: NDArray[np.bool_]) -> Plane:
    """A mask of tiles as one of pixels."""
    return _enlarged(np.where(tiles, 255, 0))


def _enlarged(levels: NDArray[np.integer[Any]]) -> Plane:
    """A level of each tile as one of each of its pixels."""
    return np.repeat(levels.astype(np.uint64) * _BYTES, TILE, axis=0).view(np.uint8)


def _around(mask: Plane) -> NDArray[np.float32]:
    """Pixels set in each tile and its neighbours."""
    return np.asarray(cv2.boxFilter(counted(mask).astype(np.float32), -1, (3, 3), normalize=False), np.float32)


def _reduced(plane: Image) -> Tiles:
    """Means of the tiles, by halving thrice: that has a fast path, and reducing to an eighth at once has none."""
    for _ in range(TILE.bit_length() - 1):
        height, width = plane.shape
        plane = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(plane, np.uint8)


def _plane(image: Image) -> Plane:
    return np.asarray(image, np.uint8)
