"""The pictures: telops burned into moving backgrounds, read by the real engine of the ocr service.

Each telop is drawn into a frame, and where the engine is not sure of it into another one with another background and
other noise, and each frame is read by `RapidOcrEngine` as the service reads it; the lines of a telop are joined by the
service's own `captions.joined`.
What is left out, against the service, is finding out when a telop comes and goes.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from telop_cli.demo.picture import Picture
from telop_matcher.matching.values import Box, Reading, Telop
from telop_ocr.captions import joined
from telop_ocr.engines.rapid import RapidOcrEngine
from telop_ocr.lines import Line

from tests.scorecard.labels import DEVELOPMENT, FORMER, TEST, Labelled, Shown

FONTS: Final = {
    DEVELOPMENT: (
        "dejavu/DejaVuSans-Bold.ttf",
        "dejavu/DejaVuSerif-Bold.ttf",
        "roboto/unhinted/RobotoTTF/Roboto-Medium.ttf",
    ),
    FORMER: ("liberation/LiberationSans-Bold.ttf", "liberation/LiberationSerif-Bold.ttf", "lato/Lato-Bold.ttf"),
    TEST: ("open-sans/OpenSans-Semibold.ttf", "open-sans/OpenSans-CondBold.ttf", "crosextra/Carlito-Bold.ttf"),
}
FONT_FOLDER: Final = "/usr/share/fonts/truetype"
PICTURE: Final = Picture(960, 540)
ROWS: Final = (336, 540)
"""Of the frame that are read, as the service reads the rows where something changed."""
WIDEST: Final = 900
FRAMES: Final = 2
SURE: Final = 0.95
BOX: Final = Box(30, 400, WIDEST, 80)
AS_SHOWN: Final = 0.98
"""Box and confidence of what is taken as read."""


@dataclass(frozen=True, slots=True)
class Look:
    """How telops are drawn: their size and outline in pixels, and the noise over them, of 255."""

    size: int
    outline: int = 3
    noise: float = 6.0


PLAIN: Final = (Look(28), Look(34), Look(40))
LOOKS: Final = {DEVELOPMENT: PLAIN, FORMER: PLAIN, TEST: (*PLAIN, Look(10, 1, 8.0), Look(13, 0, 30.0))}
"""In the test half some are very small, or without an outline under strong noise, so that the reader errs too."""


class Reader:
    """Draws and reads telops of one half; each text once."""

    def __init__(self, half: str, threads: int) -> None:
        self._half = half
        self._engine = RapidOcrEngine(threads=threads, min_confidence=0.5)
        self._known: dict[tuple[str, str], list[tuple[str, float, Box]]] = {}

    def read(self, programme: str, shown: Sequence[Shown]) -> list[Labelled]:
        """Every telop with its readings, in order."""
        return [Labelled(each, self._telop(programme, each)) for each in shown]

    def _telop(self, programme: str, shown: Shown) -> Telop | None:
        found = self._known.get((programme, shown.text))
        if found is None:
            found = self._known[programme, shown.text] = self._readings(programme, shown.text)
        if not found:
            return None
        readings = tuple(
            Reading(text, confidence, round(shown.start_s + 0.3 * at, 3))
            for at, (text, confidence, _) in enumerate(found)
        )
        texts = [each.text for each in readings]
        best = max(readings, key=lambda each: (texts.count(each.text), each.confidence))
        box = found[readings.index(best)][2]
        times = round(shown.start_s, 3), round(shown.end_s, 3)
        frames = round((shown.end_s - shown.start_s) * 25)
        return Telop(best.text, *times, box, best.confidence, frames, readings)

    def _readings(self, programme: str, text: str) -> list[tuple[str, float, Box]]:
        draw = random.Random(f"{programme} {text}")
        name, look = draw.choice(FONTS[self._half]), draw.choice(LOOKS[self._half])
        found = []
        for _ in range(FRAMES):
            lines = self._engine.read(_frame(text, name, look, draw))
            if lines:
                areas = [line.area for line in lines]
                confidence = round(min(line.confidence for line in lines), 4)
                found.append((joined([line.text for line in lines], areas), confidence, _box(lines)))
                if confidence >= SURE:
                    break
        return found


def as_shown(shown: Sequence[Shown]) -> list[Labelled]:
    """Every telop taken as read without a mistake: for programmes that are there for what was heard."""
    found = []
    for each in shown:
        times = round(each.start_s, 3), round(each.end_s, 3)
        readings = (Reading(each.text, AS_SHOWN, times[0]),)
        found.append(Labelled(each, Telop(each.text, *times, BOX, AS_SHOWN, 50, readings)))
    return found


def _box(lines: Sequence[Line]) -> Box:
    left, top = min(line.area.x for line in lines), min(line.area.y for line in lines)
    right, bottom = max(line.area.right for line in lines), max(line.area.bottom for line in lines)
    return Box(round(left), round(top) + ROWS[0], round(right - left), round(bottom - top))


def _frame(text: str, name: str, look: Look, draw: random.Random) -> NDArray[np.uint8]:
    frame = PICTURE.frame(draw.uniform(0, 20))
    image = Image.fromarray(frame)
    font = _font(name, look.size, text)
    colour = draw.choice(["white", "white", "#ffec5a"])
    place = (PICTURE.width / 2, (ROWS[0] + ROWS[1]) / 2)
    pen = ImageDraw.Draw(image)
    how: dict[str, Any] = {"anchor": "mm", "align": "center", "stroke_width": look.outline, "stroke_fill": (10, 15, 40)}
    pen.multiline_text(place, text, font=font, fill=colour, **how)
    noise = np.random.default_rng(draw.randrange(2**32)).normal(0, look.noise, (*frame.shape[:2], 1))
    noisy = (np.asarray(image, np.float32) + noise).clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(noisy[ROWS[0] : ROWS[1]])


@cache
def _font(name: str, size: int, text: str) -> ImageFont.FreeTypeFont:
    """The font, smaller where a line would be wider than the picture."""
    font = ImageFont.truetype(f"{FONT_FOLDER}/{name}", size)
    widest = max(font.getlength(line) for line in text.split("\n"))
    return font if widest <= WIDEST else ImageFont.truetype(f"{FONT_FOLDER}/{name}", int(size * WIDEST / widest))
