"""What came of a job: findings, what was read, what was heard, and the report."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final, Literal, TypeVar

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from telop_chassis.auth import JobsRead
from telop_chassis.database import Database
from telop_chassis.pagination import Page, PageQuery, PageRequest
from telop_chassis.problems import Conflict, problem_responses

from telop_ingest import read_model, reports
from telop_ingest.api.views import (
    FindingView,
    JobId,
    JobView,
    StoredRow,
    TelopView,
    TheDatabase,
    WordView,
    WrongView,
    facts_of,
)
from telop_ingest.job_rows import ENDED

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["results"])

NDJSON: Final = "application/x-ndjson"
_BATCH: Final = 1_000
V = TypeVar("V", bound=BaseModel)
Accept = Annotated[str, Header(max_length=1_024)]


class JobNotEnded(Conflict):
    """A report of half a job would mislead."""

    code = "job_not_ended"
    title = "The job has not ended yet"


class ReportView(BaseModel):
    """A job and all its findings."""

    job: JobView
    findings: list[FindingView]


@router.get(
    "/findings",
    status_code=200,
    response_model=Page[FindingView],
    summary="Findings in order of time",
    responses=problem_responses(404),
)
async def list_findings(
    job_id: JobId, principal: JobsRead, query: PageQuery, database: TheDatabase
) -> Page[FindingView]:
    """Return one page of a job's findings; there are none before the job is checked."""
    async with database.transaction("list findings") as transaction:
        facts = facts_of(await read_model.job(transaction, principal.tenant, job_id))
        rows = await read_model.finding_page(transaction, job_id, query.limit + 1, query.after)
    return query.page(rows, position=_position, item=lambda row: FindingView.of(row, facts))


class FixedFindingView(BaseModel):
    """A finding of the earlier job that is gone."""

    finding_id: str
    kind: str
    severity: str
    written: str
    heard: str
    wrong: WrongView
    suggestion: str | None
    start_s: float
    end_s: float


@router.get(
    "/fixed-findings",
    status_code=200,
    response_model=Page[FixedFindingView],
    summary="Findings of the earlier job that are gone",
    responses=problem_responses(404),
)
async def list_fixed_findings(
    job_id: JobId, principal: JobsRead, query: PageQuery, database: TheDatabase
) -> Page[FixedFindingView]:
    """Return one page of what was fixed since the earlier job that the request named; its times are of that job."""
    async with database.transaction("list fixed findings") as transaction:
        await read_model.job(transaction, principal.tenant, job_id)
        rows = await read_model.piece_page(transaction, "fixed_findings", job_id, query.limit + 1, query.after)
    return query.page(rows, position=_position, item=lambda row: FixedFindingView.model_validate_json(row.payload))


@router.get(
    "/telops",
    status_code=200,
    response_model=Page[TelopView],
    summary="What was read on screen (JSON pages, or all of it as NDJSON)",
    responses=problem_responses(404),
)
async def list_telops(
    job_id: JobId, principal: JobsRead, query: PageQuery, database: TheDatabase, accept: Accept = ""
) -> Page[TelopView] | Response:
    """Return the stitched telops in order of time."""
    return await _pieces("telops", TelopView, job_id, principal.tenant, query=query, database=database, accept=accept)


@router.get(
    "/transcript",
    status_code=200,
    response_model=Page[WordView],
    summary="What was heard (JSON pages, or all of it as NDJSON)",
    responses=problem_responses(404),
)
async def list_words(
    job_id: JobId, principal: JobsRead, query: PageQuery, database: TheDatabase, accept: Accept = ""
) -> Page[WordView] | Response:
    """Return the words in order of time."""
    return await _pieces("words", WordView, job_id, principal.tenant, query=query, database=database, accept=accept)


@router.get(
    "/report",
    status_code=200,
    response_model=ReportView,
    summary="The report of a job that has ended",
    responses=problem_responses(404, 409),
)
async def get_report(
    job_id: JobId,
    principal: JobsRead,
    database: TheDatabase,
    report_format: Annotated[Literal["json", "csv", "html"], Query(alias="format")] = "json",
) -> Response:
    """Return all findings as JSON, CSV or an HTML page."""
    async with database.transaction("read report") as transaction:
        job = await read_model.job(transaction, principal.tenant, job_id)
        if job.status not in ENDED:
            raise JobNotEnded
        rows = await read_model.finding_page(transaction, job_id, None, None)
    body, media_type = await asyncio.to_thread(_report, job, rows, report_format)
    disposition = {"Content-Disposition": f'attachment; filename="{job_id}.csv"'} if report_format == "csv" else None
    return Response(body, media_type=media_type, headers=disposition)


def _report(job: StoredRow, rows: Sequence[StoredRow], report_format: str) -> tuple[str, str]:
    facts = facts_of(job)
    report = ReportView(job=JobView.of(job), findings=[FindingView.of(row, facts) for row in rows])
    if report_format == "json":
        return report.model_dump_json(), "application/json"
    cells = [
        each.model_dump() | {"wrong": each.wrong.text, "witnesses": ", ".join(each.witnesses)}
        for each in report.findings
    ]
    if report_format == "csv":
        return reports.as_csv(cells), "text/csv; charset=utf-8"
    shown = report.job.model_dump(include={"job_id", "programme", "language", "status", "verdict", "finished_at"})
    unchecked = "; ".join(f"{u.stage} {u.start_s:.0f}-{u.end_s:.0f} s: {u.reason}" for u in report.job.unchecked)
    return reports.as_html(shown | {"not checked": unchecked} | _covered(report.job), cells), "text/html; charset=utf-8"


def _covered(job: JobView) -> dict[str, str]:
    """What verified the programme, for people."""
    if job.coverage is None:
        return {}
    telops = ", ".join(f"{count} by {witness}" for witness, count in job.coverage.telops.items() if count)
    shares = {"names": job.coverage.names, "numbers": job.coverage.numbers}
    return {"telops verified": telops} | {
        f"{name} verified": f"{share.verified} of {share.total}" for name, share in shares.items()
    }


async def _pieces(
    table: str,
    view: type[V],
    job_id: str,
    tenant: str,
    *,
    query: PageRequest,
    database: Database,
    accept: str,
) -> Page[V] | Response:
    async with database.transaction(f"list {table}") as transaction:
        await read_model.job(transaction, tenant, job_id)
        if NDJSON not in accept:
            rows = await read_model.piece_page(transaction, table, job_id, query.limit + 1, query.after)
            return query.page(rows, position=_position, item=lambda row: view.model_validate_json(row.payload))
    return StreamingResponse(_lines(database, table, view, job_id), media_type=NDJSON)


async def _lines(database: Database, table: str, view: type[BaseModel], job_id: str) -> AsyncIterator[str]:
    """Yield everything in batches; no connection is held while the client reads."""
    after: tuple[int] | None = None
    while True:
        async with database.transaction(f"stream {table}") as transaction:
            rows = await read_model.piece_page(transaction, table, job_id, _BATCH, after)
        yield "".join(view.model_validate_json(row.payload).model_dump_json() + "\n" for row in rows)
        if len(rows) < _BATCH:
            return
        after = (rows[-1].position,)


def _position(row: StoredRow) -> tuple[int]:
    return (row.position,)
