"""Migrations: one Alembic history per service, run as a step of its own that two replicas may run at once.

A replica that comes second waits for the first one's advisory lock and then finds nothing to do.
"""

from importlib import import_module, resources
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from telop_chassis.database import Database

LOCK: Final = 0x7E10_3160


def _upgrade(connection: Connection, package: str) -> None:
    # Alembic is imported by the step that migrates, not by every service that starts.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(resources.files(package)))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(database: Database, package: str) -> None:
    """Bring the database to the newest revision."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_upgrade, package)


async def is_newest(database: Database, package: str) -> bool:
    """Whether the database stands at the newest revision."""
    try:
        async with database.engine.connect() as connection:
            revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        return False
    return bool(revision == import_module(package).HEAD)


def run_environment() -> None:
    """What every service's `migrations/env.py` calls: run on the connection that `migrate` opened."""
    from alembic import context  # noqa: PLC0415

    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=None)
    context.run_migrations()
