from sqlalchemy import text
from telop_notifier.tables import metadata

from tests.integration.notifier.harness import Notifier


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
