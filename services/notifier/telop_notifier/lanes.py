"""The lanes: one queue of deliveries for each endpoint, and the locks that keep its books right.

`lanes.due_at` says from when a lane may have something that may be sent: it follows from its deliveries, its breaker,
its rate and what is in flight, so a lane that may not send costs a claim nothing, however long its queue is. It is
NULL while only an event can change that. Whoever changes what waits in a lane locks the lane first and then refreshes
it, in statements of their own: a statement sees only what was committed before it began.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Integer, Text
from telop_chassis.database import Transaction

CHANNEL: Final = "telop_deliveries"
BURST_S: Final = 0.1
"""A rate limit lets a tenth of a second's worth go at once."""

TIME: Final = DateTime(timezone=True)

_LOCK: Final = text("""
    SELECT * FROM lanes WHERE endpoint_id = ANY(:ids) ORDER BY endpoint_id FOR NO KEY UPDATE
""").bindparams(bindparam("ids", type_=ARRAY(Text)))

_HEAL: Final = text("""
    UPDATE lanes SET failures = 0, openings = 0, open_until = NULL, failing_since = NULL, warned_at = NULL, slow = false
    WHERE endpoint_id = :id
""")

_HALF_OPEN: Final = text("""
    UPDATE lanes SET open_until = LEAST(open_until, :now) WHERE endpoint_id = :id AND open_until IS NOT NULL
""").bindparams(bindparam("now", type_=TIME))

_WAKE: Final = text("""
    WITH locked AS (
        SELECT endpoint_id FROM lanes WHERE endpoint_id = ANY(:ids) ORDER BY endpoint_id FOR NO KEY UPDATE
    )
    UPDATE lanes l SET due_at = LEAST(l.due_at, :now) FROM locked WHERE l.endpoint_id = locked.endpoint_id
""").bindparams(bindparam("ids", type_=ARRAY(Text)), bindparam("now", type_=TIME))

_REFRESH: Final = text("""
    WITH lane AS (
        SELECT l.endpoint_id, l.open_until, e.state, e.rate_limit,
               CASE WHEN l.open_until IS NULL THEN e.max_concurrency ELSE 1 END AS capacity,
               l.in_flight + t.change AS in_flight,
               CASE WHEN t.change > 0 AND e.rate_limit IS NOT NULL
                    THEN GREATEST(coalesce(l.rate_at, :now), :now - make_interval(secs => :burst_s))
                         + make_interval(secs => t.change / e.rate_limit)
                    ELSE l.rate_at END AS rate_at,
               (SELECT d.next_attempt_at FROM deliveries d
                WHERE d.endpoint_id = l.endpoint_id AND d.status = 'pending' AND d.lease_until IS NULL
                ORDER BY d.next_attempt_at LIMIT 1) AS earliest
        FROM unnest(:ids, :changes) AS t (endpoint_id, change)
        JOIN lanes l USING (endpoint_id) JOIN endpoints e ON e.id = l.endpoint_id
    )
    UPDATE lanes l SET in_flight = lane.in_flight, rate_at = lane.rate_at, due_at = CASE
        WHEN lane.state = 'active' AND lane.earliest IS NOT NULL AND lane.in_flight < lane.capacity
        THEN GREATEST(lane.earliest, :now, lane.open_until, CASE WHEN lane.rate_limit IS NOT NULL THEN lane.rate_at END)
        END
    FROM lane WHERE l.endpoint_id = lane.endpoint_id
""").bindparams(
    bindparam("ids", type_=ARRAY(Text)), bindparam("changes", type_=ARRAY(Integer)), bindparam("now", type_=TIME)
)


async def lock(transaction: Transaction, endpoint_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Lock lanes, always in the same order, and return them; those of deleted endpoints are left out."""
    found = await transaction.execute(_LOCK, {"ids": sorted(set(endpoint_ids))})
    return {row.endpoint_id: row for row in found}


async def refresh(transaction: Transaction, changes: Mapping[str, int], *, now: datetime) -> None:
    """Work out when locked lanes are due next; `changes` says how many more, or fewer, each has in flight now."""
    parameters = {"ids": list(changes), "changes": list(changes.values()), "now": now, "burst_s": BURST_S}
    await transaction.execute(_REFRESH, parameters)


async def heal(transaction: Transaction, endpoint_id: str) -> None:
    """Forget the failures of a locked lane: its owner says that the endpoint is well."""
    await transaction.execute(_HEAL, {"id": endpoint_id})


async def half_open(transaction: Transaction, endpoint_id: str, *, now: datetime) -> None:
    """Let one attempt through an open breaker now: the owner asks for it."""
    await transaction.execute(_HALF_OPEN, {"id": endpoint_id, "now": now})


async def wake(transaction: Transaction, endpoint_ids: Sequence[str], *, now: datetime) -> None:
    """Let somebody look at the lanes of these endpoints: the last thing a transaction does that added deliveries."""
    if endpoint_ids:
        await transaction.execute(_WAKE, {"ids": list(endpoint_ids), "now": now})
        transaction.notify(CHANNEL)
