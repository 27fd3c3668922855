"""What the recognition of a job brings: its plan, its segments, and the result that the matcher made of them.

Progress only moves forward, is announced at most once a second a job, and counts a segment once however often it is
reported: a success replaces a failure, never the reverse. Segments that are reported after the end are counted, for
Kafka promises no order, and announced to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, Text, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from telop_chassis.database import Transaction
from telop_contracts.check.v1 import CheckResult
from telop_contracts.job.v1 import JobChecked, JobPlanned, JobProgressed, StageProgress
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.values import Cost, EngineFingerprint, Value

from telop_ingest import planning
from telop_ingest.job_rows import ENDED, QUEUED, RUNNING, JobRow, change, lock
from telop_ingest.jobs import succeed
from telop_ingest.tables import findings, fixed_findings, jobs, segments, telops, words

_ANNOUNCE_EVERY_S: Final = 1.0


async def planned(transaction: Transaction, tenant: str, plan: JobPlanned, parts: Sequence[SegmentPlanned]) -> None:
    """Record the plan of a queued job and hand out its segments; nothing happens if it has a plan or has ended."""
    row = await lock(transaction, plan.job_id, tenant)
    if row is None or row.status != QUEUED:
        return
    stages = [
        {"stage": each.stage, "expected": each.segments, "done": 0, "failed": 0, "skipped": each.skipped}
        for each in plan.stages
    ]
    row = await change(
        transaction,
        plan.job_id,
        "job.progressed",
        status=RUNNING,
        progress=planning.progress(0, 1),
        stages=stages,
        media=plan.media.model_dump_json(),
    )
    await transaction.append(plan, tenant=tenant)
    for part in parts:
        await transaction.append(part, tenant=tenant)
    await transaction.append(_progressed(row), tenant=tenant)


@dataclass(frozen=True)
class Work:
    """Who recognised a segment, what it cost, and the roster terms that the engine could not be told to expect."""

    engine: EngineFingerprint
    cost: Cost
    not_biased: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What became of one segment of a stage; `failed` is the reason why it was given up."""

    job_id: str
    stage: str
    index: int
    failed: str | None = None
    work: Work | None = None


async def segment_reported(transaction: Transaction, tenant: str, report: Report) -> None:
    """Count a segment of a stage as done or failed."""
    job_id = report.job_id
    row = await lock(transaction, job_id, tenant)
    if row is None:
        return
    is_new = await _count(transaction, report)
    stages = await _counted(transaction, row)
    if is_new and report.work:
        stages = [_worked(stage, report.work) if stage["stage"] == report.stage else stage for stage in stages]
    done = sum(stage["done"] + stage["failed"] for stage in stages)
    progress = max(row.progress, planning.progress(done, sum(stage["expected"] for stage in stages)))
    if row.status == RUNNING and progress > row.progress and await _is_quiet(transaction, row):
        row = await change(transaction, job_id, "job.progressed", stages=stages, progress=progress)
        await transaction.append(_progressed(row), tenant=tenant)
        return
    values: dict[str, Any] = {"stages": stages, "moved_at": func.clock_timestamp()}
    if row.status not in ENDED:
        values["progress"] = progress
    await transaction.execute(jobs.update().where(jobs.c.job_id == job_id).values(values))


async def checked(transaction: Transaction, tenant: str, event: JobChecked, result: CheckResult) -> None:
    """Store the result of a check, once, and end the job with its verdict if nothing ended it before."""
    row = await lock(transaction, event.job_id, tenant)
    if row is None or row.result_sha256 is not None:
        return
    await _store(transaction, telops, event.job_id, result.telops)
    await _store(transaction, words, event.job_id, result.words)
    await _store(transaction, fixed_findings, event.job_id, result.fixed)
    explained = {each.finding_id: each.model_dump_json() for each in result.explanations}
    rows = [
        {"finding_id": each.finding_id, "job_id": event.job_id, "tenant": tenant, "position": at}
        | {"payload": each.model_dump_json(), "explanation": explained.get(each.finding_id)}
        for at, each in enumerate(sorted(result.findings, key=lambda each: (each.start_s, each.end_s)))
    ]
    if rows:
        await transaction.execute(findings.insert(), rows)
    await succeed(transaction, row, event, result)


async def _count(transaction: Transaction, report: Report) -> bool:
    """Record a segment; False if that says nothing new."""
    values = {"job_id": report.job_id, "stage": report.stage, "index": report.index}
    values |= {"status": "failed" if report.failed else "done", "reason": report.failed}
    statement = insert(segments).values(values)
    if report.failed:
        statement = statement.on_conflict_do_nothing()
    else:
        statement = statement.on_conflict_do_update(
            index_elements=["job_id", "stage", "index"],
            set_={"status": "done", "reason": None},
            where=segments.c.status == "failed",
        )
    return (await transaction.execute(statement)).rowcount == 1


def _worked(stage: dict[str, Any], work: Work) -> dict[str, Any]:
    """The stage with a segment's cost added to that of the engine that recognised it."""
    engine = {**work.engine.model_dump(include={"name", "version", "model"}), "device": work.cost.device}
    engines = [dict(each) for each in stage.get("engines", ())]
    mine = next((each for each in engines if engine.items() <= each.items()), None)
    if mine is None:
        mine = engine | {"wall_s": 0.0, "media_s": 0.0}
        engines.append(mine)
    if work.cost.wall_s:  # else it was taken from an earlier job
        mine["wall_s"] += work.cost.wall_s
        mine["media_s"] += work.cost.media_s
    return stage | {"engines": engines, "not_biased": list(work.not_biased)}


async def _counted(transaction: Transaction, row: JobRow) -> list[dict[str, Any]]:
    """Return the row's stages with what the segments table says."""
    failed = func.sum(case((segments.c.status == "failed", 1), else_=0))
    statement = (
        select(segments.c.stage, func.count().label("reported"), failed.label("failed"))
        .where(segments.c.job_id == row.job_id)
        .group_by(segments.c.stage)
    )
    counts = {each.stage: each for each in await transaction.execute(statement)}
    return [
        stage | {"done": found.reported - found.failed, "failed": found.failed}
        if (found := counts.get(stage["stage"]))
        else stage
        for stage in row.stages
    ]


async def _is_quiet(transaction: Transaction, row: JobRow) -> bool:
    """Whether nothing was announced of the job for a second."""
    quiet_s = func.extract("epoch", func.clock_timestamp() - literal(row.announced_at))
    return bool((await transaction.execute(select(quiet_s >= _ANNOUNCE_EVERY_S))).scalar_one())


def _progressed(row: JobRow) -> JobProgressed:
    return JobProgressed(
        job_id=row.job_id,
        sequence=row.sequence,
        progress=row.progress,
        stages=tuple(
            StageProgress(stage=each["stage"], done=each["done"], failed=each["failed"], expected=each["expected"])
            for each in row.stages
        ),
    )


async def _store(transaction: Transaction, table: Table, job_id: str, values: Sequence[Value]) -> None:
    """Insert values in order, in one statement: a long programme has tens of thousands."""
    payloads = cast([each.model_dump_json() for each in values], ARRAY(Text))
    listed = func.unnest(payloads).table_valued("payload", with_ordinality="position").render_derived(name="listed")
    source = select(literal(job_id), listed.c.position - 1, listed.c.payload)
    await transaction.execute(insert(table).from_select(["job_id", "position", "payload"], source))
