"""Frames of the demo clip: a moving background with captions burned in, as broadcasters do it.

Captions are white with a dark outline and no box, straight over moving graphics, and cut in and out without a fade.
The typeface is Aileron (CC0), which Pillow carries inside, so that no font file is needed.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CAPTION_SIZE: Final = 34
STATION_SIZE: Final = 24
OUTLINE: Final = 3
STATION_MARGIN: Final = 28

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """Size of the picture in pixels."""

    width: int
    height: int

    def frame(self, time_s: float, captions: tuple[str, ...] = (), station: str = "") -> Rgb:
        """The frame at a time; captions stand in the lower third, the station's name in the upper left corner."""
        frame = self._background(time_s)
        for layer in (_caption_layer(self, captions), _station_layer(self, station)):
            alpha = layer[:, :, 3:].astype(np.uint16)
            frame = ((layer[:, :, :3] * alpha + frame * (255 - alpha)) // 255).astype(np.uint8)
        return frame

    def _background(self, time_s: float) -> Rgb:
        """Drifting bands of light over a blue studio, with two discs that cross the picture."""
        rows, columns = _grid(self)
        band = np.sin(columns * 5.0 + time_s * 0.7 + rows * 2.0) * 0.5 + 0.5
        glow = np.sin(rows * 4.0 - time_s * 0.4 + columns * 1.5) * 0.5 + 0.5
        channels = np.stack([20 + 40 * band, 45 + 55 * glow, 95 + 60 * band * glow], axis=-1)
        for speed, height, radius, light in ((0.05, 0.35, 0.16, 30.0), (-0.035, 0.75, 0.22, 22.0)):
            centre = (0.5 + speed * time_s) % 1.4 - 0.2
            inside = np.hypot(columns - centre, (rows - height) * self.height / self.width) < radius
            channels[inside] += light
        return channels.clip(0, 255).astype(np.uint8)


@cache
def _grid(picture: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = np.linspace(0, 1, picture.height, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, picture.width, dtype=np.float32)[None, :]
    return rows, columns


@cache
def _caption_layer(picture: Picture, captions: tuple[str, ...]) -> Rgb:
    image = Image.new("RGBA", (picture.width, picture.height))
    for row, caption in enumerate(reversed(captions)):
        at = (picture.width / 2, picture.height * 0.86 - row * CAPTION_SIZE * 1.5)
        _outlined(image, at, caption, CAPTION_SIZE, "mm")
    return np.asarray(image)


@cache
def _station_layer(picture: Picture, station: str) -> Rgb:
    image = Image.new("RGBA", (picture.width, picture.height))
    _outlined(image, (STATION_MARGIN, STATION_MARGIN), station, STATION_SIZE, "lt")
    return np.asarray(image)


def _outlined(image: Image.Image, at: tuple[float, float], text: str, size: int, anchor: str) -> None:
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text(
        at, text, font=font, anchor=anchor, fill="white", stroke_width=OUTLINE, stroke_fill=(10, 15, 40)
    )
