"""One finding: its evidence, and what operators decided about it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from telop_chassis.auth import FindingsDecide, JobsRead
from telop_chassis.http import Json
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import NotFound, problem_responses
from telop_contracts.check.v1 import Explanation
from telop_contracts.finding.v1 import Finding
from telop_contracts.media.v1 import Term

from telop_ingest import deciding, read_model, uploads
from telop_ingest.api.views import FindingId, StoredRow, TheDatabase, TheObjects, WrongView

router = APIRouter(prefix="/v1/findings/{finding_id}", tags=["findings"])


class ExplainedPairView(BaseModel):
    """A part of the telop against what was heard in its place; `cost` is 0 where both say the same, 1 at most."""

    written: str
    start: int
    end: int
    heard: str | None
    cost: float


class ExplanationView(BaseModel):
    """How a finding came about, in the order in which an editor asks."""

    finding_id: str
    kind: str
    severity: str
    written: str
    wrong: WrongView
    suggestion: str | None
    relation: str
    heard: str
    pairs: list[ExplainedPairView]
    script: str | None
    witnesses: list[str]
    reasons: list[str]
    blame: str
    confidence: float


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
async def get_still(
    finding_id: FindingId,
    principal: JobsRead,
    database: TheDatabase,
    objects: TheObjects,
    occurrence: Annotated[int | None, Query(ge=0, le=499)] = None,
) -> Response:
    """Return the exact frame as an image; of another occurrence than the first by its number."""
    async with database.transaction("read finding") as transaction:
        row = await read_model.finding(transaction, principal.tenant, finding_id)
    found = Finding.model_validate_json(row.payload, extra="ignore")
    if occurrence is not None and occurrence >= len(found.occurrences):
        raise NotFound
    still = found.still if occurrence is None else found.occurrences[occurrence].still
    if still is None or not uploads.is_own_key(principal.tenant, still.key):
        raise NotFound
    data = await objects.get_bytes(still)
    return Response(data, media_type="image/png" if data.startswith(b"\x89PNG") else "image/jpeg")


@router.get(
    "/explanation",
    status_code=200,
    response_model=ExplanationView,
    summary="Why there is this finding",
    responses=problem_responses(404),
)
async def explain_finding(finding_id: FindingId, principal: JobsRead, database: TheDatabase) -> ExplanationView:
    """Return the telop laid against the speech part by part, the witnesses and the reasons."""
    async with database.transaction("read finding") as transaction:
        row = await read_model.finding(transaction, principal.tenant, finding_id)
    found = Finding.model_validate_json(row.payload, extra="ignore").model_dump()
    fields = {name: found[name] for name in ExplanationView.model_fields if name in found}
    if row.explanation is None:
        return ExplanationView(**fields, pairs=[], script=None)
    explained = Explanation.model_validate_json(row.explanation, extra="ignore").model_dump()
    return ExplanationView(**fields, pairs=explained["pairs"], script=explained["script"])


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
