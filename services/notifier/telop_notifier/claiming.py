"""Claiming: which attempts a process makes next.

A claim locks a few lanes that are due, the one that has waited longest first, and leases a fair share from each: no
more than the endpoint's own limit leaves in flight, one while its breaker is half-open, none faster than its rate. An
endpoint that hangs therefore holds its own limit and nothing else, and its queue is not even looked at. Lanes of slow
endpoints have a share of their own. Leases are by the database's clock, due times by the process's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid
from telop_chassis.database import Database, Transaction

from telop_notifier import lanes
from telop_notifier.delivery import PROGRESS

_DUE_LANES: Final = text("""
    SELECT endpoint_id FROM lanes WHERE due_at <= :now AND (NOT slow OR :slow_free > 0)
    ORDER BY due_at LIMIT :lanes FOR NO KEY UPDATE SKIP LOCKED
""").bindparams(bindparam("now", type_=lanes.TIME))

_CLAIM: Final = text(f"""
    WITH lane AS (
        SELECT l.endpoint_id, l.slow, LEAST(
            CASE WHEN l.open_until > :now THEN 0
                 WHEN NOT l.slow THEN :quota
                 WHEN row_number() OVER (PARTITION BY l.slow ORDER BY l.due_at) <= :slow_free THEN 1
                 ELSE 0 END,
            CASE WHEN l.open_until IS NULL THEN e.max_concurrency ELSE 1 END - l.in_flight,
            CASE WHEN e.rate_limit IS NULL THEN :quota WHEN l.rate_at > :now THEN 0
                 ELSE 1 + floor(extract(epoch FROM :now - GREATEST(coalesce(l.rate_at, :now),
                     :now - make_interval(secs => {lanes.BURST_S}))) * e.rate_limit) END
        ) AS granted
        FROM lanes l JOIN endpoints e ON e.id = l.endpoint_id
        WHERE l.endpoint_id = ANY(:ids) AND e.state = 'active'
    ), chosen AS (
        SELECT d.id, lane.slow FROM lane CROSS JOIN LATERAL (
            SELECT id FROM deliveries
            WHERE endpoint_id = lane.endpoint_id AND status = 'pending' AND lease_until IS NULL
            AND next_attempt_at <= :now
            ORDER BY next_attempt_at LIMIT GREATEST(lane.granted, 0)
        ) d
    )
    UPDATE deliveries d
    SET lease_token = :token, lease_until = clock_timestamp() + make_interval(secs => :lease_s)
    FROM chosen c, messages m, endpoints e
    WHERE d.id = c.id AND m.id = d.message_id AND e.id = d.endpoint_id
    RETURNING d.id, d.endpoint_id, d.tenant, d.round, d.tries, d.format, d.traceparent AS replayed_from,
        coalesce(d.body, m.body) AS body, m.type, m.job_id, m.sequence, m.traceparent, c.slow,
        e.url, e.secret, e.headers, CASE WHEN e.previous_secret_until > :now THEN e.previous_secret END AS previous,
        m.type = '{PROGRESS}' AND EXISTS (
            SELECT 1 FROM messages n WHERE n.tenant = m.tenant AND n.job_id = m.job_id AND n.sequence > m.sequence
        ) AS superseded
""").bindparams(  # noqa: S608 - constants
    bindparam("now", type_=lanes.TIME), bindparam("ids", type_=ARRAY(Text)), bindparam("token", type_=Uuid)
)

_SUPERSEDE: Final = text("""
    UPDATE deliveries SET status = 'superseded', lease_token = NULL, lease_until = NULL, next_attempt_at = NULL,
        finished_at = :now WHERE id = ANY(:ids)
""").bindparams(bindparam("now", type_=lanes.TIME), bindparam("ids", type_=ARRAY(Text)))

_NEXT: Final = text("SELECT min(due_at) FROM lanes WHERE due_at > :now").bindparams(bindparam("now", type_=lanes.TIME))


@dataclass(frozen=True)
class Claimed:
    """One attempt to make. `sealed` are the secrets that sign, and the endpoint's own headers, as they are stored.

    `tries` counts attempts in this round of the schedule; `replayed_from` is the span that asked for a replay.
    """

    id: str
    token: UUID
    endpoint_id: str
    tenant: str
    type: str
    job_id: str | None
    sequence: int | None
    round: int
    tries: int
    format: str
    body: bytes
    url: str
    sealed_secrets: tuple[str, ...]
    sealed_headers: str | None
    traceparent: str | None
    replayed_from: str | None
    slow: bool


@dataclass(frozen=True)
class Claim:
    """What a claim gave. `exhausted` says that all lanes that are due were looked at.

    If it gave nothing, `next_due` says when the next lane is due; what it gave wakes its claimer when it is done.
    """

    attempts: Sequence[Claimed]
    exhausted: bool
    next_due: datetime | None


async def claim(database: Database, *, limit: int, slow_free: int, lease_s: float, now: datetime) -> Claim:
    """Lease up to `limit` attempts that are due, at most `slow_free` of them to slow endpoints."""
    async with database.transaction("claim deliveries") as transaction:
        due = await transaction.execute(_DUE_LANES, {"now": now, "slow_free": slow_free, "lanes": limit})
        ids = list(due.scalars())
        found = await _claim_from(transaction, ids, limit=limit, slow_free=slow_free, lease_s=lease_s, now=now)
        next_due = None if found else (await transaction.execute(_NEXT, {"now": now})).scalar_one()
        return Claim(found, len(ids) < limit, next_due)


async def _claim_from(
    transaction: Transaction, ids: Sequence[str], *, limit: int, slow_free: int, lease_s: float, now: datetime
) -> list[Claimed]:
    if not ids:
        return []
    token = uuid4()
    quota = max(1, limit // len(ids))
    rows = await transaction.execute(
        _CLAIM,
        {"ids": ids, "now": now, "quota": quota, "slow_free": slow_free, "token": token, "lease_s": lease_s},
    )
    claimed, superseded = list[Claimed](), list[str]()
    for row in rows:
        superseded.append(row.id) if row.superseded else claimed.append(_claimed(row._mapping, token))
    if superseded:
        await transaction.execute(_SUPERSEDE, {"ids": superseded, "now": now})
    taken = Counter(each.endpoint_id for each in claimed)
    await lanes.refresh(transaction, {endpoint_id: taken[endpoint_id] for endpoint_id in ids}, now=now)
    return claimed


def _claimed(row: Any, token: UUID) -> Claimed:
    names = set(Claimed.__dataclass_fields__) - {"token", "sealed_secrets", "sealed_headers"}
    secrets = (row["secret"], *(row["previous"] or "").split())
    values = {name: row[name] for name in names}
    return Claimed(token=token, sealed_secrets=secrets, sealed_headers=row["headers"], **values)
