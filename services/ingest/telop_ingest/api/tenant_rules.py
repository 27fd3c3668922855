"""What holds for all jobs of a tenant: roster, NG words and the policy of the verdict."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body
from pydantic import BaseModel
from telop_chassis.auth import Admin
from telop_chassis.http import Json
from telop_contracts.check.v1 import TenantRules
from telop_contracts.media.v1 import NgWord, Policy, RosterEntry

from telop_ingest import ruling
from telop_ingest.api.views import TheDatabase

router = APIRouter(prefix="/v1/tenant-rules", tags=["tenant rules"])

EXAMPLE: Final[dict[str, Any]] = {
    "roster": [{"text": "Jane Doe", "kind": "person"}],
    "ng_words": [{"text": "guarantee", "exceptions": ["guaranteed rate"]}],
    "policy": {
        "rules": [{"kinds": ["name", "number"], "min_confidence": 0.8, "action": "block"}],
        "max_unverified": 0.25,
    },
}


class TenantRulesView(BaseModel):
    """The rules of the caller's tenant, and who set them last."""

    roster: list[RosterEntry]
    ng_words: list[NgWord]
    policy: Policy
    updated_by: str | None
    updated_at: datetime | None


@router.get("", status_code=200, response_model=TenantRulesView, summary="The rules of the tenant")
async def get_tenant_rules(principal: Admin, database: TheDatabase) -> TenantRulesView:
    """Return what holds for all jobs of the tenant."""
    async with database.transaction("read tenant rules") as transaction:
        row = await ruling.stored(transaction, principal.tenant)
    rules = TenantRules.model_validate_json(row.payload) if row else TenantRules()
    return TenantRulesView(
        roster=list(rules.roster),
        ng_words=list(rules.ng_words),
        policy=rules.policy,
        updated_by=row.updated_by if row else None,
        updated_at=row.updated_at if row else None,
    )


@router.put("", status_code=200, response_model=TenantRulesView, summary="Set the rules of the tenant")
async def put_tenant_rules(
    body: Annotated[Json[TenantRules], Body(examples=[EXAMPLE])], principal: Admin, database: TheDatabase
) -> TenantRulesView:
    """Replace what holds for all jobs that are prepared from now on; a job adds to it, and may replace the policy."""
    async with database.transaction("set tenant rules") as transaction:
        await ruling.replace(transaction, principal, body)
    return await get_tenant_rules(principal, database)
