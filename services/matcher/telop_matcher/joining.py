"""The join: parts of a job come in any order, twice, late or never, and exactly one of them completes it.

Whoever stores something inserts the job's row if it is absent and locks it, so of two last parts the second sees the
first. A success replaces a failure until the verdict is recorded, never the reverse. Every change that is worth a
judgement gets a revision and a task of its own; only the judgement of the newest revision becomes the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.handlers import Outcome, Scheduled
from telop_contracts.check.v1 import CheckFailed
from telop_contracts.job.v1 import JobPlanned
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested

from telop_matcher.tables import jobs, looks, parts
from telop_matcher.tasks import EndSecondLooks, JudgeJob

JOINING: Final = "joining"
JUDGING: Final = "judging"
LOOKING: Final = "looking"
JUDGED: Final = "judged"
FAILED: Final = "failed"
ENDED: Final = (JUDGED, FAILED)
REASON_NOTHING_CHECKED: Final = "nothing_checked"


@dataclass(frozen=True)
class Part:
    """What a stage made of a segment: its event as JSON, or the reason why there is none."""

    stage: str
    index: int
    content: bytes | None
    reason: str | None
    traceparent: str | None


@dataclass(frozen=True)
class Joined:
    """A job that can be judged: its plan, the parts that the plan asks for, and the second looks that were taken."""

    plan: JobPlanned
    parts: Sequence[Part]
    looks: Sequence[tuple[float, bytes, bytes]]
    """Start of the telop, its box and the answer, both as JSON."""
    looked_again: bool
    traceparents: Sequence[str | None]


async def lock(transaction: Transaction, tenant: str, job_id: str) -> Row[Any]:
    """Return the job's row, locked; it is made if it is absent."""
    made = insert(jobs).values(tenant=tenant, job_id=job_id).on_conflict_do_nothing()
    await transaction.execute(made)
    found = await transaction.execute(select(jobs).where(*_is(jobs, tenant, job_id)).with_for_update())
    return found.one()


async def store_plan(transaction: Transaction, tenant: str, plan: JobPlanned, traceparent: str | None) -> Outcome:
    """Store what a job needs; the first plan counts."""
    job = await lock(transaction, tenant, plan.job_id)
    if job.status in ENDED or job.plan is not None:
        return Outcome()
    content = plan.model_dump_json().encode()
    values = {"plan": content, "plan_traceparent": traceparent, "expected": len(_needed(plan))}
    await transaction.execute(update(jobs).where(*_is(jobs, tenant, plan.job_id)).values(values))
    return await _complete(transaction, await lock(transaction, tenant, plan.job_id))


async def store_part(transaction: Transaction, tenant: str, job_id: str, part: Part) -> Outcome:
    """Store what a stage made of a segment, unless something as good is there or the job has its verdict."""
    job = await lock(transaction, tenant, job_id)
    if job.status in ENDED or not await _is_stored(transaction, tenant, job_id, part):
        return Outcome()
    return await _complete(transaction, await lock(transaction, tenant, job_id))


async def _is_stored(transaction: Transaction, tenant: str, job_id: str, part: Part) -> bool:
    values = {"content": part.content, "reason": part.reason, "traceparent": part.traceparent}
    key = {"tenant": tenant, "job_id": job_id, "stage": part.stage, "segment_index": part.index}
    if (await transaction.execute(insert(parts).values(**key, **values).on_conflict_do_nothing())).rowcount:
        counted = update(jobs).where(*_is(jobs, tenant, job_id)).values(present=jobs.c.present + 1)
        await transaction.execute(counted)
        return True
    if part.content is None:
        return False
    better = update(parts).where(
        *_is(parts, tenant, job_id),
        parts.c.stage == part.stage,
        parts.c.segment_index == part.index,
        parts.c.content.is_(None),
    )
    return bool((await transaction.execute(better.values(values))).rowcount)


async def _complete(transaction: Transaction, job: Row[Any]) -> Outcome:
    """Ask for a judgement if every part is there; if none of them is a result, the job cannot be judged."""
    if job.expected is None or job.present < job.expected:
        return Outcome()
    found = select(parts.c.stage, parts.c.segment_index, parts.c.content.is_not(None).label("is_result"))
    rows = (await transaction.execute(found.where(*_is(parts, job.tenant, job.job_id)))).all()
    present = {(row.stage, row.segment_index): row.is_result for row in rows}
    needed = _needed(JobPlanned.model_validate_json(job.plan))
    if not needed <= present.keys():
        return Outcome()
    if not any(present[each] for each in needed):
        return await fail(transaction, job.tenant, job.job_id, REASON_NOTHING_CHECKED)
    return await _ask_for_judgement(transaction, job)


def _needed(plan: JobPlanned) -> set[tuple[str, int]]:
    running = [stage.stage for stage in plan.stages if stage.skipped is None and stage.segments]
    return {(stage, segment.index) for stage in running for segment in plan.segments}


async def _ask_for_judgement(transaction: Transaction, job: Row[Any]) -> Outcome:
    revision = job.revision + 1
    values = {"revision": revision, "status": JUDGING}
    await transaction.execute(update(jobs).where(*_is(jobs, job.tenant, job.job_id)).values(values))
    return Outcome(tasks=[Scheduled(JudgeJob(job_id=job.job_id, revision=revision))])


async def load(transaction: Transaction, tenant: str, task: JudgeJob) -> Joined | None:
    """Return what is to be judged; None if the task's revision is not the newest any more."""
    where = _is(jobs, tenant, task.job_id)
    job = (await transaction.execute(select(jobs).where(*where))).one_or_none()
    if job is None or job.status != JUDGING or job.revision != task.revision:
        return None
    plan = JobPlanned.model_validate_json(job.plan)
    needed = _needed(plan)
    rows = (await transaction.execute(select(parts).where(*_is(parts, tenant, task.job_id)))).all()
    found = [
        Part(row.stage, row.segment_index, row.content, row.reason, row.traceparent)
        for row in sorted(rows, key=lambda row: (row.stage, row.segment_index))
        if (row.stage, row.segment_index) in needed
    ]
    answered = select(looks).where(*_is(looks, tenant, task.job_id), looks.c.answer.is_not(None))
    taken = (await transaction.execute(answered)).all()
    return Joined(
        plan,
        found,
        [(row.start_s, row.box, row.answer) for row in taken],
        job.looked_again,
        [job.plan_traceparent, *(part.traceparent for part in found), *(row.traceparent for row in taken)],
    )


async def is_newest(transaction: Transaction, tenant: str, task: JudgeJob) -> bool:
    """Lock the job and say whether the task's judgement is that of what is stored now."""
    job = await lock(transaction, tenant, task.job_id)
    return bool(job.status == JUDGING and job.revision == task.revision)


async def end(transaction: Transaction, tenant: str, job_id: str, *, verdict: str, result_key: str) -> None:
    """Record the verdict of a locked job, and forget what it was made of."""
    await _close(transaction, tenant, job_id, status=JUDGED, verdict=verdict, result_key=result_key)


async def fail(transaction: Transaction, tenant: str, job_id: str, reason: str) -> Outcome:
    """End a job that cannot be judged, unless it has an end."""
    job = await lock(transaction, tenant, job_id)
    if job.status in ENDED:
        return Outcome()
    await _close(transaction, tenant, job_id, status=FAILED, reason=reason)
    return Outcome(events=[CheckFailed(job_id=job_id, reason=reason)])


async def _close(transaction: Transaction, tenant: str, job_id: str, **values: str) -> None:
    changed = update(jobs).where(*_is(jobs, tenant, job_id))
    await transaction.execute(changed.values(ended_at=func.clock_timestamp(), plan=None, **values))
    for table in (parts, looks):
        await transaction.execute(delete(table).where(*_is(table, tenant, job_id)))


async def forget(transaction: Transaction, tenant: str, job_id: str) -> None:
    """Delete everything of a job that ended elsewhere."""
    await transaction.execute(delete(jobs).where(*_is(jobs, tenant, job_id)))


async def ask_for_looks(
    transaction: Transaction, tenant: str, requests: Sequence[RecheckRequested], wait_s: float
) -> Outcome:
    """Ask for second looks at a locked job's telops, and wait for them so long."""
    job_id = requests[0].job_id
    asked = [
        {
            "tenant": tenant,
            "job_id": job_id,
            "recheck_id": request.recheck_id,
            "start_s": request.start_s,
            "box": request.box.model_dump_json().encode() if request.box else b"",
        }
        for request in requests
    ]
    await transaction.execute(insert(looks), asked)
    values = {"status": LOOKING, "looked_again": True}
    await transaction.execute(update(jobs).where(*_is(jobs, tenant, job_id)).values(values))
    due_at = datetime.now(UTC) + timedelta(seconds=wait_s)
    return Outcome(events=requests, tasks=[Scheduled(EndSecondLooks(job_id=job_id), due_at)])


async def store_look(
    transaction: Transaction, tenant: str, answer: RecheckAnswered, traceparent: str | None
) -> Outcome:
    """Store an answer; the last one asks for the judgement."""
    job = await lock(transaction, tenant, answer.job_id)
    mine = _is(looks, tenant, answer.job_id)
    content = answer.model_dump_json().encode()
    stored = update(looks).where(*mine, looks.c.recheck_id == answer.recheck_id, looks.c.answer.is_(None))
    await transaction.execute(stored.values(answer=content, traceparent=traceparent))
    open_looks = select(func.count()).select_from(looks).where(*mine, looks.c.answer.is_(None))
    if job.status != LOOKING or (await transaction.execute(open_looks)).scalar_one():
        return Outcome()
    return await _ask_for_judgement(transaction, job)


async def stop_looking(transaction: Transaction, tenant: str, job_id: str) -> Outcome:
    """Ask for the judgement with what looks there are, if the job still waits for some."""
    job = await lock(transaction, tenant, job_id)
    return await _ask_for_judgement(transaction, job) if job.status == LOOKING else Outcome()


def _is(table: Any, tenant: str, job_id: str) -> tuple[Any, Any]:
    return table.c.tenant == tenant, table.c.job_id == job_id
