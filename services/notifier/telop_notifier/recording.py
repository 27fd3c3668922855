"""Recording: what became of attempts, many in one short transaction.

Each result is fenced by the token of its lease, so that a holder whose lease ran out is refused. The same transaction
moves the health of the endpoints, sets the next attempt, and asks for what follows: an event for a delivery that
nobody took, a warning, or the end of an endpoint. What is recorded twice changes nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Boolean, Integer, Text, Uuid
from telop_chassis.database import Database, Transaction
from telop_contracts.delivery.v1 import DeliveryExhausted

from telop_notifier import lanes
from telop_notifier.claiming import Claimed
from telop_notifier.delivery import PROGRESS, REASON_FAILING, Answer, Verdict
from telop_notifier.health import Health
from telop_notifier.tasks import SwitchOff, WarnOwner

MAX_DEATHS: Final = 5
REASON_WORKER_DIED: Final = "worker_died"
_HEALTH: Final = tuple(Health.__dataclass_fields__)


@dataclass(frozen=True)
class Result:
    """One attempt that was made: what was asked, what came of it, and what follows. `traceparent` is its span.

    `took_ms` is how long it held its slot, whatever the answer says of its latency.
    """

    claimed: Claimed
    answer: Answer
    verdict: Verdict
    next_at: datetime | None
    took_ms: int
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    traceparent: str | None


def _unnest(**columns: Any) -> str:
    return f"unnest({', '.join(':' + name for name in columns)}) AS r ({', '.join(columns)})"


_RESULT: Final[dict[str, Any]] = {
    "id": Text, "token": Uuid, "status": Text, "reason": Text, "next_at": lanes.TIME,
    "started_at": lanes.TIME, "latency_ms": Integer, "status_code": Integer, "trace_id": Text,
    "request": Text, "response": Text,
}  # fmt: skip

_RECORD: Final = text(f"""
    WITH recorded AS (
        UPDATE deliveries d SET status = r.status, reason = r.reason, next_attempt_at = r.next_at,
            attempts = d.attempts + 1, tries = d.tries + 1, deaths = 0, lease_token = NULL, lease_until = NULL,
            finished_at = CASE WHEN r.next_at IS NULL THEN CAST(:now AS timestamptz) END
        FROM {_unnest(**_RESULT)} WHERE d.id = r.id AND d.lease_token = r.token
        RETURNING d.id, d.attempts, r.reason, r.started_at, r.latency_ms, r.status_code, r.trace_id, r.request,
            r.response
    )
    INSERT INTO attempts (delivery_id, number, reason, started_at, latency_ms, status_code, trace_id, request, response)
    SELECT id, attempts, reason, started_at, latency_ms, status_code, trace_id, CAST(request AS jsonb),
        CAST(response AS jsonb)
    FROM recorded RETURNING delivery_id, number
""").bindparams(  # noqa: S608 - names of columns
    *(bindparam(name, type_=ARRAY(kind)) for name, kind in _RESULT.items()), bindparam("now", type_=lanes.TIME)
)

_HEALTH_TYPES: Final[dict[str, Any]] = {
    "endpoint_id": Text, "failures": Integer, "openings": Integer, "open_until": lanes.TIME,
    "failing_since": lanes.TIME, "warned_at": lanes.TIME, "slow": Boolean,
}  # fmt: skip

_SET_HEALTH: Final = text(f"""
    UPDATE lanes l SET {", ".join(f"{name} = r.{name}" for name in _HEALTH)}
    FROM {_unnest(**_HEALTH_TYPES)} WHERE l.endpoint_id = r.endpoint_id
""").bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _HEALTH_TYPES.items()))  # noqa: S608

_GIVE_BACK: Final = text("""
    UPDATE deliveries SET lease_token = NULL, lease_until = NULL WHERE id = ANY(:ids) AND lease_token = ANY(:tokens)
    RETURNING endpoint_id
""").bindparams(bindparam("ids", type_=ARRAY(Text)), bindparam("tokens", type_=ARRAY(Uuid)))

_LOST: Final = text("SELECT DISTINCT endpoint_id FROM deliveries WHERE lease_until < clock_timestamp()")

_TAKE_BACK: Final = text(f"""
    UPDATE deliveries d SET lease_token = NULL, lease_until = NULL, deaths = d.deaths + 1,
        status = CASE WHEN d.deaths + 1 >= {MAX_DEATHS} THEN 'failed' ELSE d.status END,
        reason = CASE WHEN d.deaths + 1 >= {MAX_DEATHS} THEN '{REASON_WORKER_DIED}' ELSE d.reason END,
        next_attempt_at = CASE WHEN d.deaths + 1 >= {MAX_DEATHS} THEN NULL ELSE d.next_attempt_at END,
        finished_at = CASE WHEN d.deaths + 1 >= {MAX_DEATHS} THEN CAST(:now AS timestamptz) END
    FROM messages m
    WHERE d.lease_until < clock_timestamp() AND d.endpoint_id = ANY(:ids) AND m.id = d.message_id
    RETURNING d.id, d.endpoint_id, d.tenant, d.status, d.attempts, d.reason, m.type, m.job_id, m.traceparent
""").bindparams(bindparam("ids", type_=ARRAY(Text)), bindparam("now", type_=lanes.TIME))  # noqa: S608 - constants


async def record(database: Database, results: Sequence[Result], *, now: datetime) -> None:
    """Write attempts down, and what follows from them."""
    async with database.transaction("record attempts") as transaction:
        locked = await lanes.lock(transaction, [each.claimed.endpoint_id for each in results])
        results = [each for each in results if each.claimed.endpoint_id in locked]  # the others were deleted meanwhile
        rows = await transaction.execute(_RECORD, _columns(list(_RESULT), map(_row, results)) | {"now": now})
        numbers = {row.delivery_id: row.number for row in rows}
        recorded = [each for each in results if each.claimed.id in numbers]
        for each in recorded:
            if each.verdict.status == "failed" and not each.verdict.disables and each.claimed.type != PROGRESS:
                transaction.traceparent = each.traceparent
                exhausted = _exhausted(each.claimed, numbers[each.claimed.id], each.verdict.reason)
                await transaction.append(exhausted, tenant=each.claimed.tenant)
        await _heal(transaction, locked, recorded, numbers, now)
        await _landed(transaction, locked, [each.claimed.endpoint_id for each in recorded], now)


async def _heal(
    transaction: Transaction,
    locked: Mapping[str, Row[Any]],
    recorded: Sequence[Result],
    numbers: Mapping[str, int],
    now: datetime,
) -> None:
    """Move the health of each endpoint, and ask for its warning or its end."""
    of_endpoint: defaultdict[str, list[Result]] = defaultdict(list)
    for each in recorded:
        of_endpoint[each.claimed.endpoint_id].append(each)
    changed: list[dict[str, Any]] = []
    for endpoint_id, results in of_endpoint.items():
        lane = locked[endpoint_id]
        health = before = Health(**{name: getattr(lane, name) for name in _HEALTH})
        for each in results:
            succeeded = each.verdict.status == "succeeded"
            health = health.after(succeeded=succeeded, took_ms=each.took_ms, now=now)
        gone = next((each for each in results if each.verdict.disables), None)
        last = gone or results[-1]
        transaction.traceparent = last.traceparent
        if gone or health.disables(now):
            reason = (gone.verdict.reason if gone else None) or REASON_FAILING
            cause = f"{last.claimed.id}:{numbers[last.claimed.id]}"
            switch_off = SwitchOff(endpoint_id=endpoint_id, cause=cause, reason=reason)
            await transaction.schedule(switch_off, tenant=last.claimed.tenant)
        elif health.warns(now):
            warning = WarnOwner(endpoint_id=endpoint_id, failing_since=health.failing_since or now)
            await transaction.schedule(warning, tenant=last.claimed.tenant)
            health = Health(**asdict(health) | {"warned_at": now})
        if health != before:
            changed.append({"endpoint_id": endpoint_id, **asdict(health)})
    if changed:
        await transaction.execute(_SET_HEALTH, _columns(list(_HEALTH_TYPES), changed))


async def give_back(database: Database, attempts: Sequence[Claimed], *, now: datetime) -> None:
    """Return leases as if they had never been taken."""
    async with database.transaction("return deliveries") as transaction:
        locked = await lanes.lock(transaction, [each.endpoint_id for each in attempts])
        tokens = list({each.token for each in attempts})
        returned = await transaction.execute(_GIVE_BACK, {"ids": [each.id for each in attempts], "tokens": tokens})
        await _landed(transaction, locked, returned.scalars().all(), now)
        transaction.notify(lanes.CHANNEL)


async def take_back(database: Database, *, now: datetime) -> None:
    """Free what a dead process held; a delivery that saw too many deaths ends."""
    async with database.transaction("take back deliveries") as transaction:
        lost = list((await transaction.execute(_LOST)).scalars())
        if not lost:
            return
        locked = await lanes.lock(transaction, lost)
        taken = (await transaction.execute(_TAKE_BACK, {"ids": list(locked), "now": now})).all()
        for row in taken:
            if row.status == "failed" and row.type != PROGRESS:
                transaction.traceparent = row.traceparent
                await transaction.append(_exhausted(row, row.attempts, row.reason), tenant=row.tenant)
        await _landed(transaction, locked, [row.endpoint_id for row in taken], now)
        transaction.notify(lanes.CHANNEL)


async def _landed(
    transaction: Transaction, locked: Mapping[str, Row[Any]], endpoint_ids: Sequence[str], now: datetime
) -> None:
    """Refresh locked lanes after these were in flight no more, each id once for each delivery."""
    landed = Counter(endpoint_ids)
    changes = {endpoint_id: -landed[endpoint_id] for endpoint_id in locked}
    await lanes.refresh(transaction, changes, now=now)


def _row(result: Result) -> dict[str, Any]:
    answer, verdict = result.answer, result.verdict
    return {
        "id": result.claimed.id,
        "token": result.claimed.token,
        "status": verdict.status,
        "reason": verdict.reason,
        "next_at": result.next_at,
        "started_at": answer.started_at,
        "latency_ms": answer.latency_ms,
        "status_code": answer.status_code,
        "trace_id": answer.trace_id,
        "request": json.dumps(result.request),
        "response": json.dumps(result.response),
    }


def _columns(names: Sequence[str], rows: Any) -> dict[str, list[Any]]:
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in names}


def _exhausted(delivery: Any, attempts: int, reason: str | None) -> DeliveryExhausted:
    return DeliveryExhausted(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.id,
        job_id=delivery.job_id,
        event_type=delivery.type,
        attempts=attempts,
        reason=reason or REASON_WORKER_DIED,
    )
