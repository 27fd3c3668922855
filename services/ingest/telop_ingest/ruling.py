"""The rules that a job is judged by: its own, and those that its tenant set for all jobs.

A job adds to the tenant's roster and NG words, where its own entry of the same text wins; of the tenant's policy it
replaces the fields that it names. What holds is decided when the job is prepared: later changes are for later jobs.
"""

from datetime import UTC, datetime

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.auth import Principal
from telop_chassis.database import Transaction
from telop_contracts.check.v1 import Rules, TenantRules
from telop_contracts.media.v1 import CheckRequest, Policy

from telop_ingest.tables import tenant_rules

Stored = Row[tuple[str, str, str, datetime]]


async def stored(transaction: Transaction, tenant: str) -> Stored | None:
    """Return the tenant's row, if it ever set rules."""
    return (await transaction.execute(select(tenant_rules).where(tenant_rules.c.tenant == tenant))).one_or_none()


async def of_tenant(transaction: Transaction, tenant: str) -> TenantRules:
    """Return the rules of a tenant; empty ones, if it never set any."""
    row = await stored(transaction, tenant)
    return TenantRules.model_validate_json(row.payload) if row else TenantRules()


async def replace(transaction: Transaction, principal: Principal, rules: TenantRules) -> None:
    """Set the rules of the caller's tenant for all jobs that are prepared from now on."""
    values = {
        "payload": rules.model_dump_json(exclude_unset=True),
        "updated_by": principal.key_id,
        "updated_at": datetime.now(UTC),
    }
    statement = insert(tenant_rules).values(tenant=principal.tenant, **values)
    await transaction.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=values))


def merged(request: CheckRequest, tenants: TenantRules) -> Rules:
    """Return what holds for a job."""
    listed = {entry.text for entry in request.roster}
    forbidden = {word.text for word in request.ng_words}
    return Rules(
        roster=(*request.roster, *(entry for entry in tenants.roster if entry.text not in listed)),
        ng_words=(*request.ng_words, *(word for word in tenants.ng_words if word.text not in forbidden)),
        policy=_policy(request, tenants.policy),
    )


def _policy(request: CheckRequest, shared: Policy) -> Policy:
    if "policy" not in request.model_fields_set:
        return shared
    return shared.model_copy(update={name: getattr(request.policy, name) for name in request.policy.model_fields_set})
