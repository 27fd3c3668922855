"""The row of a job: locking it, changing it, and storing each change for those who watch.

Every change of state is made under the row's lock and draws the next sequence there, so that sequences grow in the
order in which the changes became visible. The stored event of a change is what SSE replays; its payload is the state
after the change.
"""

import json
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from telop_chassis.database import Transaction
from telop_chassis.logs import get_logger
from telop_chassis.telemetry import link_current_span

from telop_ingest.tables import job_events, jobs

QUEUED: Final = "queued"
RUNNING: Final = "running"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
ENDED: Final = frozenset({SUCCEEDED, FAILED, CANCELLED})
CHANNEL: Final = "telop_job_events"

JobRow = Row[Any]
_log = get_logger(__name__)


async def lock(transaction: Transaction, job_id: str, tenant: str) -> JobRow | None:
    """Return the tenant's job and hold its row until the transaction ends."""
    statement = select(jobs).where(jobs.c.job_id == job_id, jobs.c.tenant == tenant).with_for_update()
    return (await transaction.execute(statement)).one_or_none()


def stay_in_trace(transaction: Transaction, row: JobRow) -> None:
    """Let what a caller's request makes of a job go on in the job's own trace, and link the request to it."""
    link_current_span([row.traceparent])
    transaction.traceparent = row.traceparent


async def change(transaction: Transaction, job_id: str, event_type: str, **values: object) -> JobRow:
    """Change a locked row, draw the next sequence and store the event of the change; returns the row after it."""
    now = func.clock_timestamp()
    if values.get("status") in ENDED:
        values["finished_at"] = now
    row = (
        await transaction.execute(
            update(jobs)
            .where(jobs.c.job_id == job_id)
            .values(sequence=jobs.c.sequence + 1, moved_at=now, announced_at=now, **values)
            .returning(jobs)
        )
    ).one()
    await store_event(transaction, row, event_type)
    _log.info("job_changed", job_id=job_id, status=row.status, sequence=row.sequence, reason=row.error_reason)
    return row


async def store_event(transaction: Transaction, row: JobRow, event_type: str, **extra: object) -> None:
    """Store the event of the row's newest sequence and wake who watches the job."""
    await transaction.execute(
        job_events.insert().values(
            job_id=row.job_id, sequence=row.sequence, type=event_type, payload=json.dumps(_state(row) | extra)
        )
    )
    transaction.notify(CHANNEL, row.job_id)


def _state(row: JobRow) -> dict[str, object]:
    error = {"reason": row.error_reason, "detail": row.error_detail or ""} if row.error_reason else None
    return {
        "job_id": row.job_id,
        "sequence": row.sequence,
        "status": row.status,
        "progress": row.progress,
        "verdict": row.verdict,
        "stages": row.stages,
        "counts": row.counts,
        "error": error,
    }
