"""Draws characters in a company, has them read, and tells for each what came out in its place."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from telop_ocr.engines import OcrEngine
from telop_ocr.typefaces import TYPEFACES

SIZE_PX: Final = 40
ROW_PX: Final = 90
ROWS: Final = 8
SUSPECTS: Final = 3
"""Characters to a line, each between two of the company."""
SEED: Final = 4
HELD_OUT: Final = ("IPAexGothic", "DejaVu Sans", "DejaVu Serif", "DejaVu Sans-Bold", "STIX General")
"""Typefaces that are not drawn when a reading is compared."""
MEASURED_IN: Final = (*TYPEFACES, *HELD_OUT[:3])
"""Typefaces that folds are looked for in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`drawn` stood in a company in a typeface and was read as `read` (empty: vanished), in a line of a confidence."""

    drawn: str
    read: str
    company: str
    typeface: str
    confidence: float


def font_files() -> dict[str, Path]:
    """Those that readings are drawn in again, a third Gothic, and four Latin ones, two of them with serifs."""
    found = {name: Path(str(files(package) / file)) for name, (package, file) in TYPEFACES.items()}
    ttf = Path(mpl.get_data_path()) / "fonts" / "ttf"
    found["IPAexGothic"] = Path(str(files("matplotlib_fontja") / "fonts" / "ipaexg.ttf"))
    return found | {name: ttf / f"{name.replace(' ', '')}.ttf" for name in HELD_OUT[1:]}


def outcomes(
    engine: OcrEngine, typeface: str, company: str, neighbours: str, suspects: Iterable[str]
) -> Iterator[Outcome]:
    """Draw each suspect that the typeface has once among the neighbours, if it has them, and have it read."""
    path = font_files()[typeface]
    known = drawable(path)
    if not set(map(ord, neighbours)) <= known:
        return
    chosen = [each for each in suspects if set(map(ord, each)) <= known]
    rng = random.Random(SEED)
    rng.shuffle(chosen)
    lines = [_line(chosen[at : at + SUSPECTS], neighbours, rng) for at in range(0, len(chosen), SUSPECTS)]
    for page in (lines[at : at + ROWS] for at in range(0, len(lines), ROWS)):
        for line, (text, confidence) in zip(page, _read(engine, path, ["".join(line) for line in page]), strict=True):
            for drawn, read in _pairs(line, text.replace(" ", "")):
                yield Outcome(drawn, read, company, typeface, confidence)


@cache
def drawable(path: Path) -> frozenset[int]:
    """The code points that a font file has."""
    return frozenset(FT2Font(str(path)).get_charmap())


def _line(suspects: Sequence[str], neighbours: str, rng: random.Random) -> list[str]:
    """Two neighbours, a suspect, two neighbours, ...: suspects stand at the odd places."""
    line = ["".join(rng.sample(neighbours, 2))]
    for suspect in suspects:
        line += [suspect, "".join(rng.sample(neighbours, 2))]
    return line


def _read(engine: OcrEngine, path: Path, lines: Sequence[str]) -> list[tuple[str, float]]:
    found = engine.read(_page(path, lines))
    rows: list[tuple[str, float]] = []
    for row in range(len(lines)):
        own = [line for line in found if row * ROW_PX <= line.area.y + line.area.height / 2 < (row + 1) * ROW_PX]
        own.sort(key=lambda line: line.area.x)
        rows.append(("".join(line.text for line in own), min((line.confidence for line in own), default=0.0)))
    return rows


def _page(path: Path, lines: Sequence[str]) -> NDArray[np.uint8]:
    font = ImageFont.truetype(str(path), SIZE_PX)
    image = Image.new("RGB", (640, ROWS * ROW_PX), (20, 40, 70))
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((50, 20 + row * ROW_PX), line, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _pairs(line: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    """What was read between the neighbours of each suspect, as far as the neighbours were read."""
    whole = "".join(line)
    place = np.full(len(whole) + 1, -1)
    for start, at, size in SequenceMatcher(None, whole, text, autojunk=False).get_matching_blocks():
        place[start : start + size] = range(at, at + size)
    position = 0
    for index, piece in enumerate(line):
        end = position + len(piece)
        if index % 2:
            before, after = place[position - 1], place[end]
            if before >= 0 and after > before:
                yield piece, text[before + 1 : after]
        position = end
