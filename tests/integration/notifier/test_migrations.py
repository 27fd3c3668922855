from importlib import resources

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import Connection, text
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings
from telop_notifier.tables import metadata

from tests.integration.notifier.harness import Notifier
from tests.support.databases import Databases

BEFORE_THE_LANES = (
    (
        "INSERT INTO endpoints (id, tenant, url, description, secret)"
        " VALUES ('ep_1', 'acme', 'https://a.example', '', 's')"
    ),
    (
        "INSERT INTO messages (tenant, event_id, type, body)"
        " SELECT 'acme', 'e' || n, 'job.accepted', '' FROM generate_series(1, 3) n"
    ),
    (
        "INSERT INTO deliveries"
        " (id, tenant, endpoint_id, message_id, status, attempts, next_attempt_at, finished_at)"
        " SELECT 'd' || id, 'acme', 'ep_1', id, (ARRAY['pending', 'held', 'succeeded'])[id], 2,"
        " CASE id WHEN 1 THEN now() + interval '5 min' END, CASE WHEN id > 1 THEN now() END FROM messages"
    ),
    (
        "INSERT INTO inbox (tenant, source, event_id, type, subject, digest, status, priority_at, due_at)"
        " SELECT 'acme', 'task', s, 'deliver_attempt', '', '', s, now(), now()"
        " FROM unnest(ARRAY['waiting', 'scheduled', 'leased', 'done']) s"
    ),
)


async def test_the_tables_are_those_that_the_migrations_create(notifier: Notifier) -> None:
    tables = metadata.tables.values()
    columns = text(
        "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = ANY(:names)"
    )
    async with notifier.service.database.engine.connect() as connection:
        found = await connection.execute(columns, {"names": [table.name for table in tables]})
        indexes = set((await connection.scalars(text("SELECT indexname FROM pg_indexes"))).all())
    described = {(table.name, column.name, bool(column.nullable)) for table in tables for column in table.columns}
    assert {tuple(row) for row in found} == described
    assert {str(index.name) for table in tables for index in table.indexes} <= indexes


async def test_what_was_under_way_goes_on_after_the_upgrade(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery that waits for its third attempt, one that a pause held back, and their tasks of the former kind."""
    monkeypatch.setenv("TELOP_NOTIFIER__SECRET_KEYS", "5e" * 32)
    url = await databases.empty()
    database = Database(DatabaseSettings(url=SecretStr(url)), service="notifier")
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade, "v2")
            for statement in BEFORE_THE_LANES:
                await connection.execute(text(statement))
            await connection.run_sync(_upgrade, "head")
        async with database.engine.connect() as connection:
            shown = "SELECT id, status, tries, next_attempt_at IS NOT NULL FROM deliveries ORDER BY id"
            found = (await connection.execute(text(shown))).all()
            tasks = (await connection.scalars(text("SELECT status FROM inbox"))).all()
            lanes = (await connection.execute(text("SELECT endpoint_id, due_at IS NOT NULL FROM lanes"))).all()
    finally:
        await database.stop()
        await databases.drop(url)
    assert [tuple(row) for row in found] == [
        ("d1", "pending", 2, True),
        ("d2", "pending", 0, True),
        ("d3", "succeeded", 0, False),
    ]
    assert tasks == ["done"]
    assert [tuple(row) for row in lanes] == [("ep_1", True)]


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.files("telop_notifier.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
