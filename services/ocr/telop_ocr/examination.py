"""What is looked up about a telop once it is read: which of its glyphs are in doubt, and what they look like.

Nothing here changes a reading. A part whose glyphs the reader is known to fold is marked with what may stand there;
where drawing all of it and comparing it with the picture is clear, the mark says what it looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from telop_contracts.telops.v1 import TELOP_CAPTION, TELOP_FLASH

from telop_ocr import captions, glyphs
from telop_ocr.captions import SeenTelop
from telop_ocr.fitting import fits
from telop_ocr.likeness import can_be_told_apart, likeliest
from telop_ocr.lines import Area, Line

Picture = NDArray[np.uint8]

SHOWN: Final = (TELOP_CAPTION, TELOP_FLASH)
"""Kinds of telops whose still shows the whole text; a ticker is joined from many."""
CROP_MARGIN: Final = 0.25
"""Of a line's height: what a crop shows around a telop."""
CROP_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Folded:
    """`text[start:end]` of a telop may be one of the alternatives; `looks_like` is what the pixels tell, if clear."""

    start: int
    end: int
    alternatives: tuple[str, ...]
    looks_like: str | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A telop's doubtful parts, and its crop as a JPEG."""

    folded: tuple[Folded, ...]
    crop: bytes


def examine(telops: Sequence[SeenTelop], stills: dict[int, Path], width: int, model: str) -> list[Examined]:
    """Look into each telop's still, which shows a frame displayed `width` pixels wide, as read by the model named."""
    pictures = {frame: np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8) for frame, path in stills.items()}
    return [_examined(telop, pictures[telop.still], width, model) for telop in telops]


def likeliest_text(looks: Sequence[tuple[Picture, Sequence[Line]]], candidates: Sequence[str]) -> str | None:
    """Which of several texts, of lines joined by line feeds, pictures show that were read as these lines.

    None if that is not clear, or if the candidates have other line breaks than the pictures.
    """
    texts = list(dict.fromkeys(candidates))
    by_line = [text.split("\n") for text in texts]
    shown = [(picture, captions.rows(lines)) for picture, lines in looks]
    count = len(by_line[0]) if by_line else 0
    shown = [(picture, rows) for picture, rows in shown if len(rows) == count]
    if len(texts) < 2 or not shown or any(len(lines) != count for lines in by_line):
        return None
    left = set(range(len(texts)))
    for number in range(count):
        own = list(dict.fromkeys(lines[number] for lines in by_line))
        if len(own) > 1:
            crops = [_cut(picture, rows[number].area) for picture, rows in shown]
            winner = likeliest([fit for crop in crops for text in own for fit in fits(crop, text)], own)
            left &= {index for index in left if winner is not None and by_line[index][number] == own[winner]}
    return texts[left.pop()] if len(left) == 1 else None


def doubts(line: Line, picture: Picture, model: str, *, shown: bool = True) -> list[Folded]:
    """The doubtful parts of a line that the model named read; `line.area` is in pixels of the picture.

    Nothing is compared if the picture does not show the whole line as it was read, or if the line stands upright.
    """
    ambiguities = glyphs.ambiguities(line.text, model)
    variants = [
        [line.text, *(line.text[: part.start] + other + line.text[part.end :] for other in part.alternatives)]
        for part in ambiguities
    ]
    lies = line.area.width >= line.area.height
    comparable = shown and lies and any(map(can_be_told_apart, variants))
    set_as = fits(_cut(picture, line.area), line.text) if comparable else []
    found: list[Folded] = []
    for part, texts in zip(ambiguities, variants, strict=True):
        winner = likeliest(set_as, texts)
        own = (line.text[part.start : part.end], *part.alternatives)
        found.append(Folded(part.start, part.end, part.alternatives, None if winner is None else own[winner]))
    return found


def _examined(telop: SeenTelop, picture: Picture, width: int, model: str) -> Examined:
    scale = picture.shape[1] / width if width else 1.0
    folded: list[Folded] = []
    begin = 0
    for line in telop.lines:
        placed = replace(line, area=_scaled(line.area, scale, 0.0))
        own = doubts(placed, picture, model, shown=telop.kind in SHOWN)
        folded += [replace(part, start=begin + part.start, end=begin + part.end) for part in own]
        begin += len(line.text) + 1
    margin = CROP_MARGIN * min(line.area.height for line in telop.lines)
    return Examined(tuple(folded), jpeg(_cut(picture, _scaled(telop.area, scale, margin))))


def jpeg(picture: Picture) -> bytes:
    """A crop as it is kept, and shown to a second reader."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, CROP_QUALITY])
    return encoded.tobytes()


def _scaled(area: Area, scale: float, margin: float) -> Area:
    return Area(
        (area.x - margin) * scale,
        (area.y - margin) * scale,
        (area.width + 2 * margin) * scale,
        (area.height + 2 * margin) * scale,
    )


def _cut(picture: Picture, area: Area) -> Picture:
    """The part of a picture that an area covers, one pixel at least."""
    height, width = picture.shape[:2]
    top, left = (min(max(0, int(side)), most - 1) for side, most in ((area.y, height), (area.x, width)))
    bottom, right = max(top + 1, int(area.bottom) + 1), max(left + 1, int(area.right) + 1)
    return np.ascontiguousarray(picture[top:bottom, left:right])
