"""Footage of our own making, in memory and as files: captions with outlines on still and moving backgrounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, RATE = 640, 360, 25
CLOCK = Fraction(1, 1000)
Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Caption:
    """A text on screen in [start_s, end_s); `opacity` gives its opacity at a time from its start."""

    text: str
    start_s: float
    end_s: float
    at: tuple[int, int] = (WIDTH // 2, 310)
    size: int = 28
    opacity: Callable[[float], float] = lambda _: 1.0


def still(_: float) -> Frame:
    """A soft background that never moves."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    wave = 110 + 60 * np.sin(x / 60) * np.cos(y / 45)
    return np.repeat(wave[:, :, None], 3, axis=2).astype(np.uint8)


def moving(time_s: float) -> Frame:
    """The same background, drifting."""
    return np.roll(still(0.0), int(time_s * 75), axis=1)


def houses(time_s: float) -> Frame:
    """Houses with windows, which pass by half a pixel a frame, as a slow pan shows them."""
    picture = np.full((HEIGHT, WIDTH * 2, 3), (90, 120, 140), np.uint8)
    for number, left in enumerate(range(10, WIDTH * 2, 90)):
        top = 120 + 37 * (number % 4)
        picture[top:, left : left + 70] = (200 - 25 * (number % 3), 120, 80)
        for y in range(top + 8, HEIGHT - 10, 24):
            for x in range(left + 6, left + 60, 20):
                picture[y : y + 14, x : x + 10] = (90, 60, 50)
    passed = int(time_s * RATE / 3)
    return picture[:, passed : passed + WIDTH]


def draw(captions: Sequence[Caption], time_s: float, background: Callable[[float], Frame] = still) -> Frame:
    """One red-green-blue frame."""
    picture = Image.fromarray(background(time_s))
    for caption in captions:
        if caption.start_s - 1e-6 <= time_s < caption.end_s - 1e-6:
            over = picture.copy()
            ImageDraw.Draw(over).multiline_text(
                caption.at,
                caption.text,
                font=ImageFont.load_default(size=caption.size),
                fill="white",
                stroke_width=3,
                stroke_fill="black",
                anchor="mm",
                align="center",
            )
            picture = Image.blend(picture, over, caption.opacity(time_s - caption.start_s))
    return np.asarray(picture)


def luma(frame: Frame) -> Frame:
    """Its brightness."""
    return np.asarray(Image.fromarray(frame).convert("L"))


def write(
    path: Path,
    captions: Sequence[Caption],
    times: Sequence[float],
    *,
    background: Callable[[float], Frame] = still,
    turned: int = 0,
    bidirectional: int = 0,
) -> Path:
    """Encode a clip with a frame at each of `times`; `turned` is how far a player turns it, counterclockwise, and
    `bidirectional` how many frames in a row may be predicted from later ones, which are sent before them."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "23", "preset": "ultrafast", "g": "50", "bf": str(bidirectional)}
        stream.codec_context.thread_count = 1
        stream.codec_context.time_base = CLOCK
        if turned:
            stream.set_display_rotation(turned)
        for time_s in times:
            frame = av.VideoFrame.from_ndarray(draw(captions, time_s, background), format="rgb24")
            frame.pts, frame.time_base = round(time_s / CLOCK), CLOCK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def every_frame(duration_s: float) -> list[float]:
    """The times of the frames of a steady clip."""
    return [frame / RATE for frame in range(round(duration_s * RATE))]
