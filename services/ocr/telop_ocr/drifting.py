"""What in a piece was looked at before, a little elsewhere: a picture that drifts is no new writing.

Where a picture pans or zooms slowly its thin things stand still for a moment, here and there, and look like new writing
time and again. They stood near by in an earlier piece, though, and were no line of it. Dense optical flow says from
where they came; what it brings has to be what is there now, pixel by pixel. Letters that appeared came from nowhere.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import CHANGED, TILE
from telop_ocr.lines import Area

Grey = NDArray[np.uint8]

OFF: Final = 20
"""Levels by which a pixel is none of those that the flow brings next to it: coding adds half of that."""
LEAST_SIDE: Final = 64
"""Pixels: the flow's patches of 8 are followed through three halvings."""


class View(NamedTuple):
    """Grey levels of a part of a frame, at `TILE` pixels a tile, and where it is in pixels of the displayed frame."""

    grey: Grey
    area: Area


def came_from_nowhere(new: Sequence[Area], now: View, before: View, lines: Sequence[Area]) -> list[Area]:
    """Those of some tiles that do not show what an earlier view showed, moved, away from its lines.

    `new` are tiles of one size on one grid, on which both views begin. Areas are in pixels of the displayed frame.
    """
    across, down = TILE / new[0].width, TILE / new[0].height
    left, top = max(now.area.x, before.area.x), max(now.area.y, before.area.y)
    here, there = (
        view.grey[round((top - view.area.y) * down) :, round((left - view.area.x) * across) :] for view in (now, before)
    )
    height, width = (min(sides) // TILE * TILE for sides in zip(here.shape, there.shape, strict=True))
    if not height or not width:
        return list(new)
    here, there = here[:height, :width], there[:height, :width]
    taken = np.zeros_like(there)
    for area in lines:
        rows = slice(max(0, round((area.y - top) * down)), max(0, round((area.bottom - top) * down)))
        taken[rows, max(0, round((area.x - left) * across)) : max(0, round((area.right - left) * across))] = 255
    off = _off(here, there, taken).reshape(height // TILE, TILE, width // TILE, TILE).sum(axis=(1, 3)) >= CHANGED
    rows, columns = off.shape

    def is_new(tile: Area) -> bool:
        row, column = round((tile.y - top) * down / TILE), round((tile.x - left) * across / TILE)
        return not (0 <= row < rows and 0 <= column < columns) or bool(off[row, column])

    return [tile for tile in new if is_new(tile)]


def _off(here: Grey, there: Grey, taken: Grey) -> NDArray[np.bool_]:
    """Pixels that are not what the flow brings from elsewhere, or that it brings from where a line is.

    Fine lines that the flow brings a pixel off are no letters, nor is what comes in from outside with all around it.
    """
    height, width = here.shape
    below, beside = max(0, LEAST_SIDE - height), max(0, LEAST_SIDE - width)
    padded = [cv2.copyMakeBorder(each, 0, below, 0, beside, cv2.BORDER_REPLICATE) for each in (here, there)]
    still = np.zeros((*padded[0].shape, 2), np.float32)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(padded[0], padded[1], still)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    x, y = columns + flow[:height, :width, 0], rows + flow[:height, :width, 1]
    brought = cv2.remap(there, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    least, most = (change(brought, np.ones((3, 3), np.uint8)) for change in (cv2.erode, cv2.dilate))
    off = cv2.max(cv2.subtract(here, most), cv2.subtract(least, here)) > OFF
    from_line = cv2.remap(taken, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    from_outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    return np.asarray((off & ~from_outside) | (from_line > 0), np.bool_)
