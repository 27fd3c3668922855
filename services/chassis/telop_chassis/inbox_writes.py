"""How rows get into the inbox: records from Kafka in batches, and tasks in the transaction that wants them.

A record is known by (tenant, source, event id). The same key with the same payload is stored once; with another
payload it becomes a dead letter `id_reused`. A record that is no event is stored with its raw bytes and its reason,
so that a worker can end what depended on it. Rows of an ended job are closed at once, unless their type outlives it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog
from sqlalchemy import text
from telop_contracts.codec import Undecodable

if TYPE_CHECKING:
    from telop_chassis.database import Transaction
    from telop_chassis.tasks import Task

CHANNEL: Final = "telop_inbox"
REASON_ID_REUSED: Final = "id_reused"
REASON_NOT_STORABLE: Final = "not_storable"
OWN_SOURCES: Final = ("task", "kafka")
"""Sources of rows that no event made: an event that bore one could take a task's place, or pass for a broken record."""
_log = structlog.get_logger(__name__)
SEGMENT_STEP_S: Final = 5.0
"""What one segment, or one other open job of the tenant, costs in the claim order (DESIGN, section 4)."""


@dataclass(frozen=True)
class Arrival:
    """A record on its way into the inbox. With a `reason` it is no event, and `payload` holds its raw bytes."""

    tenant: str
    source: str
    event_id: str
    type: str
    subject: str
    topic: str
    key: bytes | None
    headers: dict[str, str]
    traceparent: str | None
    payload: bytes
    outlives_job: bool
    segment_index: int = 0
    affinity: str | None = None
    reason: str | None = None
    detail: str | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the payload."""
        return hashlib.sha256(self.payload).digest()

    def poisoned(self, error: Undecodable, place: str) -> Arrival:
        """Return this record as one that is no event, keyed by its place in Kafka."""
        return replace(
            self,
            source="kafka",
            event_id=f"{place}:{self.digest.hex()[:16]}",
            reason=error.reason,
            detail=error.detail,
        )


_INSERT: Final = """
    WITH arrival AS (
        SELECT * FROM unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[],
            $9::text[], $10::bytea[], $11::bytea[], $12::text[], $13::text[], $14::text[], $15::bool[], $16::float8[]
        ) WITH ORDINALITY AS a (
            tenant, source, event_id, type, subject, topic, key, headers,
            traceparent, payload, digest, affinity, reason, detail, outlives_job, index_s, ordinal
        )
    ), busy AS (
        SELECT tenant, count(DISTINCT subject) * $17::float8 AS tenant_s FROM inbox
        WHERE status = 'waiting' AND tenant IN (SELECT tenant FROM arrival) GROUP BY tenant
    )
    INSERT INTO inbox (tenant, source, event_id, type, subject, topic, key, headers, traceparent, payload, digest,
                       affinity, reason, detail, status, finished_at, due_at, priority_at)
    SELECT a.tenant, a.source, a.event_id, a.type, a.subject, a.topic, a.key, a.headers::jsonb, a.traceparent,
           CASE WHEN ended.job_id IS NULL THEN a.payload END, a.digest, a.affinity, a.reason, a.detail,
           CASE WHEN ended.job_id IS NULL THEN 'waiting' ELSE 'closed' END,
           CASE WHEN ended.job_id IS NOT NULL THEN clock_timestamp() END,
           clock_timestamp(),
           clock_timestamp() + make_interval(secs => a.index_s + coalesce(busy.tenant_s, 0))
    FROM arrival a
    LEFT JOIN ended_jobs ended ON ended.job_id = a.subject AND NOT a.outlives_job AND a.reason IS NULL
    LEFT JOIN busy ON busy.tenant = a.tenant
    ORDER BY a.ordinal
    ON CONFLICT ON CONSTRAINT inbox_event DO NOTHING
"""

_REUSED: Final = """
    SELECT a.ordinal FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY
        AS a (tenant, source, event_id, digest, ordinal)
    JOIN inbox i USING (tenant, source, event_id)
    WHERE i.digest <> a.digest
"""

_BURY: Final = """
    INSERT INTO inbox (tenant, source, event_id, type, subject, topic, key, headers, traceparent, payload, digest,
                       reason, detail, status, finished_at, due_at, priority_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, 'dead',
            clock_timestamp(), clock_timestamp(), clock_timestamp())
    ON CONFLICT ON CONSTRAINT inbox_event DO NOTHING
"""

_SCHEDULE: Final = text("""
    INSERT INTO inbox (tenant, source, event_id, type, subject, traceparent, payload, digest, status,
                       due_at, priority_at)
    SELECT :tenant, 'task', :event_id, :type, :subject, :traceparent, :payload, :digest,
           CASE WHEN w.due_at > clock_timestamp() THEN 'scheduled' ELSE 'waiting' END, w.due_at, w.due_at
    FROM (SELECT coalesce(:due_at, clock_timestamp()) AS due_at) AS w
    ON CONFLICT ON CONSTRAINT inbox_event DO NOTHING
""")


async def insert(connection: asyncpg.Connection[asyncpg.Record], arrivals: Sequence[Arrival]) -> None:
    """Store a batch in one statement, and what reuses an id for another payload as dead letters."""
    columns = list(
        zip(
            *(
                (
                    *(each.tenant, each.source, each.event_id, each.type, each.subject, each.topic, each.key),
                    *(json.dumps(each.headers), each.traceparent, each.payload, each.digest, each.affinity),
                    *(each.reason, each.detail, each.outlives_job, each.segment_index * SEGMENT_STEP_S),
                )
                for each in arrivals
            ),
            strict=True,
        )
    )
    async with connection.transaction():
        await connection.execute(_INSERT, *map(list, columns), SEGMENT_STEP_S)
        keys = [list(columns[position]) for position in (0, 1, 2, 10)]
        for row in await connection.fetch(_REUSED, *keys):
            _log.error("dead_letter", type=arrivals[row["ordinal"] - 1].type, reason=REASON_ID_REUSED)
            await bury(connection, arrivals[row["ordinal"] - 1], REASON_ID_REUSED)


async def bury(connection: asyncpg.Connection[asyncpg.Record], arrival: Arrival, reason: str) -> None:
    """Store a record as a dead letter at once: what it names is untouched."""
    event_id = f"{reason}:{hashlib.sha256(f'{arrival.source}/{arrival.event_id}'.encode()).hexdigest()[:16]}"
    await connection.execute(
        _BURY,
        arrival.tenant,
        "kafka",
        f"{event_id}:{arrival.digest.hex()[:16]}",
        arrival.type,
        arrival.subject,
        arrival.topic,
        arrival.key,
        json.dumps(arrival.headers),
        arrival.traceparent,
        arrival.payload,
        arrival.digest,
        reason,
        arrival.detail,
    )


async def schedule(transaction: Transaction, task: Task, tenant: str, due_at: datetime | None) -> None:
    """Insert a task; nothing happens if its dedup key is there already."""
    payload = task.model_dump_json().encode()
    await transaction.execute(
        _SCHEDULE,
        {
            "tenant": tenant,
            "event_id": f"{task.TYPE}:{task.dedup_key}",
            "type": task.TYPE,
            "subject": task.job_id or "",
            "traceparent": transaction.traceparent,
            "payload": payload,
            "digest": hashlib.sha256(payload).digest(),
            "due_at": due_at.astimezone(UTC) if due_at else None,
        },
    )
    transaction.notify(CHANNEL)
