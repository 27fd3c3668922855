"""A pool whose connections the server closed gives new ones, without asking the server each time."""

from pydantic import SecretStr
from sqlalchemy import text
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings

from tests.support.databases import Databases
from tests.support.eventually import eventually


async def test_connections_that_the_server_closed_are_replaced(databases: Databases) -> None:
    url = await databases.empty()
    database = Database(DatabaseSettings(url=SecretStr(url), pool_size=3), service="example")
    other = Database(DatabaseSettings(url=SecretStr(url)), service="example")
    async with database.driver() as one, database.driver() as two, database.driver() as three:
        lent = [one, two, three]
    async with other.driver() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    async def all_are_closed() -> bool:
        return all(each.is_closed() for each in lent)

    await eventually(all_are_closed)
    for _ in range(4):
        async with database.transaction("look") as first, database.transaction("look") as second:
            assert [(await each.execute(text("SELECT 1"))).scalar_one() for each in (first, second)] == [1, 1]
    await database.stop()
    await other.stop()
    await databases.drop(url)
