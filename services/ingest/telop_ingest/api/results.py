"""What came of a job: findings, what was read, what was heard, and the report."""

from collections.abc import AsyncIterator
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from telop_chassis.auth import JobsRead
from telop_chassis.database import Database
from telop_chassis.pagination import Page, PageQuery, PageRequest
from telop_chassis.problems import problem_responses

from telop_ingest import read_model
from telop_ingest.api.views import (
    FindingView,
    JobId,
    StoredRow,
    TelopView,
    TheDatabase,
    WordView,
    WrongView,
    facts_of,
)

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["results"])

NDJSON: Final = "application/x-ndjson"
_BATCH: Final = 1_000
V = TypeVar("V", bound=BaseModel)
Accept = Annotated[str, Header(max_length=1_024)]


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
