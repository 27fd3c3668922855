"""What a clip shows: telops with their truth (text, lines, box, first frame and first frame after, style).

A telop's truth follows the issue's rules: it starts and ends where a fade passes half of its opacity, or a wipe half of
its width. All positions are pixels of the displayed frame, all times are numbers of frames of the clip.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import matplotlib
import matplotlib_fontja  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Layer = NDArray[np.float32]

_LATIN: Final = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FONTS: Final = {
    "sans": _LATIN / "DejaVuSans.ttf",
    "bold": _LATIN / "DejaVuSans-Bold.ttf",
    "serif": _LATIN / "DejaVuSerif.ttf",
    "gothic": Path(str(matplotlib_fontja.__file__)).parent / "fonts" / "ipaexg.ttf",
}


@dataclass(frozen=True)
class Style:
    """How a telop is drawn: colours are grey or red-green-blue; `plate` is the colour and opacity of a box behind."""

    font: str = "sans"
    size: int = 36
    fill: tuple[int, int, int] = (255, 255, 255)
    outline: tuple[int, int, int] | None = (0, 0, 0)
    outline_px: int = 3
    plate: tuple[int, int, int, int] | None = None
    vertical: bool = False


@dataclass(frozen=True)
class Shown:
    """One telop. `centre` is the middle of its text; `fade` and `wipe` are frames that coming and going take."""

    lines: tuple[str, ...]
    first: int
    after: int
    style: Style
    centre: tuple[int, int]
    fade: int = 0
    wipe: int = 0
    kind: str = "caption"
    pair: int | None = None
    """Two telops of one pair differ by one glyph and are cut straight into each other."""

    @property
    def text(self) -> str:
        """Its lines, joined by line feeds."""
        return "\n".join(self.lines)

    def opacity(self, frame: int) -> float:
        """From 0 to 1; half of it at `first` and before `after`."""
        if self.fade == 0:
            return float(self.first <= frame < self.after)
        rising = (frame - self.first) / self.fade + 0.5
        falling = (self.after - 1 - frame) / self.fade + 0.5
        return min(1.0, max(0.0, min(rising, falling)))

    def revealed(self, frame: int) -> float:
        """Share of its width that a wipe has uncovered."""
        if self.wipe == 0:
            return float(self.first <= frame < self.after)
        return min(1.0, max(0.0, (frame - self.first) / self.wipe + 0.5)) * (frame < self.after)


@cache
def font(style: Style) -> ImageFont.FreeTypeFont:
    """The font of a style."""
    return ImageFont.truetype(str(FONTS[style.font]), style.size)


@cache
def box(lines: tuple[str, ...], style: Style, centre: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a text's ink."""
    draw = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    stroke = style.outline_px if style.outline else 0
    left, top, right, bottom = draw.multiline_textbbox(
        centre, _set(lines, style), font(style), anchor="mm", align="center", stroke_width=stroke
    )
    return round(left), round(top), round(right), round(bottom)


@cache
def layer(lines: tuple[str, ...], style: Style, centre: tuple[int, int]) -> tuple[Layer, tuple[int, int]]:
    """Colours and opacity of shape (height, width, 4), opacity from 0 to 1, and where its upper left corner goes."""
    left, top, right, bottom = box(lines, style, centre)
    margin = style.size // 2
    origin = left - margin, top - margin
    image = Image.new("RGBA", (right - left + 2 * margin, bottom - top + 2 * margin), style.plate or (0, 0, 0, 0))
    middle = centre[0] - origin[0], centre[1] - origin[1]
    text = Image.new("RGBA", image.size, (*(style.outline or style.fill), 0))
    ImageDraw.Draw(text).multiline_text(
        middle,
        _set(lines, style),
        fill=style.fill,
        font=font(style),
        anchor="mm",
        align="center",
        stroke_width=style.outline_px if style.outline else 0,
        stroke_fill=style.outline,
    )
    image.alpha_composite(text)
    pixels = np.asarray(image, np.float32)
    pixels[:, :, 3] /= 255
    return pixels, origin


def put(picture: Picture, shown: Shown, frame: int) -> None:
    """Draw a telop into a picture, as far as it is on screen."""
    opacity, revealed = shown.opacity(frame) if not shown.wipe else 1.0, shown.revealed(frame) if shown.wipe else 1.0
    if opacity * revealed > 0:
        pixels, origin = layer(shown.lines, shown.style, shown.centre)
        blend(picture, pixels[:, : round(pixels.shape[1] * revealed)], origin, opacity)


def blend(picture: Picture, pixels: Layer, origin: tuple[int, int], opacity: float) -> None:
    """Draw a layer into a picture; what lies outside is cut off."""
    x, y = origin
    top, left = max(0, y), max(0, x)
    bottom, right = min(picture.shape[0], y + pixels.shape[0]), min(picture.shape[1], x + pixels.shape[1])
    if bottom > top and right > left:
        part = pixels[top - y : bottom - y, left - x : right - x]
        alpha = part[:, :, 3:] * opacity
        below = picture[top:bottom, left:right]
        below[:] = (below * (1 - alpha) + part[:, :, :3] * alpha + 0.5).astype(np.uint8)


def _set(lines: tuple[str, ...], style: Style) -> str:
    """What is given to the drawer: vertical lines are columns of single characters."""
    if not style.vertical:
        return "\n".join(lines)
    assert len(lines) == 1, "one column"
    return "\n".join(lines[0])
