"""The life of a job: accepted, planned, progressed, checked, and one end.

What replaces state carries `sequence`, monotone per job and drawn under the lock of the job's row; consumers ignore
lower ones. Only ingest publishes an end.
"""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import AwareDatetime, Field

from telop_contracts.envelope import Event
from telop_contracts.media.v1 import Term
from telop_contracts.values import (
    Code,
    Count,
    Id,
    Language,
    LongText,
    ObjectRef,
    Pixels,
    Ratio,
    Seconds,
    Sequence,
    ShortText,
    Value,
)

TIMECODE_OF_FILE: Final = "file"
TIMECODE_SUPPLIED: Final = "supplied"
TIMECODE_FROM_ZERO: Final = "zero"
REASON_STALLED: Final = "stalled"
REASON_CANCELLED: Final = "cancelled_by_user"
VERDICT_PASS: Final = "pass"  # noqa: S105 - a verdict, not a password
VERDICT_WARN: Final = "warn"
VERDICT_FAIL: Final = "fail"

Counts = Annotated[dict[str, Count], Field(max_length=100)]


class JobEvent(Event):
    """An event of one job."""

    job_id: Id


class JobAccepted(JobEvent):
    """`job.accepted.v1`: a job exists; published with the 202."""

    TYPE: ClassVar[str] = "job.accepted.v1"

    sequence: Sequence
    language: Language
    programme: Term | None = None
    created_at: AwareDatetime


class MediaFacts(Value):
    """What probing found. Frame sizes are those of the displayed, rotated picture."""

    object: ObjectRef
    format: Code
    duration_s: Seconds
    has_video: bool
    has_audio: bool
    width: Pixels = 0
    height: Pixels = 0
    frame_rate: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0.0
    start_timecode: ShortText | None = None
    """SMPTE timecode of the first frame; a semicolon before the frames means drop-frame."""
    timecode_source: Code | None = None
    """Where timecodes begin: `file`, `supplied` with the job, or `zero`: counted from 00:00:00:00, for want of both."""
    video_start_s: Seconds = 0.0
    """Media time of the first frame: the sound may begin earlier."""
    audio_track: Count | None = None
    """Index, among all streams of the file, of the one that is heard; without it, its first audio track."""


class SegmentRange(Value):
    """The media time of one segment; neighbours overlap."""

    index: Count
    start_s: Seconds
    end_s: Seconds


class StagePlan(Value):
    """Whether a stage runs; where it does not, why not (`no_audio_track`, ...)."""

    stage: Code
    segments: Count
    skipped: Code | None = None


class JobPlanned(JobEvent):
    """`job.planned.v1`: what must be recognised before the job can be judged, and by which rules."""

    TYPE: ClassVar[str] = "job.planned.v1"

    language: Language
    media: MediaFacts
    segments: Annotated[tuple[SegmentRange, ...], Field(max_length=10_000)]
    stages: Annotated[tuple[StagePlan, ...], Field(max_length=10)]
    rules: ObjectRef
    """A JSON object `Rules`: roster, NG words and policy."""
    transcript: ObjectRef | None = None
    """A JSON list of `TranscriptLine`."""
    script: ObjectRef | None = None
    """A JSON list of `ScriptLine`."""
    memory: ObjectRef | None = None
    """A JSON object `Memory`: what is known of the programme from before."""


class StageProgress(Value):
    """Segments of a stage that are done or failed, of those expected."""

    stage: Code
    done: Count
    failed: Count
    expected: Count


class JobProgressed(JobEvent):
    """`job.progressed.v1`: monotone progress, at most one a second a job."""

    TYPE: ClassVar[str] = "job.progressed.v1"

    sequence: Sequence
    progress: Ratio
    stages: Annotated[tuple[StageProgress, ...], Field(max_length=10)]


class UncheckedRange(Value):
    """Media time that a stage did not check, and why. A stage that did not run has the whole duration."""

    stage: Code
    start_s: Seconds
    end_s: Seconds
    reason: Code


Unchecked = Annotated[tuple[UncheckedRange, ...], Field(max_length=1_000)]


class JobChecked(JobEvent):
    """`job.checked.v1`: the matcher's verdict. `result` is a JSON `CheckResult` with findings, telops and words."""

    TYPE: ClassVar[str] = "job.checked.v1"

    verdict: Literal["pass", "warn", "fail"]
    counts: Counts
    unchecked: Unchecked
    result: ObjectRef


class JobCompleted(JobEvent):
    """`job.completed.v1`: the verdict is in the API."""

    TYPE: ClassVar[str] = "job.completed.v1"

    sequence: Sequence
    verdict: Literal["pass", "warn", "fail"]
    counts: Counts
    unchecked: Unchecked


class JobFailed(JobEvent):
    """`job.failed.v1`: the job ended without a verdict, for the reason given."""

    TYPE: ClassVar[str] = "job.failed.v1"

    sequence: Sequence
    reason: Code
    detail: LongText


class JobCancelled(JobEvent):
    """`job.cancelled.v1`: somebody cancelled the job."""

    TYPE: ClassVar[str] = "job.cancelled.v1"

    sequence: Sequence
    reason: Code
