"""Dead letters are rows of the inbox: listed by tenant, and put back for another try.

A record that was no event is decoded again with today's settings; if it still is none, it stays dead. What reached
the service without a readable tenant belongs to nobody: every admin sees its type and reason, but not its job.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Row, func, select, update

from telop_chassis import inbox_writes
from telop_chassis.consumer import Incoming, Subscription, decode
from telop_chassis.database import Database, Transaction
from telop_chassis.dead_letter_routes import DeadLetter
from telop_chassis.problems import Conflict, NotFound
from telop_chassis.tables import ended_jobs, inbox

NOBODY: Final = ""


class JobHasEnded(Conflict):
    """Nothing may happen to an ended job."""

    code = "job_ended"
    title = "The job has ended"


class StillUndecodable(Conflict):
    """The record is no event, now as then."""

    code = "still_undecodable"
    title = "The record still cannot be decoded"


class DeadLetters:
    """The dead letters of one service. `outliving` are the types that run after their job ended as well."""

    def __init__(
        self, database: Database, subscriptions: Mapping[str, Subscription], outliving: Collection[str] = ()
    ) -> None:
        self._database = database
        self._subscriptions = dict(subscriptions)
        self._outliving = frozenset(outliving)

    async def newest(self, tenant: str, *, limit: int, before: int | None) -> Sequence[DeadLetter]:
        """Return dead rows of the tenant, and nobody's, the newest first, only ids below `before`."""
        query = select(inbox).where(inbox.c.status == "dead", inbox.c.tenant.in_((tenant, NOBODY)))
        if before is not None:
            query = query.where(inbox.c.id < before)
        async with self._database.transaction("list dead letters") as transaction:
            rows = (await transaction.execute(query.order_by(inbox.c.id.desc()).limit(limit))).all()
        return [
            DeadLetter(
                id=row.id,
                event_id=row.event_id,
                source=row.source,
                type=row.type,
                subject=row.subject if row.tenant else "",
                reason=row.reason,
                detail=row.detail or "",
                attempts=row.attempts,
                received_at=row.received_at,
                died_at=row.finished_at,
            )
            for row in rows
        ]

    async def requeue(self, tenant: str, event_id: str) -> None:
        """Put a dead row back to waiting; raises `NotFound`, or a `Conflict` if its job has ended or it is no event."""
        query = (
            select(inbox)
            .where(inbox.c.status == "dead", inbox.c.event_id == event_id, inbox.c.tenant.in_((tenant, NOBODY)))
            .order_by(inbox.c.id.desc())
            .limit(1)
            .with_for_update()
        )
        async with self._database.transaction("requeue dead letter") as transaction:
            row = (await transaction.execute(query)).one_or_none()
            if row is None:
                raise NotFound("No dead letter with this id")
            tombstone = select(ended_jobs.c.job_id).where(ended_jobs.c.job_id == row.subject)
            if row.type not in self._outliving and await transaction.connection.scalar(tombstone):
                raise JobHasEnded
            if row.source == "kafka":
                await self._decode_again(transaction, row, tenant)
            else:
                await _wait_again(transaction, row.id)
            transaction.notify(inbox_writes.CHANNEL)

    async def _decode_again(self, transaction: Transaction, row: "Row[tuple[object, ...]]", tenant: str) -> None:
        subscription = self._subscriptions.get(row.topic)
        headers = tuple((name, text.encode()) for name, text in row.headers.items())
        incoming = Incoming(row.topic, row.key, headers, row.payload)
        arrival = decode(incoming, subscription, row.event_id) if subscription else None
        if arrival is None or arrival.reason is not None or arrival.tenant != tenant:
            raise StillUndecodable(arrival.reason if arrival and arrival.reason else "")
        values = {
            "tenant": arrival.tenant,
            "source": arrival.source,
            "event_id": arrival.event_id,
            "subject": arrival.subject,
        }
        key = [inbox.c[name] == value for name, value in values.items() if name != "subject"]
        if await transaction.connection.scalar(select(inbox.c.id).where(*key)):
            raise StillUndecodable(inbox_writes.REASON_ID_REUSED)
        await transaction.execute(update(inbox).where(inbox.c.id == row.id).values(values))
        await _wait_again(transaction, row.id)


async def _wait_again(transaction: Transaction, row_id: int) -> None:
    now = func.clock_timestamp()
    values: dict[str, object] = {"status": "waiting"}
    values |= {"reason": None, "detail": None, "attempts": 0, "deaths": 0, "finished_at": None}
    values |= {"due_at": now, "priority_at": now}
    await transaction.execute(update(inbox).where(inbox.c.id == row_id).values(values))
