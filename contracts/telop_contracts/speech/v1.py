"""What was heard."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from telop_contracts.job.v1 import JobEvent
from telop_contracts.values import Cost, Count, EngineFingerprint, Id, Ratio, Seconds, Value


class Word(Value):
    """One recognised or supplied word with its time."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    start_s: Seconds
    end_s: Seconds
    confidence: Ratio


class SpeechTranscribed(JobEvent):
    """`speech.transcribed.v1`: the words of one segment, in order of time."""

    TYPE: ClassVar[str] = "speech.transcribed.v1"

    segment_id: Id
    index: Count
    words: Annotated[tuple[Word, ...], Field(max_length=3_000)]
    engine: EngineFingerprint
    cost: Cost
