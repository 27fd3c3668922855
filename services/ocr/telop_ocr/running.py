"""Running text: finds the strip in which writing slides sideways, and joins what was read of it into one text.

A strip is a few rows in which strokes move across the screen while the rows above and below do not, so that a picture
that pans as a whole is none. How far it slides is measured from frame to frame; it is cut out each time it has slid by
a part of its width, so that every letter is read twice, and whole at least once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

import cv2
import numpy as np
from telop_contracts.telops.v1 import TELOP_TICKER

from telop_ocr.captions import MOST_READINGS, SeenTelop, TextReading
from telop_ocr.changes import STRONG, TILE, Plane, above, counted
from telop_ocr.lines import Area, Line
from telop_ocr.timeline import Timeline

EVERY: Final = 5
"""Frames from one search for strips to the next."""
ACTIVE: Final = 0.2
"""Share of a row's tiles in which strokes move, at least: half of a screen's width of text, and its gaps."""
TALLEST: Final = 8
"""Rows of tiles: a strip of 128 px of 720."""
SLIDE: Final = 0.4
"""Of the width: after this the strip is read again."""
ALIKE: Final = 0.3
"""Peak of the correlation of two strips, one slid, from which on they show the same text."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of pixels of a working plane to read now, and how far the strip has slid since it was found."""

    top: int
    bottom: int
    slid: float


class RunningText:
    """Follows the one strip of running text of a range, frame by frame."""

    def __init__(self) -> None:
        self._previous: Plane | None = None
        self._strip: tuple[int, int] | None = None
        self._frame = 0
        self._slid = self._read_at = 0.0
        self._moves = 0

    def observe(self, plane: Plane) -> Cut | None:
        """Take the next frame and say whether to read the strip in it."""
        previous, self._previous, self._frame = self._previous, plane, self._frame + 1
        if previous is None:
            return None
        if self._strip is None:
            if self._frame % EVERY == 0:
                self._strip = _strip(previous, plane)
            return None
        top, bottom = self._strip
        before, now = (np.asarray(each[top:bottom], np.float32) for each in (previous, plane))
        (across, down), alike = cv2.phaseCorrelate(before, now)
        if abs(down) > 1 or alike < ALIKE or abs(across) < 0.3:
            self._moves = max(-EVERY, self._moves - 1)
            if self._moves == -EVERY and self._read_at == 0.0:
                self._strip, self._moves = None, 0
            return None
        self._moves = min(EVERY, self._moves + 1)
        self._slid -= across
        if self._moves < EVERY or (self._read_at and abs(self._slid - self._read_at) < SLIDE * plane.shape[1]):
            return None
        self._read_at = self._slid
        return Cut(top, bottom, self._slid)


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


StripReading: TypeAlias = tuple[int, float, Area, list[Line]]
"""A strip: its frame, how far it had slid (displayed pixels), its area, and the lines in it."""


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


def _strip(previous: Plane, plane: Plane) -> tuple[int, int] | None:
    """The tallest run of rows of tiles in which strokes move, with rows that do not around it."""
    moving = counted(above(cv2.absdiff(previous, plane), STRONG)) > 0
    active = np.concatenate(([False], moving.mean(axis=1) >= ACTIVE, [False]))
    edges = np.flatnonzero(np.diff(active.astype(np.int8)))
    runs = [(int(top), int(bottom)) for top, bottom in edges.reshape(-1, 2) if bottom - top <= TALLEST]
    if not runs or active.mean() > 0.5:
        return None
    top, bottom = max(runs, key=lambda run: run[1] - run[0])
    rows = len(active) - 2
    return max(0, top - 1) * TILE, min(rows, bottom + 1) * TILE


def _spliced(text: str, piece: str, overlap: int) -> str:
    """A text continued by a piece whose first characters, about `overlap` of them, are its last."""
    around = overlap + 8
    tail, head = text[-around:], piece[:around]
    match = SequenceMatcher(None, tail, head, autojunk=False).find_longest_match()
    if match.size < 2:
        return text + piece[overlap:]
    return text[: len(text) - len(tail) + match.a] + piece[match.b :]
