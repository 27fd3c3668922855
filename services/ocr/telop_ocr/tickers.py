"""Joins what was read of strips of running text: one telop for each strip, from when its text came in until it went.

What slides sideways is one line; what slides up or down are lines below each other. A strip whose text was there
already when the range began, or still is when it ends, is open at that edge. No caption is read where a strip runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import reduce
from itertools import groupby
from typing import Any, Final

import numpy as np
from telop_contracts.telops.v1 import TELOP_TICKER

from telop_ocr import captions
from telop_ocr.captions import MOST_READINGS, SeenTelop, TextReading
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import FrameReading, Piece, where_letters_differ
from telop_ocr.reading import Compared
from telop_ocr.running import MOVES
from telop_ocr.timeline import Timeline

LONGEST_TEXT: Final = 2_000
MOST_LINES: Final = 50
"""What the contract's `Telop` holds."""
GOES_ON_S: Final = 1.0
"""The last letters that go out are too few to be followed: so long after the strip was seen to slide it may go on."""
INSIDE: Final = 0.7
"""Share of a line that lies in a strip's area and is therefore a piece of its text."""
PARTLY: Final = 0.3
"""Share of a line that lies in a strip's area, from which on it is no label beside it but joined with what runs."""
STANDING: Final = 0.5
"""Share of a line on which there is new writing that stands still; of one that runs it is little, and by chance."""
SAME_LINE: Final = 0.5
"""Of a line's height: lines of two readings of text that runs upright are one when they are nearer than that."""
EDGE_PX: Final = 3
"""A line this near to where its text comes in or goes out is cut."""


@dataclass(frozen=True, slots=True)
class StripReading:
    """A strip in one frame: how far its text had slid and by how much a frame (displayed pixels), until which frame it
    slid, its area, and the lines in it."""

    number: int
    upright: bool
    frame: int
    slid: float
    speed: float
    until: int
    area: Area
    lines: Sequence[Line]

    @classmethod
    def of(cls, strip: dict[str, Any], lines: Sequence[Line]) -> "StripReading":
        """What the decoding child answered, and what was read of it."""
        fields = {name: strip[name] for name in ("number", "upright", "frame", "slid", "speed", "until")}
        return cls(area=Area(*strip["area"]), lines=[line for line in lines if line.is_text], **fields)

    @property
    def text(self) -> str:
        """Its lines as they stand."""
        return captions.joined([line.text for line in self.lines], [line.area for line in self.lines])


def sliding(strips: Iterable[StripReading], readings: Sequence[FrameReading]) -> list[StripReading]:
    """Strips without the lines that were read at the same place as new writing that stands still: captions in front of
    something that slides, as a picture that is zoomed does in places.
    """
    standing = [line for reading in readings for line in reading.lines if _stands(line, reading.piece)]

    def is_caption(line: Line) -> bool:
        return any(
            other.area.shared(line.area) >= INSIDE * line.area.size and _known(line.text, other.text) >= INSIDE
            for other in standing
        )

    return [replace(strip, lines=[line for line in strip.lines if not is_caption(line)]) for strip in strips]


def tickers(reads: Iterable[StripReading], timeline: Timeline) -> list[SeenTelop]:
    """One telop of all readings of each strip in which there was something to read."""
    return [_ticker(strip, timeline) for strip in _by_strip(reads)]


@dataclass(frozen=True, slots=True)
class Run:
    """Where the text of a strip runs, and from which frame until which; `texts` are what was read of it."""

    upright: bool
    first: int
    until: int
    area: Area
    texts: tuple[str, ...]

    def holds(self, line: Line, piece: Piece) -> bool:
        """Whether a line is of its text: one that does not stand, or that was read of it at another place.

        Before a label and behind it the text runs on where the strip was not seen to slide.
        """
        rows = self.area if self.upright else replace(self.area, x=min(0.0, line.area.x), width=line.area.right)
        if not self.runs_at(piece.frame) or rows.shared(line.area) < INSIDE * line.area.size:
            return False
        share, known = self.area.shared(line.area) / line.area.size, self.knows(line.text)
        stands = _stands(line, piece)
        return (share >= INSIDE and known) or (not stands and (share >= PARTLY or known))

    def runs_at(self, frame: int) -> bool:
        """Whether its text is on screen in a frame."""
        return self.first <= frame <= self.until

    def knows(self, text: str) -> bool:
        """Whether it was read of the strip."""
        return any(_known(text, whole) >= INSIDE for whole in self.texts)


def runs(strips: Sequence[StripReading], timeline: Timeline) -> list[Run]:
    """Where text runs and when: all strips in which something was read."""
    found: list[Run] = []
    for reads in _by_strip(strips):
        area = reduce(Area.joined, (read.area for read in reads))
        texts = tuple(read.text for read in reads)
        to_the_edge = round(area.x / reads[-1].speed) if not reads[0].upright and reads[-1].speed > MOVES else 0
        until = _latest(reads[-1], timeline) + to_the_edge
        found.append(Run(reads[0].upright, _came(reads[0], reads[0].area), until, area, texts))
    return found


def beside(readings: Iterable[FrameReading], running: Sequence[Run]) -> list[FrameReading]:
    """Readings of pieces without the lines that are of running text."""
    return [
        replace(
            reading,
            lines=[line for line in reading.lines if not any(run.holds(line, reading.piece) for run in running)],
        )
        for reading in readings
    ]


def letters_differ_beside(running: Sequence[Run]) -> Compared:
    """Where letters differ, but for those that run past the line beside it."""

    def differ(one: Piece, other: Piece, area: Area) -> Area | None:
        past = [run.area for run in running if any(run.runs_at(piece.frame) for piece in (one, other))]
        return where_letters_differ(one, other, area, past)

    return differ


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


def stacked(reads: Sequence[StripReading], area: Area) -> list[Line]:
    """Whole lines from top to bottom of text that runs upright through an area, each once, in its own coordinates."""
    found: list[Line] = []
    for read in reads:
        for line in read.lines:
            cut = line.area.y < area.y + EDGE_PX or line.area.bottom > area.bottom - EDGE_PX
            placed = replace(line, area=replace(line.area, y=line.area.y + read.slid))
            same = next((one for one in found if _is_same(one.area, placed.area)), None)
            if same is None and not cut:
                found.append(placed)
            elif same is not None and not cut and placed.confidence > same.confidence:
                found[found.index(same)] = placed
    return list(captions.rows(found))


def _by_strip(reads: Iterable[StripReading]) -> list[list[StripReading]]:
    """The readings of each strip in which there was something to read, in order of time."""
    by_number = sorted((read for read in reads if read.lines), key=lambda read: (read.number, read.frame))
    return [list(strip) for _, strip in groupby(by_number, key=lambda read: read.number)]


def _ticker(reads: Sequence[StripReading], timeline: Timeline) -> SeenTelop:
    area = reduce(Area.joined, (read.area for read in reads))
    came, went = _came(reads[0], area), _went(reads[-1], area)
    first, last = max(0, came), min(timeline.last, max(reads[-1].frame, min(went, _latest(reads[-1], timeline))))
    confidence = min(line.confidence for read in reads for line in read.lines)
    lines = _lines(reads, area, confidence)
    readings = [
        TextReading(read.text, min(line.confidence for line in read.lines), float(timeline.starts[read.frame]))
        for read in reads
    ]
    return SeenTelop(
        text="\n".join(line.text for line in lines),
        area=area,
        start_s=float(timeline.starts[first]),
        end_s=float(timeline.ends[last]),
        confidence=confidence,
        frames=last - first + 1,
        readings=tuple(readings[:MOST_READINGS]),
        open_start=came <= 0,
        open_end=last == timeline.last,
        still=max(reads, key=lambda read: len(read.text)).frame,
        lines=lines,
        kind=TELOP_TICKER,
    )


def _lines(reads: Sequence[StripReading], area: Area, confidence: float) -> tuple[Line, ...]:
    """The lines of a strip's text, as many as a telop holds; each has run through all of the area."""
    if not reads[0].upright:
        pieces = [(ln.text, ln.area.x + read.slid, ln.area.right + read.slid) for read in reads for ln in read.lines]
        return (Line(joined(pieces)[:LONGEST_TEXT], confidence, area),)
    lines = stacked(reads, area) or list(reads[0].lines)
    room = np.cumsum([len(line.text) + 1 for line in lines]) <= LONGEST_TEXT
    kept = [replace(line, area=area) for line, fits in zip(lines, room, strict=True) if fits]
    return tuple(kept[:MOST_LINES])


def _came(read: StripReading, area: Area) -> int:
    """The frame in which the first of what was read came in where text comes in."""
    first, last, low, high = _span(read, area)
    return read.frame - round(((high - first) if read.speed > 0 else (last - low)) / max(abs(read.speed), 1e-3))


def _went(read: StripReading, area: Area) -> int:
    """The frame in which the last of what was read goes out."""
    first, last, low, high = _span(read, area)
    return read.frame + round(((last - low) if read.speed > 0 else (high - first)) / max(abs(read.speed), 1e-3))


def _latest(read: StripReading, timeline: Timeline) -> int:
    """The last frame in which the text of a strip may be on screen."""
    return read.until + round(GOES_ON_S * len(timeline.starts) / float(timeline.ends[-1] - timeline.starts[0]))


def _stands(line: Line, piece: Piece) -> bool:
    """Whether a line is what the piece was read for: new writing that stands still, whatever moves behind it."""
    return sum(line.area.shared(tile) for tile in piece.unread) >= STANDING * line.area.size


def _known(text: str, whole: str) -> float:
    """Share of a text's characters that follow each other in another one."""
    return SequenceMatcher(None, text, whole, autojunk=False).find_longest_match().size / len(text)


def _span(read: StripReading, area: Area) -> tuple[float, float, float, float]:
    """Where the lines read begin and end, and where the strip does, along the way that they run."""
    lines = reduce(Area.joined, (line.area for line in read.lines))
    if read.upright:
        return lines.y, lines.bottom, area.y, area.bottom
    return lines.x, lines.right, area.x, area.right


def _is_same(one: Area, other: Area) -> bool:
    near = abs(one.y + one.height / 2 - other.y - other.height / 2) <= SAME_LINE * min(one.height, other.height)
    return near and min(one.right, other.right) > max(one.x, other.x)


def _spliced(text: str, piece: str, overlap: int) -> str:
    """A text continued by a piece whose first characters, about `overlap` of them, are its last."""
    around = overlap + 8
    tail, head = text[-around:], piece[:around]
    match = SequenceMatcher(None, tail, head, autojunk=False).find_longest_match()
    if match.size < 2:
        return text + piece[overlap:]
    return text[: len(text) - len(tail) + match.a] + piece[match.b :]
