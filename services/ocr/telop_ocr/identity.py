"""Whether two pictures of one place show the same text, decided by the pixels of its letters and by nothing else.

What is behind the letters may differ: only strokes of the letters' own brightness count. One exchanged stroke makes
another text, however alike the pictures are; it is found in the small window where it makes most of a difference.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import CONTRAST, STRONG

Grey = NDArray[np.uint8]

LEVEL: Final = 28
"""Levels by which the strokes of one text differ in brightness: fills are flat, their edges are not."""
STROKE: Final = 0.3
"""Of a line's height: wider than the strokes of its letters."""
OTHER: Final = 48
"""Levels by which a pixel of a letter differs that was exchanged: a third of the contrast of clear type."""
WINDOW: Final = 0.33
"""Of a line's height: a third of a character."""
DIFFERENT: Final = 0.03
"""Of a window's pixels: the gap that makes an i of an l fills more."""
LEAST: Final = 0.02
"""Of a line's pixels that its strokes cover at least."""


def difference(one: Grey, other: Grey, still: Grey) -> tuple[int, int, int] | None:
    """Where the letters of one line differ most in two frames: left, top and side of a window; None: they are the same.

    Takes grey levels of one shape (height, width), and a mask of what stood still in both. When in doubt they differ.
    """
    height = min(one.shape)
    everywhere = 0, 0, max(one.shape)
    kernel = np.ones((max(5, round(height * STROKE)),) * 2, np.uint8)
    bright, dark = (cv2.morphologyEx(one, kind, kernel) for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    if int(dark[dark > STRONG].sum(dtype=np.int64)) > int(bright[bright > STRONG].sum(dtype=np.int64)):
        one, other, bright = 255 - one, 255 - other, dark
    if int((bright > STRONG).sum()) < LEAST * one.size:
        return everywhere
    level = float(np.median(one[bright > STRONG]))
    strokes = [_letters(grey, level, kernel) for grey in (one, other)]
    near = cv2.dilate((strokes[0] | strokes[1]).view(np.uint8), np.ones((3, 3), np.uint8))
    off = (cv2.absdiff(one, other) > OTHER) & (near > 0) & (still > 0)
    side = max(4, round(height * WINDOW))
    share = cv2.boxFilter(off.astype(np.float32), -1, (side, side), borderType=cv2.BORDER_CONSTANT)
    if float(share.max()) < DIFFERENT:
        return None
    row, column = np.unravel_index(int(share.argmax()), share.shape)
    return max(0, int(column) - side // 2), max(0, int(row) - side // 2), side


def _letters(grey: Grey, level: float, kernel: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Strokes of about one brightness that do not go on beyond the line, as things behind it do."""
    thin = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel) > CONTRAST
    strokes = (np.abs(grey.astype(np.int16) - round(level)) <= LEVEL) & thin
    _, pieces = cv2.connectedComponents(strokes.view(np.uint8), connectivity=4)
    outer = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    return np.asarray(strokes & ~np.isin(pieces, outer), np.bool_)
