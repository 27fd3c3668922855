"""What the API answers: output models, and how rows become them.

Recognised text is passed through as it was stored. Object keys never leave: what lies in the store is reached by links.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Protocol

from fastapi import Depends, Path
from pydantic import BaseModel, computed_field
from telop_chassis.database import Database
from telop_chassis.http import provided
from telop_chassis.objects import ObjectStore
from telop_contracts.finding.v1 import Finding, Occurrence
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.telops.v1 import TELOP_CAPTION

from telop_ingest.reasons import sentence
from telop_ingest.settings import IngestSettings
from telop_ingest.timecodes import timecode

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"
JobId = Annotated[str, Path(pattern=ID_PATTERN, max_length=128, examples=["job_4f0c6d1e9b7a4f2f8f3f0c1d2e3a4b5c"])]
FindingId = Annotated[str, Path(pattern=ID_PATTERN, max_length=128, examples=["fnd_4f0c6d1e9b7a4f2f"])]
KeyId = Annotated[str, Path(pattern=ID_PATTERN, max_length=128, examples=["key_4f0c6d1e9b7a4f2f"])]
TheDatabase = Annotated[Database, Depends(provided(Database))]
TheObjects = Annotated[ObjectStore, Depends(provided(ObjectStore))]
TheSettings = Annotated[IngestSettings, Depends(provided(IngestSettings))]


class StoredRow(Protocol):
    """A row of the database, whatever its columns."""

    def __getattr__(self, name: str) -> Any:
        """Return a column."""


class EngineView(BaseModel):
    """An engine that recognised segments: which model on which device, and the media time it did in a second."""

    name: str
    version: str
    model: str
    device: str
    wall_s: float
    media_s: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def x_real_time(self) -> float | None:
        """Seconds of media for a second of work; null where the work took no time to speak of."""
        return round(self.media_s / self.wall_s, 2) if self.wall_s else None


class StageView(BaseModel):
    """A stage: segments expected, done and failed; `skipped` says why there is nothing for it to do.

    `not_biased` are the roster's terms that the recogniser of speech could not be told to expect.
    """

    stage: str
    expected: int
    done: int
    failed: int
    skipped: str | None
    engines: list[EngineView] = []
    not_biased: list[str] = []


class UncheckedView(BaseModel):
    """Media time that a stage did not check, and why; `detail` is a sentence about the reason, empty for some codes."""

    stage: str
    start_s: float
    end_s: float
    reason: str
    detail: str = ""


class MediaView(BaseModel):
    """What probing found."""

    sha256: str
    bytes: int
    format: str
    duration_s: float
    has_video: bool
    has_audio: bool
    width: int
    height: int
    frame_rate: float
    start_timecode: str | None
    timecode_source: str | None = None
    video_start_s: float = 0.0

    @classmethod
    def of(cls, facts: MediaFacts) -> "MediaView":
        """Show facts without the place of the object."""
        return cls(sha256=facts.object.sha256, bytes=facts.object.bytes, **facts.model_dump(exclude={"object"}))


class ErrorView(BaseModel):
    """Why a job ended without a verdict: a stable code, and a sentence where there is one."""

    reason: str
    detail: str


class AcceptedView(BaseModel):
    """A job that was accepted."""

    job_id: str
    status: Literal["queued"] = "queued"
    trace_id: str
    links: dict[str, str]


class ShareView(BaseModel):
    """How many there are, and how many of them were verified."""

    total: int
    verified: int


class CoverageView(BaseModel):
    """What verified the telops, each counted under its strongest witness; and the names and numbers one by one."""

    telops: dict[str, int]
    names: ShareView
    numbers: ShareView


class JobView(BaseModel):
    """One job."""

    job_id: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    verdict: Literal["pass", "warn", "fail"] | None
    progress: float
    language: str
    programme: str | None
    stages: list[StageView]
    counts: dict[str, int]
    unchecked: list[UncheckedView]
    verdict_reasons: list[str] = []
    coverage: CoverageView | None = None
    earlier_job_id: str | None = None
    trace_id: str
    media: MediaView | None
    error: ErrorView | None
    created_at: datetime
    finished_at: datetime | None
    links: dict[str, str]

    @classmethod
    def of(cls, row: StoredRow) -> "JobView":
        """Show a row of `jobs`."""
        facts = facts_of(row)
        return cls(
            job_id=row.job_id,
            status=row.status,
            verdict=row.verdict,
            progress=row.progress,
            language=row.language,
            programme=row.programme,
            stages=row.stages,
            counts=row.counts,
            unchecked=[UncheckedView(**each, detail=sentence(each["reason"])) for each in row.unchecked],
            verdict_reasons=row.verdict_reasons,
            coverage=row.coverage,
            earlier_job_id=row.earlier_job_id,
            trace_id=row.trace_id,
            media=MediaView.of(facts) if facts else None,
            error=ErrorView(reason=row.error_reason, detail=row.error_detail or "") if row.error_reason else None,
            created_at=row.created_at,
            finished_at=row.finished_at,
            links=job_links(row.job_id),
        )


class WrongView(BaseModel):
    """The wrong part of what is written, in code points."""

    text: str
    start: int
    end: int


class BoxView(BaseModel):
    """A rectangle in pixels of the displayed frame."""

    x: int
    y: int
    width: int
    height: int


class OccurrenceView(BaseModel):
    """One time that a mistake is shown or heard."""

    start_s: float
    end_s: float
    timecode_in: str | None
    timecode_out: str | None
    box: BoxView | None
    links: dict[str, str]


class FindingView(BaseModel):
    """One suspected mistake, however often it is shown."""

    finding_id: str
    kind: str
    severity: Literal["blocker", "issue", "fyi"]
    start_s: float
    end_s: float
    timecode_in: str | None
    timecode_out: str | None
    written: str
    heard: str
    wrong: WrongView
    suggestion: str | None
    relation: str
    blame: str
    confidence: float
    reasons: list[str]
    box: BoxView | None
    occurrences: list[OccurrenceView] = []
    occurrence_count: int = 1
    witnesses: list[str] = []
    action: str | None = None
    since_earlier: str | None = None
    suppressed: str | None = None
    links: dict[str, str]
    decision: str | None

    @classmethod
    def of(cls, row: StoredRow, facts: MediaFacts | None) -> "FindingView":
        """Show a row of `findings`, with the timecodes of its medium."""
        found = Finding.model_validate_json(row.payload, extra="ignore")
        medium = (facts.frame_rate, facts.start_timecode, facts.video_start_s) if facts else (0.0,)
        own = f"/v1/findings/{found.finding_id}"
        links = {"job": f"/v1/jobs/{row.job_id}", "decisions": f"{own}/decisions", "explanation": f"{own}/explanation"}
        return cls(
            timecode_in=timecode(found.start_s, *medium),
            timecode_out=timecode(found.end_s, *medium),
            links=links | ({"still": f"{own}/still"} if found.still else {}),
            decision=row.decision,
            occurrences=[_occurrence_view(each, number, own, medium) for number, each in enumerate(found.occurrences)],
            **found.model_dump(exclude={"still", "occurrences", "mistake_id"}),
        )


def _occurrence_view(each: Occurrence, number: int, finding: str, medium: Sequence[Any]) -> OccurrenceView:
    return OccurrenceView(
        start_s=each.start_s,
        end_s=each.end_s,
        timecode_in=timecode(each.start_s, *medium),
        timecode_out=timecode(each.end_s, *medium),
        box=BoxView(**each.box.model_dump()) if each.box else None,
        links={"still": f"{finding}/still?occurrence={number}"} if each.still else {},
    )


class ReadingView(BaseModel):
    """One reading of one frame."""

    text: str
    confidence: float
    at_s: float


class TelopView(BaseModel):
    """One appearance of one text on screen.

    `kind` is caption; changing for text that changes in place, as a clock or a score, whose readings tell its values;
    ticker for running text, joined; flash for what was shown for less than 0.2 s.
    """

    text: str
    kind: str = TELOP_CAPTION
    box: BoxView
    start_s: float
    end_s: float
    confidence: float
    frames: int
    readings: list[ReadingView]
    verified_by: list[str] = []


class WordView(BaseModel):
    """One word that was heard or supplied."""

    text: str
    start_s: float
    end_s: float
    confidence: float


JOB_PARTS: Final = ("events", "findings", "fixed-findings", "telops", "transcript", "report")


def facts_of(row: StoredRow) -> MediaFacts | None:
    """Return what is known of a job's medium."""
    return MediaFacts.model_validate_json(row.media) if row.media else None


def job_links(job_id: str) -> dict[str, str]:
    """Return where everything about a job is."""
    own = f"/v1/jobs/{job_id}"
    return {"self": own} | {name: f"{own}/{name}" for name in JOB_PARTS}
