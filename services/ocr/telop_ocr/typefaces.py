"""The typefaces in which a reading is drawn again. They come in wheels, under the SIL Open Font License.

Weights between those of the files are made by thickening the strokes, as caption machines do.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

EM_PX: Final = 40
"""Height of the em square of what is drawn: a caption of 720 rows."""
EDGE_PX: Final = 4
"""Empty pixels around what is drawn."""

TYPEFACES: Final = {
    "Noto Sans JP": ("pylopdf_fonts_jp", "NotoSansJP-Regular.otf"),
    "Noto Sans JP Bold": ("noto_cjk_sans_jp_bold", "NotoSansCJKjp-Bold.otf"),
    "Noto Serif JP": ("pylopdf_fonts_jp", "NotoSerifJP-Regular.otf"),
}
"""Name of a typeface to its package and file. They hold Japanese and Latin; the bold one Chinese as well."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ink of a text, (height, width) in [0, 1], and where its upper left corner lies from the start of its line."""

    ink: NDArray[np.float32]
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Face:
    """One typeface, its strokes thickened by `weight` pixels on each side."""

    name: str
    weight: float

    def has(self, text: str) -> bool:
        """Whether no character of the text is missing."""
        return all(_has(self.name, character) for character in text)

    def advance(self, text: str) -> float:
        """Width in pixels from the start of a text to where the next character would start."""
        return _font(self.name).getlength(text)

    def drawn(self, text: str) -> Drawn:
        """Draw a text of one line."""
        return _drawn(self.name, self.weight, text)


FACES: Final = {
    name: tuple(Face(name, weight) for weight in weights)
    for name, weights in {
        "Noto Sans JP": (0.0, 0.7),
        "Noto Sans JP Bold": (0.0, 0.8),
        "Noto Serif JP": (0.0, 0.8),
    }.items()
}
"""Each typeface in the weights that are tried, its own first."""


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    package, file = TYPEFACES[name]
    return ImageFont.truetype(str(files(package) / file), EM_PX)


@lru_cache(maxsize=4096)
def _has(name: str, character: str) -> bool:
    """A missing character is drawn as the box that a code point without a character has."""
    font = _font(name)
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask("\U0010fffe"))


@lru_cache(maxsize=64)
def _drawn(name: str, weight: float, text: str) -> Drawn:
    font = _font(name)
    left, top, right, bottom = font.getbbox(text, stroke_width=weight)
    size = (max(1, int(right - left)) + 2 * EDGE_PX, max(1, int(bottom - top)) + 2 * EDGE_PX)
    image = Image.new("L", size)
    corner = (EDGE_PX - left, EDGE_PX - top)
    ImageDraw.Draw(image).text(corner, text, font=font, fill=255, stroke_width=weight, stroke_fill=255)
    return Drawn(np.asarray(np.asarray(image) / 255, np.float32), left - EDGE_PX, top - EDGE_PX)
