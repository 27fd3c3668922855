"""What is sent to whom, and what became of it: the transactions behind the handlers and the API.

An event becomes one message and one delivery per endpoint, for ever: both are unique in the database, so that a
repeated event changes nothing. Fan-out locks the tenant's endpoints for sharing, hence an endpoint that is paused,
resumed or deleted at the same moment neither loses nor repeats a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.sealing import Sealer
from telop_chassis.tasks import Scheduled

from telop_notifier.delivery import PROGRESS, PROGRESS_INTERVAL_S, Answer, Message, Verdict, webhook_id
from telop_notifier.tables import attempts, deliveries, endpoints, messages
from telop_notifier.tasks import DeliverAttempt, SendMissed

TEST: Final = "endpoint.test"
BATCH: Final = 500

Skip = Literal["stale", "superseded", "held", "endpoint_off"]


@dataclass(frozen=True)
class Request:
    """One attempt, ready to send. `keys` are the secrets that sign it."""

    webhook_id: str
    url: str
    body: bytes
    keys: tuple[str, ...]
    traceparent: str | None


@dataclass(frozen=True)
class Stored:
    """A message in the database."""

    id: int
    event_id: str
    job_id: str | None


def wants(event_types: Sequence[str] | None, kind: str) -> bool:
    """Whether an endpoint with this filter gets this type: without a filter, everything but progress."""
    return kind != PROGRESS if event_types is None else kind in event_types


async def announce(transaction: Transaction, message: Message, *, tenant: str) -> list[Scheduled]:
    """Store a message, once, and start its delivery to every active endpoint of the tenant that wants it."""
    rows = await transaction.execute(
        select(endpoints.c.id, endpoints.c.event_types, endpoints.c.state)
        .where(endpoints.c.tenant == tenant)
        .order_by(endpoints.c.id)
        .with_for_update(read=True)
    )
    wanted = [row for row in rows if wants(row.event_types, message.type) and row.id != message.about]
    if message.type == PROGRESS and (not wanted or await _is_too_late_or_soon(transaction, message, tenant)):
        return []
    stored = await _store(transaction, message, tenant)
    if stored is None:
        return []
    return await start(transaction, [(row.id, stored) for row in wanted if row.state == "active"], tenant=tenant)


async def announce_to(transaction: Transaction, message: Message, endpoint_id: str, *, tenant: str) -> list[Scheduled]:
    """Store a message and start its delivery to one endpoint only."""
    stored = await _store(transaction, message, tenant)
    return await start(transaction, [(endpoint_id, stored)], tenant=tenant) if stored else []


async def start(transaction: Transaction, pairs: Sequence[tuple[str, Stored]], *, tenant: str) -> list[Scheduled]:
    """Start deliveries now, or anew where they were held back or failed: the same id and bytes, another round."""
    jobs = {webhook_id(stored.event_id, endpoint_id): stored.job_id for endpoint_id, stored in pairs}
    if not pairs:
        return []
    begun = {"tenant": tenant, "status": "pending", "next_attempt_at": func.clock_timestamp()}
    made = insert(deliveries).values(
        [
            {
                "id": webhook_id(stored.event_id, endpoint_id),
                "endpoint_id": endpoint_id,
                "message_id": stored.id,
                **begun,
            }
            for endpoint_id, stored in pairs
        ]
    )
    again = {**begun, "round": deliveries.c.round + 1, "reason": None, "finished_at": None}
    result = await transaction.execute(
        made.on_conflict_do_update(
            index_elements=["id"], set_=again, where=deliveries.c.status.in_(("held", "failed"))
        ).returning(deliveries.c.id, deliveries.c.round)
    )
    return [
        Scheduled(DeliverAttempt(delivery_id=row.id, round=row.round, number=1, job_id=jobs[row.id])) for row in result
    ]


async def prepare(transaction: Transaction, task: DeliverAttempt, *, sealer: Sealer, now: datetime) -> Request | Skip:
    """Return what an attempt sends, or why it sends nothing any more."""
    found = await transaction.execute(
        select(
            deliveries.c.id, deliveries.c.endpoint_id, messages.c.tenant, messages.c.type, messages.c.job_id,
            messages.c.sequence, messages.c.body, messages.c.traceparent, endpoints.c.state, endpoints.c.url,
            endpoints.c.secret, endpoints.c.previous_secret,
            endpoints.c.previous_secret_until,
        )
        .select_from(deliveries.join(messages).join(endpoints))
        .where(_live(task))
    )  # fmt: skip
    row = found.one_or_none()
    if row is None:
        return "stale"
    if row.type == PROGRESS and await _has_newer(transaction, row):
        return "superseded"
    if row.state != "active":
        return "held" if row.state == "paused" else "endpoint_off"
    overlap = row.previous_secret and row.previous_secret_until > now
    sealed = (row.secret, row.previous_secret) if overlap else (row.secret,)
    keys = tuple(sealer.open(each, row.tenant, row.endpoint_id) for each in sealed)
    return Request(row.id, row.url, row.body, keys, row.traceparent)


async def lock(transaction: Transaction, task: DeliverAttempt) -> Row[Any] | None:
    """Lock and return the delivery that an attempt belongs to; None if it was deleted, ended or begun anew."""
    found = await transaction.execute(
        select(deliveries.c.id, deliveries.c.endpoint_id, deliveries.c.attempts, messages.c.type, messages.c.job_id)
        .select_from(deliveries.join(messages))
        .where(_live(task))
        .with_for_update(of=deliveries)
    )
    return found.one_or_none()


async def end(transaction: Transaction, delivery_id: str, status: str, *, reason: str | None = None) -> None:
    """End a locked delivery without an attempt, or hold it back."""
    await transaction.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(status=status, reason=reason, next_attempt_at=None, finished_at=func.clock_timestamp())
    )


async def note(
    transaction: Transaction, delivery: Row[Any], answer: Answer, verdict: Verdict, *, next_at: datetime | None
) -> None:
    """Write down an attempt and what follows from it."""
    number = delivery.attempts + 1
    await transaction.execute(
        insert(attempts).values(
            delivery_id=delivery.id,
            number=number,
            started_at=answer.started_at,
            latency_ms=answer.latency_ms,
            status_code=answer.status_code,
            reason=verdict.reason,
            trace_id=answer.trace_id,
        )
    )
    finished_at = None if verdict.status == "pending" else func.clock_timestamp()
    await transaction.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id)
        .values(
            status=verdict.status,
            attempts=number,
            reason=verdict.reason,
            next_attempt_at=next_at,
            finished_at=finished_at,
        )
    )


async def disable(transaction: Transaction, endpoint_id: str, reason: str, *, now: datetime) -> bool:
    """Switch an endpoint off; False if it is off already."""
    result = await transaction.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint_id, endpoints.c.state != "disabled")
        .values(state="disabled", reason=reason, state_since=now)
        .returning(endpoints.c.id)
    )
    return result.one_or_none() is not None


async def send_missed(transaction: Transaction, task: SendMissed, *, tenant: str) -> list[Scheduled]:
    """Start the next batch of what an endpoint missed, and schedule the batch after it."""
    found = await transaction.execute(
        select(endpoints.c.event_types).where(
            endpoints.c.id == task.endpoint_id, endpoints.c.tenant == tenant, endpoints.c.state == "active"
        )
    )
    endpoint = found.one_or_none()
    if endpoint is None:
        return []
    rows = await transaction.execute(
        select(messages.c.id, messages.c.event_id, messages.c.job_id)
        .outerjoin(
            deliveries, and_(deliveries.c.message_id == messages.c.id, deliveries.c.endpoint_id == task.endpoint_id)
        )
        .where(messages.c.tenant == tenant, messages.c.id > task.after, _missed(task, endpoint.event_types))
        .order_by(messages.c.id)
        .limit(BATCH)
    )
    found_messages = [Stored(row.id, row.event_id, row.job_id) for row in rows]
    tasks = await start(transaction, [(task.endpoint_id, each) for each in found_messages], tenant=tenant)
    if len(found_messages) == BATCH:
        tasks.append(Scheduled(task.model_copy(update={"after": found_messages[-1].id})))
    return tasks


def _missed(task: SendMissed, event_types: Sequence[str] | None) -> ColumnElement[bool]:
    recent = messages.c.created_at >= task.since
    wanted = messages.c.type.in_(event_types) if event_types is not None else true()
    about_another = messages.c.about.is_distinct_from(task.endpoint_id)
    lasting = messages.c.type.not_in((PROGRESS, TEST))
    never_made = and_(deliveries.c.id.is_(None), recent, wanted, about_another, lasting)
    missed = or_(never_made, deliveries.c.status == "held")
    failed = and_(deliveries.c.status == "failed", recent, messages.c.type != PROGRESS)
    return or_(missed, failed) if task.failed_too else missed


def _live(task: DeliverAttempt) -> ColumnElement[bool]:
    return and_(deliveries.c.id == task.delivery_id, deliveries.c.round == task.round, deliveries.c.status == "pending")


async def _store(transaction: Transaction, message: Message, tenant: str) -> Stored | None:
    result = await transaction.execute(
        insert(messages)
        .values(
            tenant=tenant,
            event_id=message.event_id,
            type=message.type,
            job_id=message.job_id,
            sequence=message.sequence,
            about=message.about,
            body=message.body,
            traceparent=transaction.traceparent,
        )
        .on_conflict_do_nothing()
        .returning(messages.c.id)
    )
    number = result.scalar_one_or_none()
    return None if number is None else Stored(number, message.event_id, message.job_id)


async def _is_too_late_or_soon(transaction: Transaction, message: Message, tenant: str) -> bool:
    """Whether something newer of the job is stored, or other progress within the interval. One job at a time."""
    await transaction.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(message.job_id, 0))))
    recent = messages.c.created_at > func.clock_timestamp() - timedelta(seconds=PROGRESS_INTERVAL_S)
    newer = messages.c.sequence > message.sequence
    result = await transaction.execute(
        select(messages.c.id)
        .where(messages.c.tenant == tenant, messages.c.job_id == message.job_id)
        .where(or_(newer, and_(messages.c.type == PROGRESS, recent)))
        .limit(1)
    )
    return result.one_or_none() is not None


async def _has_newer(transaction: Transaction, row: Row[Any]) -> bool:
    result = await transaction.execute(
        select(messages.c.id)
        .where(messages.c.tenant == row.tenant, messages.c.job_id == row.job_id, messages.c.sequence > row.sequence)
        .limit(1)
    )
    return result.one_or_none() is not None
