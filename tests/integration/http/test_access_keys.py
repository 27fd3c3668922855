"""Access keys, health and dead letters of a whole service over HTTP, on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import delete
from telop_chassis.access import store
from telop_chassis.auth import AccessKeys, Authenticator, NewKey, new_key
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings
from telop_chassis.tables import access_keys
from telop_contracts.access.v1 import AccessChanged

from contracts.tooling import services


@dataclass
class Running:
    """The HTTP application of ocr on a database, whose broker is not there."""

    client: httpx.AsyncClient
    database: Database

    async def put(
        self, key: NewKey, *, sequence: int = 1, revoked: bool = False, expires_at: datetime | None = None
    ) -> None:
        changed = AccessChanged(
            key_id=f"key-{key.prefix}",
            sequence=sequence,
            key_sha256=key.sha256,
            tenant="acme",
            scopes=("admin",),
            expires_at=expires_at,
            revoked=revoked,
        )
        async with self.database.transaction("put key") as transaction:
            await store(transaction, changed)

    async def status(self, key: NewKey) -> int:
        headers = {"Authorization": f"Bearer {key.text.get_secret_value()}"}
        return (await self.client.get("/v1/dead-letters", headers=headers)).status_code


@pytest.fixture
async def running(database_url: Callable[[str], Awaitable[str]]) -> AsyncIterator[Running]:
    service = services.build("ocr", database=await database_url("ocr"))
    app = service.app()
    app.state.authenticator = Authenticator(AccessKeys(service.database), cache_s=0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://ocr.test") as client:
        yield Running(client, service.database)
    async with service.database.transaction("forget keys") as transaction:
        await transaction.execute(delete(access_keys))
    await service.database.stop()


async def test_a_stored_key_opens_and_a_revoked_one_no_longer(running: Running) -> None:
    key = new_key()
    assert await running.status(key) == 401
    await running.put(key)
    assert await running.status(key) == 200
    await running.put(key, sequence=2, revoked=True)
    assert await running.status(key) == 401


async def test_an_older_state_of_a_key_that_comes_late_opens_nothing(running: Running) -> None:
    key = new_key()
    await running.put(key, sequence=2, revoked=True)
    await running.put(key, sequence=1)
    assert await running.status(key) == 401


async def test_a_key_opens_until_it_expires(running: Running) -> None:
    early, late = new_key(), new_key()
    await running.put(early, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    await running.put(late, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert (await running.status(early), await running.status(late)) == (401, 200)


async def test_readiness_names_the_broker_that_is_missing_and_the_migration_that_is_there(running: Running) -> None:
    answer = await running.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "broker": "failed", "migration": "ok"}


async def test_without_its_database_a_service_is_alive_not_ready_and_answers_503() -> None:
    app = services.build("ocr").app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://ocr.test") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).json()["checks"]["database"] == "failed"
        headers = {"Authorization": f"Bearer {new_key().text.get_secret_value()}"}
        answer = await client.get("/v1/dead-letters", headers=headers)
        assert (answer.status_code, answer.json()["detail"]) == (503, "")
        assert answer.headers["retry-after"] == "5"


def test_the_database_settings_hide_their_password() -> None:
    assert "hunter2" not in repr(DatabaseSettings.model_validate({"url": "postgresql://a:hunter2@b/c"}))
