"""Finds how a line of text in a picture was set: typeface, weight, size, squeeze and place.

The line is drawn in each typeface and laid over the picture in a grid of sizes, first at half resolution. What fits
tells the colours of letters and surroundings, and with them how much ink each pixel of the picture holds.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.typefaces import EDGE_PX, EM_PX, FACES, Drawn, Face

Ink = NDArray[np.float32]
Picture = NDArray[np.uint8]

LINE_PX: Final = 44
"""Lines are brought to this height first: small enough to be quick, and a caption of 720 rows stays as it is."""
_HEIGHTS: Final = np.arange(0.58, 1.0, 0.06)
"""Height of the ink over the height of the reader's box."""
_WIDTHS: Final = (0.88, 0.92, 0.96, 1.0)
_SQUEEZE: Final = (0.5, 1.6)
"""Width over height of what captions are set in."""
_FINER_DOWN: Final = (0.95, 1.0, 1.05)
_FINER_ACROSS: Final = (0.97, 0.985, 1.0, 1.015, 1.03)
_LEAST_CONTRAST: Final = 20.0
"""Levels of 255 between letters and surroundings."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A line laid over a picture: scales of the drawn line, its pen's start in the picture, and the picture's ink."""

    face: Face
    correlation: float
    across: float
    down: float
    left: float
    base: float
    ink: Ink

    @property
    def em(self) -> float:
        """Width of the em square in pixels of the picture."""
        return EM_PX * self.across

    def pen(self, before: str) -> float:
        """Where in the picture the character behind a text starts."""
        return self.left + self.face.advance(before) * self.across


def fits(crop: Picture, text: str) -> list[Fit]:
    """How well the line fits the crop in each typeface that has its characters.

    The crop is blue-green-red and shows the line as the reader boxed it.
    """
    picture = _sized(crop)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    half = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
    found: list[Fit] = []
    for faces in FACES.values():
        if faces[0].has(text) and (size := _roughly(faces[0].drawn(text), half)) is not None:
            found += [fit for face in faces if (fit := _fit(face, text, picture, grey, size)) is not None]
    return found


def scaled(ink: Ink, across: float, down: float) -> Ink:
    """Ink in another size, three pixels at least."""
    size = (max(3, round(ink.shape[1] * across)), max(3, round(ink.shape[0] * down)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)


def _sized(crop: Picture) -> Picture:
    scale = LINE_PX / crop.shape[0]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(1, round(crop.shape[1] * scale)), LINE_PX)
    resized = np.asarray(cv2.resize(crop, size, interpolation=method), np.uint8)
    return np.ascontiguousarray(cv2.copyMakeBorder(resized, 6, 6, 6, 6, cv2.BORDER_REPLICATE))


def _roughly(drawn: Drawn, half: Ink) -> "_Place | None":
    """The size in which a drawn line fits the picture best, at half resolution."""
    height, width = (side - 2 * EDGE_PX for side in drawn.ink.shape)
    room_height, room_width = (2 * side - 12 for side in half.shape)
    sizes = [(room_width * wide / width, room_height * high / height) for high in _HEIGHTS for wide in _WIDTHS]
    return _best(half, drawn.ink, [size for size in sizes if _SQUEEZE[0] < size[0] / size[1] < _SQUEEZE[1]], 0.5)


def _fit(face: Face, text: str, picture: Picture, grey: Ink, size: "_Place") -> Fit | None:
    drawn = face.drawn(text)
    finer = [(size.across * wide, size.down * high) for high in _FINER_DOWN for wide in _FINER_ACROSS]
    best = _best(grey, drawn.ink, finer, 1.0)
    if best is None:
        return None
    ink = _share_of_ink(picture, drawn, best)
    if ink is None:
        return None
    left, base = best.x - drawn.left * best.across, best.y - drawn.top * best.down
    return Fit(face, best.correlation, best.across, best.down, left, base, ink)


@dataclass(frozen=True, slots=True)
class _Place:
    correlation: float
    across: float
    down: float
    x: int
    y: int


def _best(grey: Ink, ink: Ink, sizes: list[tuple[float, float]], resolution: float) -> _Place | None:
    """Where and in which size ink and picture go together best, be the letters brighter or darker."""
    best: _Place | None = None
    for across, down in sizes:
        template = scaled(ink, across * resolution, down * resolution)
        if template.shape[0] > grey.shape[0] or template.shape[1] > grey.shape[1]:
            continue
        found = np.abs(cv2.matchTemplate(grey, template, cv2.TM_CCOEFF_NORMED))
        y, x = np.unravel_index(int(found.argmax()), found.shape)
        if best is None or found[y, x] > best.correlation:
            best = _Place(float(found[y, x]), across, down, int(x), int(y))
    return best


def _share_of_ink(picture: Picture, drawn: Drawn, place: _Place) -> Ink | None:
    """How far each pixel's colour lies from that around the letters to that in them; None without contrast."""
    template = scaled(drawn.ink, place.across, place.down)
    covered = np.zeros(picture.shape[:2], np.float32)
    part = covered[place.y : place.y + template.shape[0], place.x : place.x + template.shape[1]]
    part[:] = template[: part.shape[0], : part.shape[1]]
    inside = cv2.erode((covered > 0.6).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    if inside.sum() < 20:
        inside = covered > 0.6
    near = (covered > 0.2).astype(np.uint8)
    around = cv2.dilate(near, np.ones((7, 7), np.uint8)) > cv2.dilate(near, np.ones((3, 3), np.uint8))
    if not inside.any() or not around.any():
        return None
    letters, ground = (np.median(picture[where], axis=0).astype(np.float32) for where in (inside, around))
    axis = letters - ground
    length = float((axis**2).sum())
    if length < _LEAST_CONTRAST**2:
        return None
    share = np.clip(((picture.astype(np.float32) - ground) @ axis) / length, 0.0, 1.0)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), 1.0), np.float32)
