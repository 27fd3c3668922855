"""How lines that were found in a picture are cut out of it to be recognised.

Nothing of one line stands in the crop of another: the tail of a letter above an i reads as an accent. A column is cut
into its characters, which are laid side by side: lying on their sides some are taken for others.
"""

from collections.abc import Sequence
from itertools import permutations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""Of a line, (4, 2), x and y, clockwise from the upper left one."""

TALL: Final = 1.5
"""Height over width from which on a line is a column, as RapidOCR has it."""
MOST_SHARED: Final = 0.3
"""Of the height of a line: lines that share more of it with another are not above each other."""
INKED: Final = 0.1
"""Of the edges in the row that has most: a row with fewer lies above or below all characters."""


def is_column(corners: Corners) -> bool:
    """Whether a line runs from top to bottom."""
    width, height = corners.max(axis=0) - corners.min(axis=0)
    return bool(height >= TALL * width)


def apart(picture: Picture, corners: Sequence[Corners]) -> list[Corners]:
    """The same lines, but where the boxes of two overlap both end at the emptiest row of what they share."""
    alone = [each.copy() for each in corners]
    edges = np.abs(np.diff(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.int16), axis=1))
    for upper, lower in permutations([each for each in alone if not is_column(each)], 2):
        top, bottom = int(lower[:2, 1].min()), int(np.ceil(upper[2:, 1].max()))
        left, right = int(max(upper[:, 0].min(), lower[:, 0].min())), int(min(upper[:, 0].max(), lower[:, 0].max()))
        height = min(float(np.ptp(each[:, 1])) for each in (upper, lower))
        if left < right and upper[:2, 1].min() < top < bottom <= top + MOST_SHARED * height:
            cut = top + int(edges[top : bottom + 1, left:right].sum(axis=1).argmin())
            upper[2:, 1], lower[:2, 1] = np.minimum(upper[2:, 1], cut), np.maximum(lower[:2, 1], cut)
    return alone


def upright(lying: Picture, count: int) -> Picture:
    """A column that lies on its side, as so many characters side by side; they are taken to be equally high."""
    column = np.ascontiguousarray(np.rot90(lying, -1))
    grey = cv2.cvtColor(column, cv2.COLOR_BGR2GRAY).astype(np.int16)
    edges = np.abs(np.diff(grey, axis=1, append=grey[:, -1:])) + np.abs(np.diff(grey, axis=0, append=grey[-1:]))
    (top, bottom), (left, right) = _inked(edges.sum(axis=1)), _inked(edges.sum(axis=0))
    cuts = np.linspace(top, bottom, count + 1)
    # A cell is no higher than the ink is wide: characters that stand far apart would read as if spaces were there.
    half = min(cuts[1] - cuts[0], right - left) / 2
    middles = (cuts[1:] + cuts[:-1]) / 2
    cells = [column[max(0, round(at - half)) : max(1, round(at + half)), left:right] for at in middles]
    size = (right - left, max(1, round(2 * half)))
    return np.asarray(np.hstack([cv2.resize(cell, size) for cell in cells]), np.uint8)


def _inked(edges: NDArray[np.int64]) -> tuple[int, int]:
    """The first of the rows (or columns) that have edges, and the first behind the last."""
    inked = np.flatnonzero(edges >= INKED * edges.max())
    return int(inked[0]), int(inked[-1]) + 1
