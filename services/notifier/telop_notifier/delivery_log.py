"""The log of an endpoint's deliveries, and sending one of them again.

A replay keeps id and bytes and begins a new round of attempts, in a new trace that links to the old one. It is refused
while an attempt may be on its way, so that no delivery is ever sent twice at the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, select
from telop_chassis.database import Database, Transaction
from telop_chassis.problems import Conflict, NotFound

from telop_notifier import ledger
from telop_notifier.clock import Clock
from telop_notifier.endpoints import EndpointNotActive
from telop_notifier.tables import attempts, deliveries, endpoints, messages

MAX_ATTEMPTS_SHOWN: Final = 20
IN_FLIGHT_S: Final = 60.0
"""An attempt that is due this soon counts as on its way; the timeout of one is at most half of it."""


class DeliveryInFlight(Conflict):
    """An attempt is on its way."""

    code = "delivery_in_flight"
    title = "An attempt of this delivery is on its way"


@dataclass(frozen=True)
class Attempt:
    """One request. Without a status code, `reason` says why there was no answer."""

    number: int
    started_at: datetime
    latency_ms: int
    status_code: int | None
    reason: str | None
    trace_id: str


@dataclass(frozen=True)
class Delivery:
    """One webhook at one endpoint, with its newest attempts in order. `trace_id` is that of the job."""

    id: str
    message_id: int
    endpoint_id: str
    type: str
    job_id: str | None
    sequence: int | None
    status: str
    reason: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    trace_id: str | None
    attempts: tuple[Attempt, ...]


class DeliveryLog:
    """Shows deliveries and replays them, each for one tenant only."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, tenant: str, endpoint_id: str, *, before: int | None, limit: int) -> list[Delivery]:
        """Return up to `limit` deliveries of an endpoint, newest first, before a message; raises `NotFound`."""
        statement = _shown().where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.tenant == tenant)
        if before is not None:
            statement = statement.where(deliveries.c.message_id < before)
        async with self._database.transaction("list deliveries") as transaction:
            owned = await transaction.execute(
                select(endpoints.c.id).where(endpoints.c.id == endpoint_id, endpoints.c.tenant == tenant)
            )
            if owned.one_or_none() is None:
                raise NotFound
            found = await transaction.execute(statement.order_by(deliveries.c.message_id.desc()).limit(limit))
            return await _with_attempts(transaction, found.all())

    async def replay(self, tenant: str, delivery_id: str) -> Delivery:
        """Send a delivery again, now; raises `NotFound`, `EndpointNotActive` or `DeliveryInFlight`."""
        async with self._database.transaction("replay delivery") as transaction:
            mine = _shown().where(deliveries.c.id == delivery_id, deliveries.c.tenant == tenant)
            row = (await transaction.execute(mine.with_for_update(of=deliveries))).one_or_none()
            if row is None:
                raise NotFound
            if row.state != "active":
                raise EndpointNotActive
            soon = self._clock() + timedelta(seconds=IN_FLIGHT_S)
            if row.status == "pending" and row.next_attempt_at <= soon:
                raise DeliveryInFlight
            await ledger.end(transaction, delivery_id, "held")
            stored = ledger.Stored(row.message_id, row.event_id, row.job_id)
            for each in await ledger.start(transaction, [(row.endpoint_id, stored)], tenant=tenant):
                await transaction.schedule(each.task, tenant=tenant, due_at=each.due_at)
            changed = await transaction.execute(_shown().where(deliveries.c.id == delivery_id))
            return (await _with_attempts(transaction, changed.all()))[0]


def _shown() -> Select[Any]:
    return select(
        deliveries.c.id, deliveries.c.message_id, deliveries.c.endpoint_id, deliveries.c.status, deliveries.c.reason,
        deliveries.c.next_attempt_at, deliveries.c.created_at, deliveries.c.finished_at, deliveries.c.attempts,
        messages.c.type, messages.c.job_id, messages.c.sequence, messages.c.traceparent, messages.c.event_id,
        endpoints.c.state,
    ).select_from(deliveries.join(messages).join(endpoints))  # fmt: skip


async def _with_attempts(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Delivery]:
    found = await transaction.execute(
        select(attempts)
        .join(deliveries)
        .where(attempts.c.delivery_id.in_([row.id for row in rows]))
        .where(attempts.c.number > deliveries.c.attempts - MAX_ATTEMPTS_SHOWN)
        .order_by(attempts.c.number)
    )
    made: dict[str, list[Attempt]] = {}
    for row in found:
        values = {name: row._mapping[name] for name in Attempt.__dataclass_fields__}
        made.setdefault(row.delivery_id, []).append(Attempt(**values))
    return [_delivery(row, made.get(row.id, [])) for row in rows]


def _delivery(row: Row[Any], made: Sequence[Attempt]) -> Delivery:
    return Delivery(
        id=row.id,
        message_id=row.message_id,
        endpoint_id=row.endpoint_id,
        type=row.type,
        job_id=row.job_id,
        sequence=row.sequence,
        status=row.status,
        reason=row.reason,
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
        trace_id=row.traceparent.split("-")[1] if row.traceparent else None,
        attempts=tuple(made),
    )
