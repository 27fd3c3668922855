"""Access keys: made here, shown once, stored as their SHA-256, and announced to every service with each change.

What a key is (hash, tenant, scopes, expiry, revoked) lives in the chassis's table, from which this service too
authenticates; `issued_keys` adds what only people need. Sequences of a key grow under the lock of its row.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from telop_chassis import access
from telop_chassis.auth import NewKey, hash_key, new_key
from telop_chassis.database import Database, Transaction
from telop_chassis.problems import NotFound
from telop_chassis.settings import AuthSettings
from telop_chassis.tables import access_keys
from telop_contracts.access.v1 import SCOPES, AccessChanged

from telop_ingest.read_model import Position
from telop_ingest.tables import issued_keys

KeyRow = Row[Any]


async def create(
    transaction: Transaction, tenant: str, name: str, scopes: Sequence[str], expires_at: datetime | None
) -> tuple[KeyRow, NewKey]:
    """Make a key for a tenant; its text is in the answer and nowhere else."""
    key = new_key()
    key_id = f"key_{uuid4().hex}"
    state = AccessChanged(
        key_id=key_id,
        sequence=1,
        key_sha256=key.sha256,
        tenant=tenant,
        scopes=tuple(dict.fromkeys(scopes)),
        expires_at=expires_at,
    )
    await _announce(transaction, state)
    await transaction.execute(issued_keys.insert().values(key_id=key_id, name=name, prefix=key.prefix))
    return await find(transaction, tenant, key_id), key


async def page(transaction: Transaction, tenant: str, limit: int, after: Position) -> Sequence[KeyRow]:
    """Return keys of a tenant, the newest first; a position is creation time in ISO 8601 and key id."""
    statement = _keys().where(access_keys.c.tenant == tenant)
    if after:
        place = (datetime.fromisoformat(str(after[0])), str(after[1]))
        statement = statement.where(tuple_(issued_keys.c.created_at, issued_keys.c.key_id) < place)
    statement = statement.order_by(issued_keys.c.created_at.desc(), issued_keys.c.key_id.desc()).limit(limit)
    return (await transaction.execute(statement)).all()


async def find(transaction: Transaction, tenant: str, key_id: str) -> KeyRow:
    """Return one key; raises `NotFound`."""
    statement = _keys().where(access_keys.c.key_id == key_id, access_keys.c.tenant == tenant)
    row = (await transaction.execute(statement.with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    return row


async def set_expiry(transaction: Transaction, tenant: str, key_id: str, expires_at: datetime | None) -> KeyRow:
    """Set or lift when a key stops to open anything; raises `NotFound`."""
    row = await find(transaction, tenant, key_id)
    await _announce(transaction, _state(row).model_copy(update={"expires_at": expires_at}), row.sequence + 1)
    return await find(transaction, tenant, key_id)


async def revoke(transaction: Transaction, tenant: str, key_id: str) -> None:
    """Revoke a key for good; raises `NotFound`."""
    row = await find(transaction, tenant, key_id)
    if not row.revoked:
        await _announce(transaction, _state(row).model_copy(update={"revoked": True}), row.sequence + 1)


class SeedKey:
    """The first key of an installation, from a setting, so that somebody can make the others."""

    def __init__(self, database: Database, settings: AuthSettings) -> None:
        self._database = database
        self._settings = settings

    async def start(self) -> None:
        """Make the key if it is new, and announce it as it is: a broker may have lost what was said before."""
        if self._settings.seed_key is None:
            return
        text = self._settings.seed_key.get_secret_value()
        sha256 = hash_key(text)
        key_id = f"key_{sha256[:32]}"
        seed = AccessChanged(
            key_id=key_id, sequence=1, key_sha256=sha256, tenant=self._settings.seed_tenant, scopes=SCOPES
        )
        async with self._database.transaction("seed key") as transaction:
            await access.store(transaction, seed)
            row = {"key_id": key_id, "name": "seed", "prefix": text.split("_")[1] if text.count("_") > 1 else ""}
            await transaction.execute(insert(issued_keys).values(row).on_conflict_do_nothing())
            stored = await transaction.execute(_keys().where(access_keys.c.key_id == key_id))
            state = _state(stored.one())
            await transaction.append(state, tenant=state.tenant)

    async def stop(self) -> None:
        """Nothing was opened."""


def _keys() -> Select[Any]:
    shown = (issued_keys.c.name, issued_keys.c.prefix, issued_keys.c.created_at)
    return select(access_keys, *shown).join(issued_keys, issued_keys.c.key_id == access_keys.c.key_id)


def _state(row: KeyRow) -> AccessChanged:
    return AccessChanged(
        key_id=row.key_id,
        sequence=row.sequence,
        key_sha256=row.key_sha256,
        tenant=row.tenant,
        scopes=tuple(row.scopes),
        expires_at=row.expires_at,
        revoked=row.revoked,
    )


async def _announce(transaction: Transaction, state: AccessChanged, sequence: int = 1) -> None:
    state = state.model_copy(update={"sequence": sequence})
    await access.store(transaction, state)
    await transaction.append(state, tenant=state.tenant)
