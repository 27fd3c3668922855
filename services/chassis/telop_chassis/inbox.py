"""The inbox as a durable queue: claim, heartbeat, finish, retry, return, bury, close. All times are the database's.

A lease is a token on a row; whoever finishes a row proves its token in the same transaction, so that a former holder
is refused. An attempt is counted when it starts. A lease that ran out counts as a death of its process and not as an
attempt; a lease that was returned counts as neither. Payloads go when the work is done; a dead letter keeps its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text

from telop_chassis.database import Transaction
from telop_chassis.failures import MAX_DEATHS, REASON_WORKER_DIED

RETENTION_DAYS: Final = 45
CANDIDATES: Final = 64
AFFINITY_BONUS_S: Final = 10.0
"""How far ahead of its turn a row may be taken because this worker holds its media: two segment steps."""


@dataclass(frozen=True)
class Lease:
    """A claimed row. `ended` tells that its job has ended meanwhile; `time` is the event's own, as it was written."""

    row_id: int
    token: UUID
    tenant: str
    source: str
    event_id: str
    type: str
    subject: str
    key: bytes | None
    traceparent: str | None
    payload: bytes
    reason: str | None
    attempts: int
    ended: bool
    time: str | None
    received_at: datetime


_CLAIM: Final = """
    WITH candidates AS MATERIALIZED (
        SELECT id FROM inbox WHERE status = 'waiting' AND type = ANY($1::text[])
        ORDER BY priority_at, id LIMIT $2
    ), chosen AS MATERIALIZED (
        SELECT i.id FROM inbox i JOIN candidates USING (id) WHERE i.status = 'waiting'
        ORDER BY i.priority_at - make_interval(
            secs => CASE WHEN i.affinity = ANY($3::text[]) THEN $4::float8 ELSE 0 END), i.id
        LIMIT $5 FOR UPDATE OF i SKIP LOCKED
    )
    UPDATE inbox i SET status = 'leased', attempts = i.attempts + 1, lease_token = $6,
                       lease_until = clock_timestamp() + make_interval(secs => $7)
    FROM chosen WHERE i.id = chosen.id
    RETURNING i.id, i.tenant, i.source, i.event_id, i.type, i.subject, i.key, i.traceparent, i.payload, i.reason,
              i.attempts, EXISTS (SELECT 1 FROM ended_jobs e WHERE e.job_id = i.subject) AS ended,
              i.headers ->> 'ce_time' AS time, i.received_at
"""

_HEARTBEAT: Final = """
    UPDATE inbox i SET lease_until = clock_timestamp() + make_interval(secs => $3)
    WHERE i.id = $1 AND i.lease_token = $2 AND i.status = 'leased'
    RETURNING EXISTS (SELECT 1 FROM ended_jobs e WHERE e.job_id = i.subject)
"""

_TEND: Final = (
    f"""
    UPDATE inbox SET status = 'waiting', lease_token = NULL, lease_until = NULL, attempts = attempts - 1,
        deaths = deaths + 1,
        reason = CASE WHEN deaths + 1 >= {MAX_DEATHS} THEN '{REASON_WORKER_DIED}' ELSE reason END
    WHERE id IN (SELECT id FROM inbox WHERE status = 'leased' AND lease_until < clock_timestamp()
                 FOR UPDATE SKIP LOCKED)
    """,  # noqa: S608 - constants
    """
    UPDATE inbox SET status = 'waiting'
    WHERE id IN (SELECT id FROM inbox WHERE status = 'scheduled' AND due_at <= clock_timestamp()
                 ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
    """,
)

_FINISH: Final = text("""
    UPDATE inbox SET status = CAST(:status AS text), reason = :reason, detail = :detail, lease_token = NULL,
        lease_until = NULL, finished_at = clock_timestamp(),
        payload = CASE WHEN CAST(:status AS text) = 'dead' THEN payload END
    WHERE id = :id AND lease_token = :token AND status = 'leased'
""")

_RETRY: Final = """
    UPDATE inbox SET status = 'scheduled', due_at = clock_timestamp() + make_interval(secs => $3),
        priority_at = clock_timestamp() + make_interval(secs => $3), detail = $4, lease_token = NULL, lease_until = NULL
    WHERE id = $1 AND lease_token = $2 AND status = 'leased'
"""

_RETURN: Final = """
    UPDATE inbox SET status = 'waiting', attempts = attempts - 1, lease_token = NULL, lease_until = NULL
    WHERE id = $1 AND lease_token = $2 AND status = 'leased'
"""

_CLOSE_JOB: Final = text("""
    UPDATE inbox SET status = 'closed', finished_at = clock_timestamp(), payload = NULL
    WHERE id IN (SELECT id FROM inbox
                 WHERE subject = :job_id AND status IN ('waiting', 'scheduled') AND reason IS NULL
                 AND NOT (type = ANY(CAST(:outliving AS text[]))) ORDER BY id FOR UPDATE)
""")

_PURGE: Final = """
    DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE status IN ('done', 'closed')
        AND finished_at < clock_timestamp() - make_interval(days => $1) LIMIT 5000)
"""


_PURGE_TOMBSTONES: Final = "DELETE FROM ended_jobs WHERE ended_at < clock_timestamp() - make_interval(days => $1)"


def _affected(status: str) -> int:
    return int(status.rpartition(" ")[2])


Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def claim(
    connection: Connection, *, types: Sequence[str], held: Sequence[str], limit: int, lease_s: float
) -> list[Lease]:
    """Lease up to `limit` waiting rows of these types, in claim order, media that are at hand first."""
    token = uuid4()
    arguments = (list(types), CANDIDATES, list(held), AFFINITY_BONUS_S, limit, token, lease_s)
    return [
        Lease(
            row_id=row["id"],
            token=token,
            payload=row["payload"] or b"",
            **{
                name: row[name]
                for name in (
                    *("tenant", "source", "event_id", "type", "subject", "key", "traceparent", "reason"),
                    *("attempts", "ended", "time", "received_at"),
                )
            },
        )
        for row in await connection.fetch(_CLAIM, *arguments)
    ]


async def heartbeat(connection: Connection, lease: Lease, lease_s: float) -> bool | None:
    """Prolong a lease; return whether its job has ended, or None if the lease is lost."""
    ended: bool | None = await connection.fetchval(_HEARTBEAT, lease.row_id, lease.token, lease_s)
    return ended


async def tend(connection: Connection) -> int:
    """Take back leases that ran out, and wake rows that are due; return how many rows now wait."""
    return sum([_affected(await connection.execute(statement)) for statement in _TEND])


async def finish(
    transaction: Transaction, lease: Lease, status: str, reason: str | None = None, detail: str | None = None
) -> bool:
    """Mark a row done, dead or closed inside the transaction that records it; False if the lease is lost."""
    parameters: dict[str, Any] = {"id": lease.row_id, "token": lease.token, "status": status}
    result = await transaction.execute(_FINISH, parameters | {"reason": reason, "detail": detail})
    return result.rowcount == 1


async def retry(connection: Connection, lease: Lease, delay_s: float, detail: str) -> bool:
    """Let the row wait for its next attempt; False if the lease is lost."""
    return _affected(await connection.execute(_RETRY, lease.row_id, lease.token, delay_s, detail)) == 1


async def give_back(connection: Connection, lease: Lease) -> bool:
    """Return a lease as if it had never been taken; False if it is lost."""
    return _affected(await connection.execute(_RETURN, lease.row_id, lease.token)) == 1


async def close_job(transaction: Transaction, job_id: str, outliving: Sequence[str]) -> None:
    """Close the waiting rows of an ended job, but for the types that outlive it."""
    await transaction.execute(_CLOSE_JOB, {"job_id": job_id, "outliving": list(outliving)})


async def purge(connection: Connection) -> None:
    """Delete rows, and tombstones of jobs, that ended longer ago than ids are kept."""
    await connection.execute(_PURGE_TOMBSTONES, RETENTION_DAYS)
    while _affected(await connection.execute(_PURGE, RETENTION_DAYS)):
        pass
