"""The log of an endpoint's deliveries, and sending one of them again.

A replay keeps id and bytes and begins a new round of attempts, in a new trace that links to the old one. It is refused
while an attempt is on its way, so that no delivery is ever sent twice at the same time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, select, true, update
from telop_chassis.database import Database, Transaction
from telop_chassis.problems import Conflict, NotFound

from telop_notifier import lanes
from telop_notifier.clock import Clock
from telop_notifier.endpoints import EndpointNotActive
from telop_notifier.ledger import begun_again
from telop_notifier.tables import attempts, deliveries, endpoints, messages
from telop_notifier.tables import lanes as lanes_table

MAX_ATTEMPTS_SHOWN: Final = 20


class DeliveryInFlight(Conflict):
    """An attempt is on its way."""

    code = "delivery_in_flight"
    title = "An attempt of this delivery is on its way"


@dataclass(frozen=True)
class Attempt:
    """One request. Without a status code, `reason` says why there was no answer; the heads are as they are kept."""

    number: int
    started_at: datetime
    latency_ms: int
    status_code: int | None
    reason: str | None
    trace_id: str
    trace_link: str | None
    request: Mapping[str, Any] | None
    response: Mapping[str, str] | None


@dataclass(frozen=True)
class Delivery:
    """One webhook at one endpoint, with its newest attempts in order. `trace_id` is that of the job.

    `status` is `held` while the endpoint is paused; `next_attempt_at` takes an open circuit breaker into account.
    """

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
    trace_link: str | None
    attempts: tuple[Attempt, ...]


class DeliveryLog:
    """Shows deliveries and replays them, each for one tenant only."""

    def __init__(self, database: Database, *, clock: Clock, trace_url: str | None) -> None:
        self._database = database
        self._clock = clock
        self._trace_url = trace_url

    async def page(
        self, tenant: str, endpoint_id: str, *, status: str | None, before: int | None, limit: int
    ) -> list[Delivery]:
        """Return up to `limit` deliveries of an endpoint, newest first, before a message; raises `NotFound`."""
        wanted = deliveries.c.status == ("pending" if status == "held" else status) if status else true()
        statement = _shown().where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.tenant == tenant, wanted)
        if before is not None:
            statement = statement.where(deliveries.c.message_id < before)
        async with self._database.transaction("list deliveries") as transaction:
            owned = await transaction.execute(
                select(endpoints.c.state)
                .join(lanes_table)
                .where(endpoints.c.id == endpoint_id, endpoints.c.tenant == tenant)
            )
            state = owned.scalar_one_or_none()
            if state is None:
                raise NotFound
            if status in ("held", "pending") and (status == "held") != (state == "paused"):
                return []
            found = await transaction.execute(statement.order_by(deliveries.c.message_id.desc()).limit(limit))
            return await self._with_attempts(transaction, found.all())

    async def get(self, tenant: str, delivery_id: str) -> Delivery:
        """Return one delivery; raises `NotFound`."""
        async with self._database.transaction("get delivery") as transaction:
            found = await transaction.execute(_shown().where(_is(tenant, delivery_id)))
            shown = await self._with_attempts(transaction, found.all())
        if not shown:
            raise NotFound
        return shown[0]

    async def replay(self, tenant: str, delivery_id: str) -> Delivery:
        """Send a delivery again, now; raises `NotFound`, `EndpointNotActive` or `DeliveryInFlight`."""
        now = self._clock()
        async with self._database.transaction("replay delivery") as transaction:
            row = (await transaction.execute(_shown().where(_is(tenant, delivery_id)))).one_or_none()
            if row is None:
                raise NotFound
            if row.state != "active":
                raise EndpointNotActive
            await lanes.lock(transaction, [row.endpoint_id])
            at_rest = and_(_is(tenant, delivery_id), deliveries.c.lease_until.is_(None))
            again = await transaction.execute(update(deliveries).where(at_rest).values(begun_again(transaction, now)))
            if again.rowcount == 0:
                raise DeliveryInFlight
            await lanes.half_open(transaction, row.endpoint_id, now=now)
            await lanes.wake(transaction, [row.endpoint_id], now=now)
            changed = await transaction.execute(_shown().where(_is(tenant, delivery_id)))
            return (await self._with_attempts(transaction, changed.all()))[0]

    async def _with_attempts(self, transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Delivery]:
        found = await transaction.execute(
            select(attempts)
            .join(deliveries)
            .where(attempts.c.delivery_id.in_([row.id for row in rows]))
            .where(attempts.c.number > deliveries.c.attempts - MAX_ATTEMPTS_SHOWN)
            .order_by(attempts.c.number)
        )
        made: dict[str, list[Attempt]] = {}
        for row in found:
            values = {name: row._mapping[name] for name in Attempt.__dataclass_fields__ if name != "trace_link"}
            attempt = Attempt(**values, trace_link=self._trace_link(row.trace_id))
            made.setdefault(row.delivery_id, []).append(attempt)
        return [self._delivery(row, made.get(row.id, [])) for row in rows]

    def _delivery(self, row: Row[Any], made: Sequence[Attempt]) -> Delivery:
        trace_id = row.traceparent.split("-")[1] if row.traceparent else None
        waits = row.status == "pending"
        return Delivery(
            id=row.id,
            message_id=row.message_id,
            endpoint_id=row.endpoint_id,
            type=row.type,
            job_id=row.job_id,
            sequence=row.sequence,
            status="held" if waits and row.state == "paused" else row.status,
            reason=row.reason,
            next_attempt_at=max(row.next_attempt_at, row.open_until or row.next_attempt_at) if waits else None,
            created_at=row.created_at,
            finished_at=row.finished_at,
            trace_id=trace_id,
            trace_link=self._trace_link(trace_id),
            attempts=tuple(made),
        )

    def _trace_link(self, trace_id: str | None) -> str | None:
        return self._trace_url.replace("{trace_id}", trace_id) if self._trace_url and trace_id else None


def _is(tenant: str, delivery_id: str) -> ColumnElement[bool]:
    return and_(deliveries.c.tenant == tenant, deliveries.c.id == delivery_id)


def _shown() -> Select[Any]:
    return select(
        deliveries.c.id, deliveries.c.message_id, deliveries.c.endpoint_id, deliveries.c.status, deliveries.c.reason,
        deliveries.c.next_attempt_at, deliveries.c.created_at, deliveries.c.finished_at,
        messages.c.type, messages.c.job_id, messages.c.sequence, messages.c.traceparent,
        endpoints.c.state, lanes_table.c.open_until,
    ).select_from(deliveries.join(messages).join(endpoints).join(lanes_table))  # fmt: skip
