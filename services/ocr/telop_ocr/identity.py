"""Whether two pictures of one place show the same text, decided by the pixels of its letters and by nothing else.

What is behind the letters may differ: only strokes of the letters' own brightness count. One exchanged stroke makes
another text, however alike the pictures are; it is found in the small window where it makes most of a difference.
"""

from dataclasses import dataclass
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
RING: Final = (5, 7)
"""Pixels: sides of the squares that spread the fill over its soft edge, and over what is right around that."""


def difference(one: Grey, other: Grey, still: Grey, other_still: Grey) -> tuple[int, int, int] | None:
    """Where the letters of one line differ most in two frames: left, top and side of a window; None: they are the same.

    Takes grey levels of one shape (height, width), and masks of what stood still in each. When in doubt they differ:
    letters that are gone count even where what took their place has not come to rest.
    """
    kernel = _kernel(one)
    found = _fill(one, kernel)
    if found is None:
        return 0, 0, max(one.shape)
    if found.inverted:
        one, other = 255 - one, 255 - other
    level = found.level
    strokes = [_letters(grey, level, kernel) for grey in (one, other)]
    near = cv2.dilate((strokes[0] | strokes[1]).view(np.uint8), np.ones((3, 3), np.uint8))
    gone, stood = strokes[0] & (still > 0), (near > 0) & (still > 0) & (other_still > 0)
    off = (cv2.absdiff(one, other) > OTHER) & (gone | stood)
    side = max(4, round(min(one.shape) * WINDOW))
    share = cv2.boxFilter(off.astype(np.float32), -1, (side, side), borderType=cv2.BORDER_CONSTANT)
    if float(share.max()) < DIFFERENT:
        return None
    row, column = np.unravel_index(int(share.argmax()), share.shape)
    return max(0, int(column) - side // 2), max(0, int(row) - side // 2), side


def stood(grey: Grey, still: Grey) -> bool:
    """Whether half of the letters of a line stood still; takes what `difference` takes of one frame."""
    kernel = _kernel(grey)
    found = _fill(grey, kernel)
    if found is None:
        return False
    letters = _letters(255 - grey if found.inverted else grey, found.level, kernel)
    return int((letters & (still > 0)).sum()) * 2 >= int(letters.sum())


@dataclass(frozen=True, slots=True)
class _Fill:
    """What could be the fill of letters: its brightness in the picture or in its negative, and how clear it stands."""

    level: float
    clear: float
    inverted: bool


def _kernel(grey: Grey) -> NDArray[np.uint8]:
    return np.ones((max(5, round(min(grey.shape) * STROKE)),) * 2, np.uint8)


def _fill(grey: Grey, kernel: NDArray[np.uint8]) -> _Fill | None:
    """What is most likely the fill of a line's letters; None where nothing thin stands out."""
    found = _fills(grey, kernel) + _fills(255 - grey, kernel, inverted=True)
    return max(found, key=lambda fill: fill.clear, default=None)


def _fills(grey: Grey, kernel: NDArray[np.uint8], *, inverted: bool = False) -> list[_Fill]:
    """The commonest brightness of thin things, and the commonest of what is left: what shines through between outlines
    is thin as well. Letters are those around which all is of one brightness too, an outline or a plate, and a far one.
    """
    stands_out = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)
    left = stands_out > STRONG
    found: list[_Fill] = []
    for _ in range(2):
        if int(left.sum()) < LEAST * grey.size:
            break
        level = _commonest(grey[left])
        fill = (_near(grey, level) & (stands_out > CONTRAST)).view(np.uint8)
        beside, around = (cv2.dilate(fill, np.ones((side, side), np.uint8)) > 0 for side in RING)
        ring = grey[around & ~beside]
        if ring.size:
            ground = _commonest(ring)
            found.append(_Fill(level, float(_near(ring, ground).mean()) * abs(level - ground), inverted))
        left &= ~_near(grey, level)
    return found


def _commonest(levels: Grey) -> float:
    """The brightness that most pixels have, give or take what a flat fill differs by."""
    counts = np.bincount(levels, minlength=256).astype(np.float32)
    most = int(np.argmax(np.convolve(counts, np.ones(LEVEL), "same")))
    return float(np.median(levels[np.abs(levels.astype(np.int16) - most) <= LEVEL // 2]))


def _near(levels: Grey, level: float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(levels.astype(np.int16) - round(level)) <= LEVEL, np.bool_)


def _letters(grey: Grey, level: float, kernel: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Strokes of about one brightness that do not go on beyond the line, as things behind it do."""
    thin = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel) > CONTRAST
    strokes = _near(grey, level) & thin
    _, pieces = cv2.connectedComponents(strokes.view(np.uint8), connectivity=4)
    outer = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    return np.asarray(strokes & ~np.isin(pieces, outer), np.bool_)
