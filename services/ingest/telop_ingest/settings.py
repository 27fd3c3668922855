"""The settings of ingest: `TELOP_INGEST__<FIELD>` beside those of every service."""

from typing import Annotated

from pydantic import BaseModel, Field
from telop_chassis.settings import Positive, ServiceSettings
from telop_contracts.values import Language


class IngestSettings(BaseModel):
    """What is taken, how it is cut, and how long things may last. Seconds, bytes, pixels."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en", "ja")
    """Languages that are checked; `en` stands for `en-GB` and all others of its kind."""
    segment_s: Annotated[float, Field(ge=5, le=600)] = 30.0
    overlap_s: Annotated[float, Field(ge=0, le=4)] = 2.0
    max_duration_s: Positive = 6 * 3600.0
    max_media_bytes: Annotated[int, Field(ge=1)] = 16 * 1024**3
    max_pixels: Annotated[int, Field(ge=1)] = 8192 * 4320
    """The largest picture that is opened: 8K, in any aspect ratio that a camera gives."""
    max_transcript_bytes: Annotated[int, Field(ge=1)] = 16 * 1024**2
    fetch_total_s: Positive = 3600.0
    fetch_idle_s: Positive = 20.0
    fetch_attempts: Annotated[int, Field(ge=1, le=8)] = 5
    """Tries (1, 2, 4, 8 s apart) before an unreachable URL ends its job."""
    probe_s: Positive = 60.0
    probe_attempts: Annotated[int, Field(ge=1, le=8)] = 3
    """Tries before a medium that kills or stalls its prober ends its job."""
    stall_after_s: Positive = 3600.0
    """How long a job may go without any progress, queueing included, before it is given up."""
    retention_days: Annotated[float, Field(gt=0, le=36_500)] = 365.0
    """How long a job is kept after its end: then it is deleted with its findings, decisions, stills and documents."""
    events_poll_s: Positive = 2.0
    """How often a watcher looks for new events when no notification comes."""


class Settings(ServiceSettings):
    """All settings of ingest."""

    ingest: IngestSettings = IngestSettings()
