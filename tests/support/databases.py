"""Databases of their own for tests, on whichever PostgreSQL was chosen.

A service's history is run once a session, into a template; every database after that is a copy of it, which takes
about 50 ms.
"""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import asyncpg
from pydantic import SecretStr
from telop_chassis import migrating
from telop_chassis.database import Database
from telop_chassis.settings import DatabaseSettings


class Databases:
    """A server's databases. `url` gives the URL of a database by its name; `chosen` says what the server is."""

    def __init__(self, url: Callable[[str], str], chosen: str) -> None:
        self.url = url
        self.chosen = chosen
        self._made: list[str] = []
        self._templates: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()  # a template cannot be copied by two at once

    async def empty(self) -> str:
        """Returns the URL of a new, empty database."""
        return self.url(await self._create("template1"))

    async def migrated(self, service: str) -> str:
        """Returns the URL of a new database that has the newest revision of the service's history."""
        async with self._one_at_a_time:
            if service not in self._templates:
                template = await self._create("template1")
                await _migrate(service, self.url(template))
                self._templates[service] = template
            return self.url(await self._create(self._templates[service]))

    async def drop(self, url: str) -> None:
        """Drops a database that came from here, whoever is connected to it."""
        name = next(name for name in self._made if self.url(name) == url)
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    async def _create(self, template: str) -> str:
        name = f"t{uuid4().hex}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return name

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def _migrate(service: str, url: str) -> None:
    database = Database(DatabaseSettings(url=SecretStr(url)), service=service)
    try:
        await migrating.migrate(database, f"telop_{service}.migrations")
    finally:
        await database.stop()
