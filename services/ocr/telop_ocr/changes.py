"""Where outlined text changes on screen: a local test, never a similarity of whole pictures.

Each picture is reduced to its thin strokes (what is brighter or darker than everything wider around it, as a caption's
letters are) and compared tile by tile with what the tile showed when it last changed. One exchanged character changes a
few tiles completely and the picture hardly at all, so the largest tile decides, not the sum. A slow fade adds up to a
change, because a tile is compared with its last change and not with the picture before.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.lines import Area

Plane: TypeAlias = NDArray[np.uint8]
"""One picture of grey levels, (height, width)."""
Planes: TypeAlias = NDArray[np.uint8]
"""Bright strokes and dark strokes of a picture, each as levels above their surroundings, (2, rows, columns)."""
Tiles: TypeAlias = NDArray[np.uint8]
"""Counts of pooled pixels per tile, (rows, columns)."""

WORKING_HEIGHT: Final = 360
"""Pictures are pooled to about this many rows: the cost per frame is then the same for every frame size."""
TILE: Final = 8
"""Pooled pixels along a tile's side: a third of the height of a usual caption's character (45 px of 720)."""
STROKE: Final = 15
"""Pooled pixels that the widest stroke may have: 30 px of 720, the strokes of a 200 px title."""
CONTRAST: Final = 64
"""Levels of 255 by which a stroke stands out, and by which it must differ to count as changed. At a proxy's bit rate
(H.264, CRF 24) a still caption then fires no tile between its first frame and its last."""
CHANGED: Final = 4
"""Changed pooled pixels in a tile that make a change: one stroke end of a 40 px character."""
WRITTEN: Final = 6
"""Stroke pixels in a tile that make it a tile with writing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One frame against the last change of each tile: counts of pixels per tile, both of shape (rows, columns)."""

    changed: Tiles
    strokes: Tiles

    @property
    def fired(self) -> NDArray[np.bool_]:
        """Tiles that changed."""
        return self.changed >= CHANGED

    @property
    def written(self) -> NDArray[np.bool_]:
        """Tiles with writing in them."""
        return self.strokes >= WRITTEN


class StrokeComparison:
    """Compares luma planes of one size, in order of time."""

    def __init__(self, height: int, width: int) -> None:
        self.factor = max(1, round(min(height, width) / WORKING_HEIGHT))
        pooled = (height // self.factor, width // self.factor)
        self.rows, self.columns = (-(-side // TILE) for side in pooled)
        self._pooled = pooled
        self._square = np.ones((STROKE, STROKE), np.uint8)
        shape = (2, self.rows * TILE, self.columns * TILE)
        self._last = np.zeros(shape, np.uint8)

    @property
    def tile_px(self) -> int:
        """Side of a tile in pixels of the planes compared."""
        return TILE * self.factor

    def strokes(self, luma: Plane) -> Planes:
        """What is thin in a plane of the size announced, pooled and padded to whole tiles."""
        strokes = np.zeros_like(self._last)
        height, width = self._pooled
        brightest, darkest = _pool(luma, self.factor, np.maximum), _pool(luma, self.factor, np.minimum)
        strokes[0, :height, :width] = cv2.morphologyEx(brightest, cv2.MORPH_TOPHAT, self._square)
        strokes[1, :height, :width] = cv2.morphologyEx(darkest, cv2.MORPH_BLACKHAT, self._square)
        return strokes

    def observe(self, now: Planes) -> Change:
        """Compare the strokes of the next frame. Those of the first are compared with an empty picture."""
        change = Change(_count(_differs(now, self._last)), _count(now > CONTRAST))
        if change.fired.any():
            fired = change.fired.repeat(TILE, axis=0).repeat(TILE, axis=1)
            np.copyto(self._last, now, where=fired)
        return change


def same_writing(one: Planes, other: Planes, area: Area, tile_px: int) -> bool:
    """Whether no character in the area differs between two frames. When in doubt, it does.

    Behind an outlined caption a moving background changes the strokes of one polarity (those around the outline) and
    never the other, while another character changes both: it is enough that one polarity, if it holds enough of the
    writing, is the same everywhere.
    """
    scale = TILE / tile_px
    top, left = int(area.y * scale), int(area.x * scale)
    bottom, right = int(area.bottom * scale) + 1, int(area.right * scale) + 1
    one, other = (_to_whole_tiles(planes[:, top:bottom, left:right]) for planes in (one, other))
    written = np.minimum((one > CONTRAST).sum(axis=(1, 2)), (other > CONTRAST).sum(axis=(1, 2)))
    differs = _differs(one, other)
    return any(
        written[polarity] > 0
        and written[polarity] >= written[1 - polarity] / 2
        and int(_count(differs[polarity : polarity + 1]).max()) < CHANGED
        for polarity in (0, 1)
    )


def _differs(one: Planes, other: Planes) -> NDArray[np.bool_]:
    return np.asarray(np.maximum(one, other) - np.minimum(one, other) > CONTRAST, np.bool_)


def _count(pixels: NDArray[np.bool_]) -> Tiles:
    """Per tile, pixels of all polarities: at most 128."""
    _, height, width = pixels.shape
    lines = pixels.sum(axis=0, dtype=np.uint8).reshape(height // TILE, TILE, width).sum(axis=1, dtype=np.uint8)
    return np.asarray(lines.reshape(height // TILE, width // TILE, TILE).sum(axis=2), np.uint8)


def _to_whole_tiles(planes: Planes) -> Planes:
    _, height, width = planes.shape
    return np.pad(planes, ((0, 0), (0, -height % TILE), (0, -width % TILE)))


def _pool(luma: Plane, factor: int, extreme: np.ufunc) -> Plane:
    """The extreme of each factor x factor block; what does not fill a block is cut off."""
    height, width = (side // factor * factor for side in luma.shape)
    lines = luma[0:height:factor, :width]
    for offset in range(1, factor):
        lines = extreme(lines, luma[offset:height:factor, :width])
    pooled = lines[:, 0::factor]
    for offset in range(1, factor):
        pooled = extreme(pooled, lines[:, offset::factor])
    return np.ascontiguousarray(pooled, np.uint8)
