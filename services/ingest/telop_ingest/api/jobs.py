"""Jobs: start, list, look, cancel, follow."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from telop_chassis.auth import JobsRead, JobsWrite
from telop_chassis.health import AppLife
from telop_chassis.http import Json, provided
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.media.v1 import CheckRequest

from telop_ingest import admission, read_model
from telop_ingest import jobs as use_cases
from telop_ingest.api.views import AcceptedView, JobId, JobView, TheDatabase, TheSettings, job_links
from telop_ingest.watching import JobWatch

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

IdempotencyKey = Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,255}$", max_length=255)]
LastEventId = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=2**53)]
TheWatch = Annotated[JobWatch, Depends(provided(JobWatch))]
EXAMPLE: Final[dict[str, Any]] = {
    "media": {"media_id": "med_4f0c6d1e9b7a4f2f8f3f0c1d2e3a4b5c"},
    "language": "en",
    "programme": "Evening news",
    "roster": [{"text": "Jane Doe", "kind": "person"}],
    "ng_words": [{"text": "guarantee", "exceptions": ["guaranteed rate"]}],
    "script": [{"text": "Good evening. The mayor opened the new bridge today."}],
    "policy": {"rules": [{"kinds": ["name"], "min_confidence": 0.8, "action": "block"}], "max_unverified": 0.25},
}


@router.post(
    "",
    status_code=202,
    response_model=AcceptedView,
    summary="Start a check",
    responses=problem_responses(409),
)
async def create_job(
    *,
    body: Annotated[Json[CheckRequest], Body(examples=[EXAMPLE])],
    principal: JobsWrite,
    database: TheDatabase,
    settings: TheSettings,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AcceptedView:
    """Accept a check of one media file; the same idempotency key with the same body is the same job."""
    origin = use_cases.Origin(principal.tenant, use_cases.HTTP, idempotency_key)
    async with database.transaction("accept job") as transaction:
        await admission.check(transaction, principal.tenant, body, settings.languages)
        accepted = await use_cases.accept(transaction, body, origin, timedelta(seconds=settings.stall_after_s))
    links = job_links(accepted.job_id)
    response.headers["Location"] = links["self"]
    return AcceptedView(job_id=accepted.job_id, trace_id=accepted.trace_id, links=links)


@router.get("", status_code=200, response_model=Page[JobView], summary="Jobs, the newest first")
async def list_jobs(principal: JobsRead, query: PageQuery, database: TheDatabase) -> Page[JobView]:
    """Return one page of the tenant's jobs."""
    async with database.transaction("list jobs") as transaction:
        rows = await read_model.job_page(transaction, principal.tenant, query.limit + 1, query.after)
    return query.page(rows, position=lambda row: (row.created_at.isoformat(), row.job_id), item=JobView.of)


@router.get("/{job_id}", status_code=200, response_model=JobView, summary="One job", responses=problem_responses(404))
async def get_job(job_id: JobId, principal: JobsRead, database: TheDatabase) -> JobView:
    """Return the state of a job."""
    async with database.transaction("read job") as transaction:
        return JobView.of(await read_model.job(transaction, principal.tenant, job_id))


@router.delete(
    "/{job_id}",
    status_code=202,
    response_model=JobView,
    summary="Cancel a job",
    responses=problem_responses(404, 409),
)
async def cancel_job(job_id: JobId, principal: JobsWrite, database: TheDatabase) -> JobView:
    """Cancel a job that has not ended."""
    async with database.transaction("cancel job") as transaction:
        await use_cases.cancel(transaction, job_id, principal.tenant)
        return JobView.of(await read_model.job(transaction, principal.tenant, job_id))


async def _existing(job_id: JobId, principal: JobsRead, database: TheDatabase) -> str:
    async with database.transaction("read job") as transaction:
        return str((await read_model.job(transaction, principal.tenant, job_id)).job_id)


@router.get(
    "/{job_id}/events",
    status_code=200,
    response_class=EventSourceResponse,
    summary="Follow a job (server-sent events)",
    responses=problem_responses(404),
)
async def follow_job(
    existing: Annotated[str, Depends(_existing)],
    watch: TheWatch,
    life: AppLife,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Replay what happened after `Last-Event-ID`, then what happens, up to the end of the job."""

    async def events() -> AsyncIterator[ServerSentEvent]:
        async for row in watch.follow(existing, last_event_id or 0):
            yield ServerSentEvent(raw_data=row.payload, event=row.type, id=str(row.sequence))

    async for event in life.stream(events()):
        yield event
