"""What was heard."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from telop_contracts.job.v1 import JobEvent
from telop_contracts.media.v1 import Term
from telop_contracts.values import Cost, Count, EngineFingerprint, Id, Ratio, Seconds, Value


class Alternative(Value):
    """What may have been said instead."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    confidence: Ratio


class Word(Value):
    """One recognised or supplied word with its time; an open edge touches the segment's edge."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    start_s: Seconds
    end_s: Seconds
    confidence: Ratio
    alternatives: Annotated[tuple[Alternative, ...], Field(max_length=10)] = ()
    open_start: bool = False
    open_end: bool = False


class SpeechTranscribed(JobEvent):
    """`speech.transcribed.v1`: the words of one segment, in order of time."""

    TYPE: ClassVar[str] = "speech.transcribed.v1"

    segment_id: Id
    index: Count
    words: Annotated[tuple[Word, ...], Field(max_length=3_000)]
    engine: EngineFingerprint
    cost: Cost
    not_biased: Annotated[tuple[Term, ...], Field(max_length=1_000)] = ()
    """Roster terms that the engine was asked to expect and could not."""
