"""One finding: its evidence, and what operators decided about it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from telop_chassis.auth import FindingsDecide, JobsRead
from telop_chassis.http import Json
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import NotFound, problem_responses
from telop_contracts.finding.v1 import Finding
from telop_contracts.media.v1 import Term

from telop_ingest import deciding, read_model, uploads
from telop_ingest.api.views import FindingId, StoredRow, TheDatabase, TheObjects

router = APIRouter(prefix="/v1/findings/{finding_id}", tags=["findings"])


class NewDecision(BaseModel):
    """A decision, and why."""

    model_config = ConfigDict(extra="forbid")

    decision: deciding.Decision
    note: Term | None = None


class DecisionView(BaseModel):
    """One entry of a finding's history."""

    finding_id: str
    decision: deciding.Decision
    note: str | None
    decided_by: str
    decided_at: datetime

    @classmethod
    def of(cls, row: StoredRow) -> "DecisionView":
        """Show a row of `decisions`."""
        return cls(
            finding_id=row.finding_id,
            decision=row.decision,
            note=row.note,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )


@router.get(
    "/still",
    status_code=200,
    response_class=Response,
    summary="The frame that shows the finding",
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}}}, **problem_responses(404)},
)
async def get_still(finding_id: FindingId, principal: JobsRead, database: TheDatabase, objects: TheObjects) -> Response:
    """Return the exact frame as an image."""
    async with database.transaction("read finding") as transaction:
        row = await read_model.finding(transaction, principal.tenant, finding_id)
    still = Finding.model_validate_json(row.payload).still
    if still is None or not uploads.is_own_key(principal.tenant, still.key):
        raise NotFound
    data = await objects.get_bytes(still)
    return Response(data, media_type="image/png" if data.startswith(b"\x89PNG") else "image/jpeg")


@router.post(
    "/decisions",
    status_code=201,
    response_model=DecisionView,
    summary="Decide about a finding",
    responses=problem_responses(404),
)
async def decide_finding(
    finding_id: FindingId,
    body: Annotated[Json[NewDecision], Body(examples=[{"decision": "accepted", "note": "Corrected in the master"}])],
    principal: FindingsDecide,
    database: TheDatabase,
) -> DecisionView:
    """Add a decision to the history; the newest one counts."""
    async with database.transaction("decide finding") as transaction:
        at = await deciding.decide(transaction, principal, finding_id, body.decision, body.note)
    return DecisionView(
        finding_id=finding_id,
        decision=body.decision,
        note=body.note,
        decided_by=principal.key_id,
        decided_at=at,
    )


@router.get(
    "/decisions",
    status_code=200,
    response_model=Page[DecisionView],
    summary="Decisions about a finding, the newest first",
    responses=problem_responses(404),
)
async def list_decisions(
    finding_id: FindingId, principal: JobsRead, query: PageQuery, database: TheDatabase
) -> Page[DecisionView]:
    """Return one page of the history."""
    async with database.transaction("list decisions") as transaction:
        await read_model.finding(transaction, principal.tenant, finding_id)
        rows = await read_model.decision_page(transaction, finding_id, query.limit + 1, query.after)
    return query.page(rows, position=lambda row: (row.decision_id,), item=DecisionView.of)
