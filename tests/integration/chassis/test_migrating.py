"""Migrations are a step of their own that two replicas may run at once, and that may run again."""

import asyncio
import os
import sys

from pydantic import SecretStr
from telop_chassis import migrating
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings

from tests.support.databases import Databases

PACKAGE = "telop_ocr.migrations"


async def migrate_as_a_process(url: str) -> tuple[int | None, bytes]:
    environment = {
        **os.environ,
        "TELOP_DATABASE__URL": url,
        "TELOP_KAFKA__BOOTSTRAP": "127.0.0.1:1",
        "TELOP_OBJECTS__URL": "memory:///",
        "TELOP_HTTP__CURSOR_KEY": "k" * 32,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "telop_ocr", "migrate"), env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return process.returncode, said


async def test_two_replicas_migrate_at_once_and_a_third_finds_nothing_to_do(databases: Databases) -> None:
    url = await databases.empty()
    database = Database(DatabaseSettings(url=SecretStr(url)), service="ocr")
    assert not await migrating.is_newest(database, PACKAGE)
    both = await asyncio.gather(migrate_as_a_process(url), migrate_as_a_process(url))
    assert [status for status, _ in both] == [0, 0], both
    assert await migrating.is_newest(database, PACKAGE)
    assert (await migrate_as_a_process(url))[0] == 0
    await database.stop()
    await databases.drop(url)


async def test_a_database_that_cannot_be_reached_is_one_line() -> None:
    status, said = await migrate_as_a_process("postgresql://nobody@127.0.0.1:1/nothing")
    assert status == 70
    assert len(said.splitlines()) == 1
    assert said.startswith(b"migrate: the database cannot be reached")
