"""A segment: the unit of recognition, retry and resume."""

from typing import Annotated, ClassVar

from pydantic import Field

from telop_contracts.job.v1 import JobEvent, MediaFacts
from telop_contracts.values import Code, Count, Id, Language, ObjectRef, Seconds


def segment_id(job_id: str, index: int) -> str:
    """The id of a job's segment."""
    return f"{job_id}:{index}"


class SegmentPlanned(JobEvent):
    """`segment.planned.v1`: one time range of the media that the named stages are to recognise."""

    TYPE: ClassVar[str] = "segment.planned.v1"
    KEY: ClassVar[str] = "segment_id"

    segment_id: Id
    index: Count
    start_s: Seconds
    end_s: Seconds
    stages: Annotated[tuple[Code, ...], Field(min_length=1, max_length=10)]
    language: Language
    media: MediaFacts
    rules: ObjectRef
    transcript: ObjectRef | None = None


class SegmentFailed(JobEvent):
    """`segment.failed.v1`: a stage gave up on a segment; without an index, on the whole job (it ends as failed)."""

    TYPE: ClassVar[str] = "segment.failed.v1"

    stage: Code
    index: Count | None
    reason: Code
    attempts: Count
