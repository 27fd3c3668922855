"""The life of a job: accepted once per idempotency key, ended once, and by nobody but this service.

An end is a compare-and-set under the row's lock: whichever end comes first stands, the others have no effect. All
functions work in the caller's transaction, so that a job, its events and its tasks are there together or not at all.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.ended_jobs import end_job
from telop_chassis.logs import get_logger
from telop_chassis.problems import Conflict, NotFound
from telop_chassis.telemetry import current_traceparent, job_trace
from telop_contracts.check.v1 import CheckResult
from telop_contracts.job.v1 import (
    REASON_CANCELLED,
    REASON_STALLED,
    JobAccepted,
    JobCancelled,
    JobChecked,
    JobCompleted,
    JobFailed,
)
from telop_contracts.media.v1 import CheckRequest

from telop_ingest import job_rows
from telop_ingest.job_rows import CANCELLED, ENDED, FAILED, QUEUED, JobRow, change, lock
from telop_ingest.reasons import sentence
from telop_ingest.tables import jobs
from telop_ingest.tasks import DeleteJob, FetchMedia, StallCheck

HTTP: Final = "http"
"""The origin of jobs that came over HTTP; the others name the source of their event."""
_log = get_logger(__name__)
_OUTLIVING: Final = (JobChecked.TYPE, DeleteJob.TYPE)


class IdempotencyKeyReused(Conflict):
    """The same key came with another body."""

    code = "idempotency_key_reused"
    title = "The idempotency key was used with another body"


class JobAlreadyEnded(Conflict):
    """There is nothing left to cancel."""

    code = "job_already_ended"
    title = "The job has already ended"


@dataclass(frozen=True)
class Accepted:
    """A job that exists: the same answer each time the same request comes."""

    job_id: str
    trace_id: str


@dataclass(frozen=True)
class Origin:
    """Whose request it is and how it is recognised when it comes again. `key` is unique per tenant and `source`."""

    tenant: str
    source: str
    key: str | None


async def accept(transaction: Transaction, request: CheckRequest, origin: Origin, stall_after: timedelta) -> Accepted:
    """Create the job in a trace of its own, or find the one that the same request created.

    Raises `IdempotencyKeyReused` if the key was used with another request.
    """
    # Only what was said: fields that a later version adds leave the digest of an old request as it is.
    body = request.model_dump_json(exclude_unset=True)
    digest = hashlib.sha256(body.encode()).hexdigest()
    if known := await _find(transaction, origin, digest):
        return known
    job_id = f"job_{uuid4().hex}"
    asked_in = transaction.traceparent
    with job_trace(job_id) as trace_id:
        transaction.traceparent = current_traceparent()
        try:
            row = await _insert(
                transaction, origin, request, job_id=job_id, trace_id=trace_id, request=body, request_sha256=digest
            )
            if row is not None:
                await _announce(transaction, row, stall_after)
                _log.info("job_accepted", job_id=job_id, language=request.language)
                return Accepted(job_id, trace_id)
        finally:
            transaction.traceparent = asked_in
    known = await _find(transaction, origin, digest)  # the same key was accepted between our look and our insert
    assert known is not None
    return known


async def _find(transaction: Transaction, origin: Origin, digest: str) -> Accepted | None:
    if origin.key is None:
        return None
    statement = select(jobs.c.job_id, jobs.c.trace_id, jobs.c.request_sha256).where(
        jobs.c.tenant == origin.tenant, jobs.c.origin == origin.source, jobs.c.idempotency_key == origin.key
    )
    row = (await transaction.execute(statement)).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != digest:
        raise IdempotencyKeyReused
    return Accepted(row.job_id, row.trace_id)


async def _insert(transaction: Transaction, origin: Origin, asked: CheckRequest, **columns: str) -> JobRow | None:
    values = columns | {
        "tenant": origin.tenant,
        "origin": origin.source,
        "idempotency_key": origin.key,
        "language": asked.language,
        "programme": asked.programme,
        "earlier_job_id": asked.earlier_job_id,
        "status": QUEUED,
        "sequence": 1,
        "traceparent": transaction.traceparent,
    }
    conflict = ["tenant", "origin", "idempotency_key"]
    statement = insert(jobs).values(values).on_conflict_do_nothing(index_elements=conflict).returning(jobs)
    return (await transaction.execute(statement)).one_or_none()


async def _announce(transaction: Transaction, row: JobRow, stall_after: timedelta) -> None:
    event = JobAccepted(
        job_id=row.job_id,
        sequence=row.sequence,
        language=row.language,
        programme=row.programme,
        created_at=row.created_at,
    )
    await transaction.append(event, tenant=row.tenant)
    await job_rows.store_event(transaction, row, "job.accepted")
    await transaction.schedule(FetchMedia(job_id=row.job_id), tenant=row.tenant)
    stalls = StallCheck(job_id=row.job_id, round=1)
    await transaction.schedule(stalls, tenant=row.tenant, due_at=row.created_at + stall_after)


async def cancel(transaction: Transaction, job_id: str, tenant: str) -> None:
    """End the job as cancelled; raises `NotFound` or `JobAlreadyEnded`."""
    row = await lock(transaction, job_id, tenant)
    if row is None:
        raise NotFound
    if row.status in ENDED:
        raise JobAlreadyEnded
    job_rows.stay_in_trace(transaction, row)
    reason = REASON_CANCELLED
    row = await change(
        transaction, job_id, "job.cancelled", status=CANCELLED, error_reason=reason, error_detail=sentence(reason)
    )
    await transaction.append(JobCancelled(job_id=job_id, sequence=row.sequence, reason=reason), tenant=tenant)
    await end_job(transaction, job_id, _OUTLIVING)


async def fail(transaction: Transaction, job_id: str, tenant: str, reason: str) -> None:
    """End the job as failed, unless it has ended already or is not this tenant's."""
    row = await lock(transaction, job_id, tenant)
    if row is None or row.status in ENDED:
        return
    detail = sentence(reason)
    row = await change(transaction, job_id, "job.failed", status=FAILED, error_reason=reason, error_detail=detail)
    await transaction.append(
        JobFailed(job_id=job_id, sequence=row.sequence, reason=reason, detail=detail), tenant=tenant
    )
    await end_job(transaction, job_id, _OUTLIVING)


async def succeed(transaction: Transaction, row: JobRow, checked: JobChecked, result: CheckResult) -> None:
    """End the locked job with its verdict; after another end the verdict is only stored."""
    verdict = {
        "verdict": checked.verdict,
        "counts": dict(checked.counts),
        "unchecked": [each.model_dump() for each in checked.unchecked],
        "result_sha256": checked.result.sha256,
        "coverage": result.coverage.model_dump() if result.coverage else None,
        "verdict_reasons": list(result.verdict_reasons),
    }
    if row.status in ENDED:
        await transaction.execute(jobs.update().where(jobs.c.job_id == row.job_id).values(verdict))
        return
    row = await change(transaction, row.job_id, "job.completed", status=job_rows.SUCCEEDED, progress=1.0, **verdict)
    event = JobCompleted(
        job_id=row.job_id,
        sequence=row.sequence,
        verdict=checked.verdict,
        counts=checked.counts,
        unchecked=checked.unchecked,
    )
    await transaction.append(event, tenant=row.tenant)


async def check_stall(transaction: Transaction, job_id: str, tenant: str, stall_after: timedelta) -> datetime | None:
    """Fail a job that has not moved for `stall_after`; return when to look again at one that has."""
    row = await lock(transaction, job_id, tenant)
    if row is None or row.status in ENDED:
        return None
    now: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    due: datetime = row.moved_at + stall_after
    if due > now:
        return due
    await fail(transaction, job_id, tenant, REASON_STALLED)
    return None


async def delete(transaction: Transaction, job_id: str, tenant: str) -> None:
    """Delete a job and everything that hangs on it. What was decided about its programme stays."""
    await transaction.execute(jobs.delete().where(jobs.c.job_id == job_id, jobs.c.tenant == tenant))
