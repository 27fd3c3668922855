"""Settings of the notifier, beside those of every service."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from telop_chassis.sealing import SealingKeys
from telop_chassis.settings import Positive, ServiceSettings, WorkSettings

HttpBase = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=100)]
TraceUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s{}]+\{trace_id\}[^\s{}]*$", max_length=200)]


class NotifierWork(WorkSettings):
    """Attempts mostly wait for a receiver, hence many at a time."""

    concurrency: Annotated[int, Field(ge=1, le=1024)] = 256


class NotifierSettings(BaseModel):
    """What webhooks say and how long an attempt may take."""

    public_url: HttpBase
    """The address of ingest as subscribers see it: links in webhooks begin with it."""
    secret_keys: SealingKeys
    """What secrets are sealed with in the database; losing them means a new secret for every endpoint."""
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 15.0
    """For everything of one attempt: resolving, connecting, sending and the answer."""
    secret_overlap_s: Positive = 86_400.0
    """How long a rotated secret signs beside the new one."""
    retention_days: Annotated[float, Field(ge=7, le=3650)] = 30.0
    """How long messages, deliveries and attempts are kept; longer than the schedule of attempts lasts."""
    trace_url: TraceUrl | None = None
    """Where a trace can be seen, with `{trace_id}` in it; the log then links to it."""


class Settings(ServiceSettings):
    """All settings of the notifier."""

    notifier: NotifierSettings
    work: NotifierWork = NotifierWork()
