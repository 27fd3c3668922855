"""Mistakes of a programme that somebody decided to live with."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel
from telop_chassis.auth import FindingsDecide, JobsRead
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import problem_responses
from telop_contracts.finding.v1 import Finding

from telop_ingest import programmes
from telop_ingest.api.views import ID_PATTERN, StoredRow, TheDatabase, WrongView

router = APIRouter(prefix="/v1/suppressions", tags=["suppressions"])

SuppressionId = Annotated[str, Path(pattern=ID_PATTERN, max_length=128, examples=["sup_4f0c6d1e9b7a4f2f"])]
Programme = Annotated[str | None, Query(min_length=1, max_length=200)]


class SuppressionView(BaseModel):
    """One mistake that later jobs of a programme list without counting it."""

    suppression_id: str
    programme: str
    decision: str
    kind: str
    written: str
    heard: str
    wrong: WrongView
    finding_id: str
    decided_by: str
    decided_at: datetime

    @classmethod
    def of(cls, row: StoredRow) -> "SuppressionView":
        """Show a row of `suppressions`."""
        found = Finding.model_validate_json(row.finding, extra="ignore")
        return cls(
            suppression_id=row.suppression_id,
            programme=row.programme,
            decision=row.decision,
            kind=found.kind,
            written=found.written,
            heard=found.heard,
            wrong=WrongView(**found.wrong.model_dump()),
            finding_id=found.finding_id,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )


@router.get("", status_code=200, response_model=Page[SuppressionView], summary="Suppressions, the newest first")
async def list_suppressions(
    principal: JobsRead, query: PageQuery, database: TheDatabase, programme: Programme = None
) -> Page[SuppressionView]:
    """Return one page of what the tenant suppresses, of one programme or all."""
    async with database.transaction("list suppressions") as transaction:
        rows = await programmes.page(transaction, principal.tenant, programme, query.limit + 1, query.after)
    return query.page(
        rows, position=lambda row: (row.decided_at.isoformat(), row.suppression_id), item=SuppressionView.of
    )


@router.delete(
    "/{suppression_id}",
    status_code=204,
    response_class=Response,
    summary="Withdraw a suppression",
    responses=problem_responses(404),
)
async def withdraw_suppression(suppression_id: SuppressionId, principal: FindingsDecide, database: TheDatabase) -> None:
    """Let the mistake count again in later jobs of the programme."""
    async with database.transaction("withdraw suppression") as transaction:
        await programmes.withdraw(transaction, principal.tenant, suppression_id)
