"""What a webhook says, when it is tried again, and what an answer means.

Pure: no clock, no network, no database. The body of an event is built once and its bytes are frozen; the `webhook-id`
follows from event and endpoint alone, so every attempt, retry and replay carries the same id and the same bytes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final, Literal

from telop_contracts.envelope import Event
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobProgressed
from telop_contracts.webhook.v1 import Webhook, WebhookData, WebhookError, WebhookType

MAX_BODY_BYTES: Final = 20_000
PROGRESS: Final = "job.progressed"
PROGRESS_INTERVAL_S: Final = 10.0

STEPS_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER: Final = 0.1
MAX_RETRY_AFTER_S: Final = 86_400.0

REASON_GONE: Final = "endpoint_gone"
REASON_REDIRECTED: Final = "redirected"
REASON_STATUS: Final = "http_status"
REASON_ENDPOINT_OFF: Final = "endpoint_off"
REASON_FAILING: Final = "endpoint_failing"

MAX_HEADERS_KEPT: Final = 40
MAX_HEADER_KEPT: Final = 200
HIDDEN: Final = "***"

JobWebhookEvent = JobAccepted | JobProgressed | JobCompleted | JobFailed | JobCancelled | FindingDecided


@dataclass(frozen=True)
class Message:
    """One webhook as it is stored: its frozen bytes, and what orders it. `about` is the endpoint it concerns."""

    event_id: str
    type: WebhookType
    body: bytes
    job_id: str | None = None
    sequence: int | None = None
    about: str | None = None


@dataclass(frozen=True)
class Answer:
    """What became of one request: a status code, or else the reason code why there is none. Times in UTC and ms.

    `headers` is the head of the response, as it came.
    """

    started_at: datetime
    latency_ms: int
    status_code: int | None = None
    failure: str | None = None
    retry_after: str | None = None
    trace_id: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What follows from an answer. `delay_s` is the wait until the next attempt of a pending delivery."""

    status: Literal["succeeded", "failed", "pending"]
    reason: str | None = None
    delay_s: float = 0.0
    disables: bool = False


def webhook_id(event_id: str, endpoint_id: str) -> str:
    """Return the id of one event at one endpoint: the same for every attempt, for ever."""
    return "msg_" + sha256(f"{event_id}\n{endpoint_id}".encode()).hexdigest()[:32]


def message_of(event: JobWebhookEvent, *, event_id: str, at: datetime, public_url: str) -> Message:
    """Return the webhook of a job's event at its time; its links begin with `public_url`, the address of ingest."""
    data = _data(event, _links(public_url, event.job_id))
    return _message(event_id, _type_of(event), at, data)


def endpoint_test_message(endpoint_id: str, *, event_id: str, now: datetime) -> Message:
    """Return the webhook that shows an owner that the endpoint works."""
    return _message(event_id, "endpoint.test", now, WebhookData(endpoint_id=endpoint_id))


def disabled_message(endpoint_id: str, *, event_id: str, now: datetime) -> Message:
    """Return the webhook that tells the tenant's other endpoints that this one was switched off."""
    return _message(event_id, "endpoint.disabled", now, WebhookData(endpoint_id=endpoint_id, status="disabled"))


def warning_message(endpoint_id: str, *, event_id: str, now: datetime) -> Message:
    """Return the webhook that warns the tenant's other endpoints before this one is switched off."""
    return _message(event_id, "endpoint.warned", now, WebhookData(endpoint_id=endpoint_id, status="failing"))


def judge(answer: Answer, *, number: int, only_once: bool, jitter: float, now: datetime) -> Verdict:
    """Return what follows from the answer to the `number`-th attempt (from 1); `jitter` is drawn from [0, 1).

    | attempt | 1 | 2   | 3     | 4      | 5   | 6   | 7    | 8    | 9    | 10   |
    |---------|---|-----|-------|--------|-----|-----|------|------|------|------|
    | after   | 0 | 5 s | 5 min | 30 min | 2 h | 5 h | 10 h | 14 h | 20 h | 24 h |

    Each wait counts from the attempt before, and jitter makes it up to 10 % longer, never shorter. 2xx succeeds;
    410 ends the delivery and disables the endpoint; every other answer, 3xx included (redirects are not followed), and
    no answer at all, fails the attempt. 429 and 503 may ask for a longer wait with `Retry-After`, up to 24 h.
    """
    status = answer.status_code
    if status is not None and 200 <= status < 300:
        return Verdict("succeeded")
    if status == 410:
        return Verdict("failed", REASON_GONE, disables=True)
    reason = answer.failure or (REASON_REDIRECTED if status is not None and 300 <= status < 400 else REASON_STATUS)
    if only_once or number >= len(STEPS_S):
        return Verdict("failed", reason)
    delay = STEPS_S[number] * (1 + JITTER * jitter)
    if status in {429, 503}:
        delay = max(delay, min(retry_after_s(answer.retry_after, now), MAX_RETRY_AFTER_S))
    return Verdict("pending", reason, delay)


def retry_after_s(value: str | None, now: datetime) -> float:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110: seconds or a date); 0 if it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def response_head(answer: Answer) -> dict[str, str]:
    """Return what the log keeps of a response's head: bounded, printable, without cookies."""
    kept: dict[str, str] = {}
    for name, value in answer.headers[:MAX_HEADERS_KEPT]:
        secret = "cookie" in name.lower()
        kept[_printable(name.lower())] = HIDDEN if secret else _printable(value)
    return kept


def request_head(url: str, headers: Mapping[str, str], *, custom: Collection[str]) -> dict[str, object]:
    """Return what the log keeps of a request's head: no signature, no query, no value of the endpoint's own headers."""
    hidden = {"webhook-signature", *custom}
    shown = {name: HIDDEN if name in hidden else value for name, value in headers.items()}
    address, query, _ = url.partition("?")
    return {"url": f"{address}?{HIDDEN}" if query else address, "headers": shown}


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:MAX_HEADER_KEPT])


def _message(event_id: str, kind: WebhookType, at: datetime, data: WebhookData) -> Message:
    body = _bytes(Webhook(type=kind, timestamp=at, data=data))
    return Message(event_id, kind, body, data.job_id, data.sequence, data.endpoint_id)


def _bytes(webhook: Webhook) -> bytes:
    body = webhook.model_dump_json().encode()
    if len(body) <= MAX_BODY_BYTES:
        return body
    # Only free text and per-kind counts can grow so far; both are in the API under the links.
    error = webhook.data.error and webhook.data.error.model_copy(update={"detail": ""})
    data = webhook.data.model_copy(update={"counts": {}, "error": error})
    return webhook.model_copy(update={"data": data}).model_dump_json().encode()


def _type_of(event: Event) -> WebhookType:
    types: dict[str, WebhookType] = {
        JobAccepted.TYPE: "job.accepted",
        JobProgressed.TYPE: "job.progressed",
        JobCompleted.TYPE: "job.completed",
        JobFailed.TYPE: "job.failed",
        JobCancelled.TYPE: "job.cancelled",
        FindingDecided.TYPE: "finding.decided",
    }
    return types[event.TYPE]


def _links(public_url: str, job_id: str) -> dict[str, str]:
    job = f"{public_url.rstrip('/')}/v1/jobs/{job_id}"
    return {"job": job, "findings": f"{job}/findings", "report": f"{job}/report"}


def _data(event: JobWebhookEvent, links: dict[str, str]) -> WebhookData:
    job = WebhookData(job_id=event.job_id, sequence=event.sequence, links=links)
    match event:
        case JobAccepted():
            more: dict[str, object] = {"status": "queued", "progress": 0.0}
        case JobProgressed():
            more = {"status": "running", "progress": event.progress}
        case JobCompleted():
            more = {"status": "succeeded", "progress": 1.0, "verdict": event.verdict, "counts": event.counts}
        case JobFailed():
            more = {"status": "failed", "error": WebhookError(reason=event.reason, detail=event.detail)}
        case JobCancelled():
            more = {"status": "cancelled", "error": WebhookError(reason=event.reason, detail="")}
        case FindingDecided():
            more = {"finding_id": event.finding_id, "decision": event.decision}
    return job.model_copy(update=more)
