"""Joins what was read of a strip of running text into one text and one telop."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

import numpy as np
from telop_contracts.telops.v1 import TELOP_TICKER

from telop_ocr.captions import MOST_READINGS, SeenTelop, TextReading
from telop_ocr.lines import Area, Line
from telop_ocr.timeline import Timeline

StripReading: TypeAlias = tuple[int, float, Area, list[Line]]
"""A strip: its frame, how far it had slid (displayed pixels), its area, and the lines in it."""


def joined(pieces: Sequence[tuple[str, float, float]]) -> str:
    """One text of overlapping pieces: text, and its left and right in the coordinates of the whole strip."""
    text, right = "", -np.inf
    for piece, left, end in sorted(pieces, key=lambda each: each[1]):
        if end <= right or not piece:
            continue
        if left >= right:
            text = f"{text} {piece}".strip()
        else:
            text = _spliced(text, piece, round((right - left) / (end - left) * len(piece)))
        right = end
    return text


def ticker(reads: Sequence[StripReading], timeline: Timeline) -> SeenTelop | None:
    """One telop of all readings of a strip; None where there was nothing to read."""
    found = [(frame, slid, area, [line for line in lines if line.is_text]) for frame, slid, area, lines in reads]
    found = [each for each in found if each[3]]
    if len(found) < 2:
        return None
    pieces = [(line.text, line.area.x + slid, line.area.right + slid) for _, slid, _, lines in found for line in lines]
    confidence = min(line.confidence for *_, lines in found for line in lines)
    first, last = reads[0][0], reads[-1][0]
    area, text = reads[0][2], joined(pieces)[:2000]
    readings = [
        TextReading(" ".join(line.text for line in lines), lines[0].confidence, float(timeline.starts[frame]))
        for frame, _, _, lines in found
    ]
    return SeenTelop(
        text=text,
        area=area,
        start_s=float(timeline.starts[first]),
        end_s=float(timeline.ends[last]),
        confidence=confidence,
        frames=last - first + 1,
        readings=tuple(readings[:MOST_READINGS]),
        open_start=False,
        open_end=False,
        still=found[0][0],
        lines=(Line(text, confidence, area),),
        kind=TELOP_TICKER,
    )


def _spliced(text: str, piece: str, overlap: int) -> str:
    """A text continued by a piece whose first characters, about `overlap` of them, are its last."""
    around = overlap + 8
    tail, head = text[-around:], piece[:around]
    match = SequenceMatcher(None, tail, head, autojunk=False).find_longest_match()
    if match.size < 2:
        return text + piece[overlap:]
    return text[: len(text) - len(tail) + match.a] + piece[match.b :]
