"""A second look or listen at exactly one box or time span in doubt."""

from typing import Annotated, ClassVar

from pydantic import Field

from telop_contracts.job.v1 import JobEvent, MediaFacts
from telop_contracts.speech.v1 import Word
from telop_contracts.telops.v1 import Reading, SecondReading, TelopText
from telop_contracts.values import Box, Code, EngineFingerprint, Id, Language, ObjectRef, Seconds, Value


class Likelihood(Value):
    """How well a candidate fits what was heard, in nats; only differences within one answer count."""

    text: TelopText
    nats: Annotated[float, Field(allow_inf_nan=False)]


class RecheckRequested(JobEvent):
    """`recheck.requested.v1`: the matcher doubts what a stage recognised. A look names a box, a listen does not."""

    TYPE: ClassVar[str] = "recheck.requested.v1"

    recheck_id: Id
    stage: Code
    language: Language
    media: MediaFacts
    start_s: Seconds
    end_s: Seconds
    box: Box | None = None
    candidates: Annotated[tuple[TelopText, ...], Field(max_length=10)] = ()
    """Whole texts of which one is thought to stand there, or to have been said from start to end."""
    rules: ObjectRef | None = None
    """A JSON object `Rules`, whose roster a listen expects."""


class RecheckAnswered(JobEvent):
    """`recheck.answered.v1`: what the second look or listen gave; empty where it failed, with a reason."""

    TYPE: ClassVar[str] = "recheck.answered.v1"

    recheck_id: Id
    stage: Code
    readings: Annotated[tuple[Reading, ...], Field(max_length=100)] = ()
    words: Annotated[tuple[Word, ...], Field(max_length=3_000)] = ()
    second_readings: Annotated[tuple[SecondReading, ...], Field(max_length=5)] = ()
    likeliest: TelopText | None = None
    """The candidate that pixels or sound match best, if one does clearly."""
    start_s: Seconds | None = None
    end_s: Seconds | None = None
    likelihoods: Annotated[tuple[Likelihood, ...], Field(max_length=10)] = ()
    """Of a listen with candidates: what was listened to, and how well the candidates fit that the engine can judge."""
    engine: EngineFingerprint | None = None
    failed: Code | None = None
