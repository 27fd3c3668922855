"""The body of a webhook, signed after Standard Webhooks; at most 20 kB, never with findings inside."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from telop_contracts.job.v1 import Counts
from telop_contracts.values import Code, Id, LongText, Ratio, Sequence, ShortText, Value

WebhookType = Literal[
    "job.accepted",
    "job.progressed",
    "job.completed",
    "job.failed",
    "job.cancelled",
    "finding.decided",
    "endpoint.test",
    "endpoint.warned",
    "endpoint.disabled",
]


class WebhookError(Value):
    """Why a job ended without a verdict."""

    reason: Code
    detail: LongText


class WebhookData(Value):
    """The state that the webhook announces; the API already shows it. Receivers ignore lower sequences of a job."""

    job_id: Id | None = None
    endpoint_id: Id | None = None
    finding_id: Id | None = None
    sequence: Sequence | None = None
    status: Code | None = None
    verdict: Literal["pass", "warn", "fail"] | None = None
    decision: Code | None = None
    progress: Ratio | None = None
    counts: Counts = Field(default_factory=dict)
    error: WebhookError | None = None
    links: Annotated[dict[str, ShortText], Field(max_length=10)] = Field(default_factory=dict)


class Webhook(Value):
    """One webhook body."""

    type: WebhookType
    timestamp: AwareDatetime
    data: WebhookData
