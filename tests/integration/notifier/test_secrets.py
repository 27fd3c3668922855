"""Secrets sign as long as was promised and none stands in the database. (Logs and spans: `test_api`.)"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib import resources

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import Connection, text
from standardwebhooks import WebhookVerificationError
from telop_chassis import migrating
from telop_chassis.database import Database
from telop_chassis.sealing import Sealer
from telop_chassis.settings import DatabaseSettings
from telop_contracts.job.v1 import JobAccepted
from telop_notifier.endpoints import HEADERS
from telop_notifier.resealing import Resealing

from tests.integration.notifier.harness import TENANT, Notifier
from tests.integration.notifier.receiver import Receiver, receiver
from tests.support.databases import Databases
from tests.support.eventually import eventually

KEY = "TELOP_NOTIFIER__SECRET_KEYS"


async def _everything(notifier: Notifier) -> str:
    """Every row of every table, as text."""
    tables = "SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables WHERE schemaname = 'public'"
    names = (await notifier.scalar(tables)).split(",")
    rows = [await notifier.scalar(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t") for name in names]
    return " ".join(rows)


async def test_no_secret_stands_in_the_database(notifier: Notifier) -> None:
    async with receiver() as subscriber:
        endpoint_id, first = await notifier.endpoint(subscriber.url)
        rotated = await notifier.client.post(f"/v1/webhook-endpoints/{endpoint_id}/rotate-secret")
        await notifier.client.post(f"/v1/webhook-endpoints/{endpoint_id}/test")

        async def arrived() -> bool:
            return bool(subscriber.received)

        await eventually(arrived)
    second = rotated.json()["secret"]
    for secret in (first, second):
        subscriber.received[0].verified(secret)
    stored = await _everything(notifier)
    for secret in (first, second):
        for spelling in (secret, secret.removeprefix("whsec_")):
            assert spelling not in stored
    assert "s1." in stored


def accepted(job_id: str) -> JobAccepted:
    return JobAccepted(job_id=job_id, sequence=1, language="en", created_at=datetime(2026, 11, 21, 10, tzinfo=UTC))


async def until_received(here: Receiver, count: int) -> None:
    async def holds() -> bool:
        return len(here.received) == count

    await eventually(holds)


async def test_both_secrets_sign_while_a_rotation_overlaps(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, old = await notifier.endpoint(here.url)
        rotated = (await notifier.client.post(f"/v1/webhook-endpoints/{endpoint_id}/rotate-secret")).json()
        await notifier.publish(accepted("a"))
        await until_received(here, 1)
        await notifier.scalar("UPDATE endpoints SET previous_secret_until = clock_timestamp() RETURNING 1")
        await notifier.publish(accepted("b"))
        await until_received(here, 2)
    assert here.received[0].verified(old)
    assert here.received[0].verified(rotated["secret"])
    assert here.received[1].verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        here.received[1].verified(old)


async def test_every_secret_signs_for_as_long_as_was_promised_however_often_one_rotates(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, first = await notifier.endpoint(here.url)
        rotate = f"/v1/webhook-endpoints/{endpoint_id}/rotate-secret"
        secrets = [first, *[(await notifier.client.post(rotate)).json()["secret"] for _ in range(3)]]
        refused = await notifier.client.post(rotate)
        await notifier.publish(accepted("a"))
        await until_received(here, 1)
        await notifier.scalar("UPDATE endpoints SET previous_secret_until = clock_timestamp() RETURNING 1")
        secrets.append((await notifier.client.post(rotate)).json()["secret"])
        await notifier.publish(accepted("b"))
        await until_received(here, 2)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "too_many_secrets")
    assert all(here.received[0].verified(each) for each in secrets[:4])
    assert all(here.received[1].verified(each) for each in secrets[3:])
    for each in secrets[:3]:
        with pytest.raises(WebhookVerificationError):
            here.received[1].verified(each)


async def test_secrets_that_stood_in_the_database_are_sealed_by_the_migration(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await databases.empty()
    monkeypatch.setenv(KEY, "5e" * 32)
    database = Database(DatabaseSettings(url=SecretStr(url)), service="notifier")
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade, "v1")
            await connection.execute(
                text(
                    "INSERT INTO endpoints (id, tenant, url, description, secret, previous_secret)"
                    " VALUES ('ep_1', :tenant, 'https://a.example', '', 'whsec_new', 'whsec_old'),"
                    " ('ep_2', :tenant, 'https://b.example', '', 'whsec_other', NULL)"
                ),
                {"tenant": TENANT},
            )
        await migrating.migrate(database, "telop_notifier.migrations")
        async with database.engine.connect() as connection:
            rows = (
                await connection.execute(text("SELECT id, secret, previous_secret FROM endpoints ORDER BY id"))
            ).all()
    finally:
        await database.stop()
        await databases.drop(url)
    sealer = Sealer(SecretStr("5e" * 32))
    assert sealer.open(rows[0].secret, TENANT, "ep_1") == "whsec_new"
    assert sealer.open(rows[0].previous_secret, TENANT, "ep_1") == "whsec_old"
    assert sealer.open(rows[1].secret, TENANT, "ep_2") == "whsec_other"
    assert rows[1].previous_secret is None


async def test_resealing_brings_every_secret_under_the_newest_key(notifier: Notifier) -> None:
    old, new = "5e" * 32, "ab" * 32
    async with receiver() as subscriber:
        first, secret = await notifier.endpoint(subscriber.url, headers={"authorization": "Bearer MARKER"})
        between = await notifier.client.post(f"/v1/webhook-endpoints/{first}/rotate-secret")
        rotated = await notifier.client.post(f"/v1/webhook-endpoints/{first}/rotate-secret")
        lost, _ = await notifier.endpoint(subscriber.url)
    await notifier.scalar("UPDATE endpoints SET secret = 's1.00000000.AAAA' WHERE id = :id RETURNING 1", id=lost)
    for _ in range(2):
        await Resealing(notifier.service.database, sealer=Sealer(SecretStr(f"{new},{old}"))).reseal()
    row = await notifier.scalar("SELECT row_to_json(e)::text FROM endpoints e WHERE id = :id", id=first)
    found, opened = json.loads(row), Sealer(SecretStr(new))
    assert opened.open(found["secret"], TENANT, first) == rotated.json()["secret"]
    previous = [opened.open(each, TENANT, first) for each in found["previous_secret"].split()]
    assert previous == [between.json()["secret"], secret]
    assert json.loads(opened.open(found["headers"], TENANT, first, HEADERS)) == {"authorization": "Bearer MARKER"}
    assert await notifier.scalar("SELECT secret FROM endpoints WHERE id = :id", id=lost) == "s1.00000000.AAAA"


@pytest.mark.parametrize("key", [None, "not a key"])
def test_a_notifier_without_a_proper_key_says_so_in_one_line(key: str | None) -> None:
    settings = {
        "TELOP_DATABASE__URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "TELOP_KAFKA__BOOTSTRAP": "127.0.0.1:1",
        "TELOP_OBJECTS__URL": "memory:///",
        "TELOP_HTTP__CURSOR_KEY": "0" * 43,
        "TELOP_NOTIFIER__PUBLIC_URL": "https://telop.example",
        **({KEY: key} if key else {}),
    }
    program = [sys.executable, "-m", "telop_notifier"]
    ended = subprocess.run(program, env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 78
    assert ended.stderr.startswith(f"setting {KEY}: ")
    assert ended.stderr.count("\n") == 1
    assert "not a key" not in ended.stderr


def test_the_settings_do_not_show_the_key(notifier: Notifier) -> None:
    assert "5e" * 32 not in repr(notifier.service.settings)
    assert "5e" * 32 not in json.dumps(notifier.service.settings.model_dump(mode="json"))


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.files("telop_notifier.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
