"""What is sent to whom: the transactions behind the handlers and the API.

An event becomes one message and one delivery per endpoint, for ever: both are unique in the database, so that a
repeated event changes nothing. Fan-out locks the tenant's endpoints for sharing, hence an endpoint that is paused,
resumed or deleted at the same moment neither loses nor repeats a message. What a paused endpoint gets waits in its
lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.tasks import Scheduled

from telop_notifier import lanes
from telop_notifier.delivery import PROGRESS, PROGRESS_INTERVAL_S, REASON_ENDPOINT_OFF, Message, webhook_id
from telop_notifier.formats import render
from telop_notifier.tables import deliveries, endpoints, messages
from telop_notifier.tasks import SendMissed

TEST: Final = "endpoint.test"
BATCH: Final = 500


@dataclass(frozen=True)
class Stored:
    """A message in the database; `body` is the webhook in the standard format."""

    id: int
    event_id: str
    body: bytes


@dataclass(frozen=True)
class Recipient:
    """An endpoint, and the format in which it wants its bodies."""

    endpoint_id: str
    format: str


def wants(event_types: Sequence[str] | None, kind: str) -> bool:
    """Whether an endpoint with this filter gets this type: without a filter, everything but progress."""
    return kind != PROGRESS if event_types is None else kind in event_types


class Ledger:
    """Makes deliveries. `source` names this installation in CloudEvents: the address of ingest."""

    def __init__(self, *, source: str) -> None:
        self._source = source

    async def announce(self, transaction: Transaction, message: Message, *, tenant: str, now: datetime) -> None:
        """Store a message, once, and queue it for every endpoint of the tenant that wants it and is not disabled."""
        rows = await transaction.execute(
            select(endpoints.c.id, endpoints.c.event_types, endpoints.c.state, endpoints.c.format)
            .where(endpoints.c.tenant == tenant, endpoints.c.state != "deleted")
            .order_by(endpoints.c.id)
            .with_for_update(read=True)
        )
        wanted = [row for row in rows if wants(row.event_types, message.type) and row.id != message.about]
        if message.type == PROGRESS and (not wanted or await _is_too_late_or_soon(transaction, message, tenant)):
            return
        stored = await _store(transaction, message, tenant)
        recipients = [Recipient(row.id, row.format) for row in wanted if row.state != "disabled"]
        if stored is not None:
            await self.start(transaction, [(each, stored) for each in recipients], tenant=tenant, now=now)

    async def announce_to(
        self, transaction: Transaction, message: Message, recipient: Recipient, *, tenant: str, now: datetime
    ) -> None:
        """Store a message and queue it for one endpoint only."""
        stored = await _store(transaction, message, tenant)
        if stored is not None:
            await self.start(transaction, [(recipient, stored)], tenant=tenant, now=now)

    async def start(
        self, transaction: Transaction, pairs: Sequence[tuple[Recipient, Stored]], *, tenant: str, now: datetime
    ) -> None:
        """Queue deliveries now, or anew where they failed: the same id and bytes, another round of the schedule."""
        if not pairs:
            return
        made = insert(deliveries).values(
            [
                {
                    "id": webhook_id(stored.event_id, recipient.endpoint_id),
                    "tenant": tenant,
                    "endpoint_id": recipient.endpoint_id,
                    "message_id": stored.id,
                    "status": "pending",
                    "next_attempt_at": now,
                    "format": recipient.format,
                    "body": render(recipient.format, stored.body, event_id=stored.event_id, source=self._source),
                }
                for recipient, stored in pairs
            ]
        )
        await transaction.execute(
            made.on_conflict_do_update(
                index_elements=["id"], set_=begun_again(transaction, now), where=deliveries.c.status == "failed"
            )
        )
        await lanes.wake(transaction, sorted({recipient.endpoint_id for recipient, _ in pairs}), now=now)

    async def send_missed(
        self, transaction: Transaction, task: SendMissed, *, tenant: str, now: datetime
    ) -> list[Scheduled]:
        """Queue the next batch of what an endpoint missed, and return the task for the batch after it."""
        found = await transaction.execute(
            select(endpoints.c.event_types, endpoints.c.format)
            .where(endpoints.c.id == task.endpoint_id, endpoints.c.tenant == tenant, endpoints.c.state == "active")
            .with_for_update(read=True)
        )
        endpoint = found.one_or_none()
        if endpoint is None:
            return []
        rows = await transaction.execute(
            select(messages.c.id, messages.c.event_id, messages.c.body)
            .outerjoin(
                deliveries, and_(deliveries.c.message_id == messages.c.id, deliveries.c.endpoint_id == task.endpoint_id)
            )
            .where(messages.c.tenant == tenant, messages.c.id > task.after, messages.c.created_at >= task.since)
            .where(_missed(task, endpoint.event_types))
            .order_by(messages.c.id)
            .limit(BATCH)
        )
        recipient = Recipient(task.endpoint_id, endpoint.format)
        batch = [(recipient, Stored(row.id, row.event_id, row.body)) for row in rows]
        await self.start(transaction, batch, tenant=tenant, now=now)
        if len(batch) < BATCH:
            return []
        return [Scheduled(task.model_copy(update={"after": batch[-1][1].id}))]


def begun_again(transaction: Transaction, now: datetime) -> dict[str, object]:
    """Return what a new round sets: the trace of whoever asked for it becomes that of its attempts."""
    return {
        "status": "pending",
        "round": deliveries.c.round + 1,
        "tries": 0,
        "deaths": 0,
        "reason": None,
        "next_attempt_at": now,
        "finished_at": None,
        "traceparent": transaction.traceparent,
    }


async def switch_off(transaction: Transaction, endpoint_id: str, reason: str, *, now: datetime) -> bool:
    """Disable an endpoint and close its lane; False if it was disabled or deleted already."""
    result = await transaction.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint_id, endpoints.c.state.in_(("active", "paused")))
        .values(state="disabled", reason=reason, state_since=now)
        .returning(endpoints.c.id)
    )
    if result.one_or_none() is None:
        return False
    await lanes.lock(transaction, [endpoint_id])
    await lanes.refresh(transaction, {endpoint_id: 0}, now=now)
    return True


async def fail_waiting(transaction: Transaction, endpoint_id: str, *, now: datetime) -> bool:
    """Fail some of what waits for a disabled endpoint; whether there may be more. What is in flight is left alone."""
    off = select(endpoints.c.id).where(endpoints.c.id == endpoint_id, endpoints.c.state == "disabled")
    if (await transaction.execute(off.with_for_update(read=True))).one_or_none() is None:
        return False
    await lanes.lock(transaction, [endpoint_id])
    some = (
        select(deliveries.c.id)
        .where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.status == "pending")
        .where(deliveries.c.lease_until.is_(None))
        .limit(BATCH)
    )
    result = await transaction.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(some))
        .values(status="failed", reason=REASON_ENDPOINT_OFF, next_attempt_at=None, finished_at=now)
    )
    return result.rowcount == BATCH


async def remove_some(transaction: Transaction, endpoint_id: str) -> bool:
    """Delete some of what a deleted endpoint was sent, or at last the endpoint; whether there is more."""
    some = select(deliveries.c.id).where(deliveries.c.endpoint_id == endpoint_id).limit(BATCH)
    result = await transaction.execute(delete(deliveries).where(deliveries.c.id.in_(some)))
    if result.rowcount == BATCH:
        return True
    await transaction.execute(delete(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.state == "deleted"))
    return False


def _missed(task: SendMissed, event_types: Sequence[str] | None) -> ColumnElement[bool]:
    wanted = messages.c.type.in_(event_types) if event_types is not None else true()
    about_another = messages.c.about.is_distinct_from(task.endpoint_id)
    lasting = messages.c.type.not_in((PROGRESS, TEST))
    never_made = and_(deliveries.c.id.is_(None), wanted, about_another, lasting)
    failed = and_(deliveries.c.status == "failed", messages.c.type != PROGRESS)
    return failed if task.what == "failed" else or_(never_made, failed)


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
    return None if number is None else Stored(number, message.event_id, message.body)


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
