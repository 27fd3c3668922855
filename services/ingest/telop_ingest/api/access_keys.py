"""Access keys of the caller's tenant."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from telop_chassis.auth import Admin
from telop_chassis.http import Json
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import Invalid, problem_responses
from telop_contracts.access.v1 import SCOPES, Scope
from telop_contracts.media.v1 import Term

from telop_ingest import keys
from telop_ingest.api.views import KeyId, StoredRow, TheDatabase

router = APIRouter(prefix="/v1/access-keys", tags=["access keys"])


class NewAccessKey(BaseModel):
    """What a key is to open, and for how long."""

    model_config = ConfigDict(extra="forbid")

    name: Term
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20)]
    expires_at: AwareDatetime | None = None


class Expiry(BaseModel):
    """When a key stops to open anything; null for never."""

    model_config = ConfigDict(extra="forbid")

    expires_at: AwareDatetime | None


class AccessKeyView(BaseModel):
    """A key, without what would open anything."""

    key_id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked: bool

    @classmethod
    def of(cls, row: StoredRow) -> "AccessKeyView":
        """Show a stored key."""
        return cls(
            key_id=row.key_id,
            name=row.name,
            prefix=row.prefix,
            scopes=row.scopes,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked=row.revoked,
        )


class CreatedAccessKey(AccessKeyView):
    """A fresh key; `key` is shown this once."""

    key: str


@router.post("", status_code=201, response_model=CreatedAccessKey, summary="Create an access key (shown once)")
async def create_access_key(
    body: Annotated[Json[NewAccessKey], Body(examples=[{"name": "playout", "scopes": ["jobs:read", "jobs:write"]}])],
    principal: Admin,
    database: TheDatabase,
) -> CreatedAccessKey:
    """Create a key of the caller's tenant."""
    if unknown := [index for index, scope in enumerate(body.scopes) if scope not in SCOPES]:
        raise Invalid("There is no such scope", pointer=f"/scopes/{unknown[0]}", code="scope_unknown")
    async with database.transaction("create access key") as transaction:
        row, key = await keys.create(transaction, principal.tenant, body.name, body.scopes, body.expires_at)
    return CreatedAccessKey(key=key.text.get_secret_value(), **AccessKeyView.of(row).model_dump())


@router.get("", status_code=200, response_model=Page[AccessKeyView], summary="Access keys, the newest first")
async def list_access_keys(principal: Admin, query: PageQuery, database: TheDatabase) -> Page[AccessKeyView]:
    """Return one page of the tenant's keys, revoked ones included."""
    async with database.transaction("list access keys") as transaction:
        rows = await keys.page(transaction, principal.tenant, query.limit + 1, query.after)
    return query.page(rows, position=lambda row: (row.created_at.isoformat(), row.key_id), item=AccessKeyView.of)


@router.patch(
    "/{key_id}",
    status_code=200,
    response_model=AccessKeyView,
    summary="Set when an access key expires",
    responses=problem_responses(404),
)
async def expire_access_key(
    key_id: KeyId,
    body: Annotated[Json[Expiry], Body(examples=[{"expires_at": "2030-01-01T00:00:00Z"}])],
    principal: Admin,
    database: TheDatabase,
) -> AccessKeyView:
    """Set or lift the expiry of a key."""
    async with database.transaction("expire access key") as transaction:
        return AccessKeyView.of(await keys.set_expiry(transaction, principal.tenant, key_id, body.expires_at))


@router.delete(
    "/{key_id}",
    status_code=204,
    response_class=Response,
    summary="Revoke an access key",
    responses=problem_responses(404),
)
async def revoke_access_key(key_id: KeyId, principal: Admin, database: TheDatabase) -> None:
    """Revoke a key for good; every service refuses it within seconds."""
    async with database.transaction("revoke access key") as transaction:
        await keys.revoke(transaction, principal.tenant, key_id)
