"""Uploaded files: media and transcripts, known by an id to the tenant that uploaded them."""

from uuid import uuid4

from sqlalchemy import select
from telop_chassis.database import Transaction
from telop_contracts.values import ObjectRef

from telop_ingest.tables import media


def new_media_id() -> str:
    """Return a fresh id."""
    return f"med_{uuid4().hex}"


def object_key(tenant: str, media_id: str) -> str:
    """Return where an upload lies in the object store."""
    return f"tenants/{tenant}/media/{media_id}"


def is_own_key(tenant: str, key: str) -> bool:
    """Whether an object key lies inside the tenant's prefix, and really does."""
    return key.startswith(f"tenants/{tenant}/") and not {"", ".", ".."} & set(key.split("/"))


async def register(transaction: Transaction, tenant: str, media_id: str, stored: ObjectRef) -> None:
    """Remember an upload that is in the store."""
    await transaction.execute(
        media.insert().values(
            media_id=media_id, tenant=tenant, object_key=stored.key, sha256=stored.sha256, bytes=stored.bytes
        )
    )


async def find(transaction: Transaction, tenant: str, media_id: str) -> ObjectRef | None:
    """Return the object of an upload of this tenant."""
    statement = select(media).where(media.c.media_id == media_id, media.c.tenant == tenant)
    row = (await transaction.execute(statement)).one_or_none()
    return None if row is None else ObjectRef(key=row.object_key, sha256=row.sha256, bytes=row.bytes)
