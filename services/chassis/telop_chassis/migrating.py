"""Migrations: one Alembic history per service, run as a step of its own that two replicas may run at once.

A replica that comes second waits for the first one's advisory lock and then finds nothing to do.
"""

import asyncio
from importlib import resources
from typing import Final

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from telop_chassis.database import Database

LOCK: Final = 0x7E10_3160


def _config(package: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files(package)))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head(package: str) -> str | None:
    """Return the newest revision of a service's history."""
    return ScriptDirectory.from_config(_config(package)).get_current_head()


async def migrate(database: Database, package: str) -> None:
    """Bring the database to the newest revision."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(lambda sync: command.upgrade(_config(package, sync), "head"))


async def is_newest(database: Database, package: str) -> bool:
    """Whether the database stands at the newest revision."""
    try:
        async with database.engine.connect() as connection:
            revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        return False
    return bool(revision == await asyncio.to_thread(head, package))


def run_environment() -> None:
    """What every service's `migrations/env.py` calls: run on the connection that `migrate` opened."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=None)
    context.run_migrations()
