"""What was read on screen."""

from typing import Annotated, ClassVar, Final

from pydantic import Field, StringConstraints

from telop_contracts.job.v1 import JobEvent
from telop_contracts.values import Box, Code, Cost, Count, EngineFingerprint, Id, ObjectRef, Ratio, Seconds, Value

TELOP_CAPTION: Final = "caption"
TELOP_CHANGING: Final = "changing"
"""Text that changes in place (a clock, a score): one telop, whose readings tell its values."""
TELOP_TICKER: Final = "ticker"
"""Running text: one telop, joined from what passed by."""
TELOP_FLASH: Final = "flash"
"""Shown for less than 0.2 s: read as well as could be."""

TelopText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class Reading(Value):
    """One reading of one frame, exactly as the reader gave it: never repaired."""

    text: TelopText
    confidence: Ratio
    at_s: Seconds


class TelopLine(Value):
    """One line of a telop; the lines of a telop, joined by line feeds, are its text."""

    text: TelopText
    box: Box


class FoldedSpan(Value):
    """A part of a text, `text[start:end]` in code points, whose glyphs the reader is known to mistake for others.

    `alternatives` is what may stand there as well. `looks_like` is which of all candidates, the reading included, the
    pixels match best when each is drawn; without it nobody may judge on this part.
    """

    start: Count
    end: Count
    alternatives: Annotated[tuple[TelopText, ...], Field(min_length=1, max_length=20)]
    looks_like: TelopText | None = None


class SecondReading(Value):
    """What another reader made of a telop in doubt; evidence beside the readings, never in their place."""

    text: TelopText
    engine: EngineFingerprint


class Telop(Value):
    """One appearance of one text on screen. Lines of one telop are joined by a line feed.

    `start_s` is the time of its first frame, `end_s` the end of its last; an open edge touches the segment's edge.
    """

    text: TelopText
    box: Box
    start_s: Seconds
    end_s: Seconds
    confidence: Ratio
    frames: Count
    readings: Annotated[tuple[Reading, ...], Field(min_length=1, max_length=20)]
    open_start: bool = False
    open_end: bool = False
    still: ObjectRef | None = None
    kind: Code = TELOP_CAPTION
    lines: Annotated[tuple[TelopLine, ...], Field(max_length=50)] = ()
    folded: Annotated[tuple[FoldedSpan, ...], Field(max_length=200)] = ()
    second_readings: Annotated[tuple[SecondReading, ...], Field(max_length=5)] = ()
    crop: ObjectRef | None = None


class TelopsRead(JobEvent):
    """`telops.read.v1`: the telops of one segment."""

    TYPE: ClassVar[str] = "telops.read.v1"

    segment_id: Id
    index: Count
    telops: Annotated[tuple[Telop, ...], Field(max_length=500)]
    engine: EngineFingerprint
    cost: Cost
