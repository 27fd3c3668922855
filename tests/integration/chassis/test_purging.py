"""What is too old goes, in short transactions; what is not, or is in use, stays."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, func, insert, select, text
from telop_chassis import purging
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings

from tests.support.databases import Databases

METADATA = MetaData()
ROWS = Table(
    "rows",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("ended_at", DateTime(timezone=True)),
)


async def test_only_what_is_too_old_and_not_in_use_goes(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 10)
    url = await databases.empty()
    database = Database(DatabaseSettings(url=SecretStr(url)), service="rows")
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        now = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        ends = [*[now - timedelta(days=8)] * 25, now - timedelta(days=6), None]
        await connection.execute(
            insert(ROWS), [{"tenant": "acme", "id": at, "ended_at": end} for at, end in enumerate(ends)]
        )
    async with database.engine.begin() as holder:
        await holder.execute(text("SELECT 1 FROM rows WHERE id = 3 FOR UPDATE"))
        assert await purging.purge(database, ROWS.c.ended_at, older_than=timedelta(days=7)) == 24
    async with database.engine.begin() as connection:
        assert (await connection.execute(select(ROWS.c.id).order_by(ROWS.c.id))).scalars().all() == [3, 25, 26]
    await database.engine.dispose()
    await databases.drop(url)
