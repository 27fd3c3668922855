"""Dead letters over HTTP: what could not be done, why, and another try. For admins of a tenant.

A dead letter shows ids, type, reason and place of its error, never its payload. Requeue puts the row back to waiting; a
row of a job that has ended is refused with 409, because nothing may happen to an ended job.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from telop_chassis.auth import Admin
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses

EventId = Annotated[str, Path(min_length=1, max_length=512, examples=["01JD3Z6T7M8Q9R0S1V2W3X4Y5Z"])]


class DeadLetter(BaseModel):
    """One piece of work that was given up."""

    id: int
    event_id: str
    source: str
    type: str
    subject: str
    reason: str
    detail: str
    attempts: int
    received_at: datetime
    died_at: datetime


class DeadLetters(Protocol):
    """What the inbox knows about dead rows."""

    async def newest(self, tenant: str, *, limit: int, before: int | None) -> Sequence[DeadLetter]:
        """Return dead rows of the tenant, the newest `id` first, only ids below `before`."""

    async def requeue(self, tenant: str, event_id: str) -> None:
        """Put a dead row back to waiting; raises `NotFound`, or a `Conflict` if its job has ended."""


def router(dead_letters: DeadLetters) -> APIRouter:
    """Build the routes over one service's dead letters."""
    routes = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])
    supplied = Annotated[DeadLetters, Depends(lambda: dead_letters)]

    @routes.get("", status_code=200, response_model=Page[DeadLetter], summary="What was given up, the newest first")
    async def list_dead_letters(principal: Admin, query: PageQuery, found: supplied) -> Page[DeadLetter]:
        before = int(query.after[0]) if query.after else None
        rows = await found.newest(principal.tenant, limit=query.limit + 1, before=before)
        return query.page(rows, position=lambda row: (row.id,), item=lambda row: row)

    @routes.post(
        "/{event_id:path}/requeue",
        status_code=202,
        response_model=None,
        summary="Try a dead letter again",
        responses=problem_responses(404, 409),
    )
    async def requeue_dead_letter(event_id: EventId, principal: Admin, found: supplied) -> None:
        await found.requeue(principal.tenant, event_id)

    return routes
