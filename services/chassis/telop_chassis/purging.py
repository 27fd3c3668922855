"""Deletes rows that are too old, a few at a time: no transaction is long, and nobody who uses the table is held up."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Column, Table, delete, func, select, tuple_

from telop_chassis.database import Database

BATCH: Final = 1_000


async def purge(database: Database, time: Column[Any], *, older_than: timedelta) -> int:
    """Delete the rows whose `time`, a column with an index, is longer ago than that; return how many went.

    Rows without a time stay, and so do those that somebody has locked, until the next time.
    """
    table = time.table
    assert isinstance(table, Table)
    key = tuple_(*table.primary_key)
    old = select(*table.primary_key).where(time < func.clock_timestamp() - older_than).order_by(time).limit(BATCH)
    statement = delete(table).where(key.in_(old.with_for_update(skip_locked=True)))
    gone = 0
    while True:
        async with database.transaction(f"purge {table.name}") as transaction:
            deleted = (await transaction.execute(statement)).rowcount
        gone += deleted
        if deleted < BATCH:
            return gone
