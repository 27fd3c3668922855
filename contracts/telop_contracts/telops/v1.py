"""What was read on screen."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from telop_contracts.job.v1 import JobEvent
from telop_contracts.values import Box, Cost, Count, EngineFingerprint, Id, ObjectRef, Ratio, Seconds, Value

TelopText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class Reading(Value):
    """One reading of one frame, exactly as the reader gave it: never repaired."""

    text: TelopText
    confidence: Ratio
    at_s: Seconds


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


class TelopsRead(JobEvent):
    """`telops.read.v1`: the telops of one segment."""

    TYPE: ClassVar[str] = "telops.read.v1"

    segment_id: Id
    index: Count
    telops: Annotated[tuple[Telop, ...], Field(max_length=500)]
    engine: EngineFingerprint
    cost: Cost
