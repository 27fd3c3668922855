"""`python -m telop_cli.stack.migrations`: brings every database of a stack up to date, one after the other.

One process for all: five interpreters that import everything would cost 12 s of processor time, this costs 1 s.
"""

import asyncio
import json
import os
import sys
from typing import Final

HISTORIES: Final = "TELOP_STACK_HISTORIES"
"""A JSON object in the environment: database URL -> package of its history."""


async def _migrate(histories: dict[str, str]) -> str | None:
    """Migrates; returns what went wrong in one line."""
    from alembic.util import CommandError  # noqa: PLC0415 - imported where it is needed, by the process that does it
    from pydantic import SecretStr  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from telop_chassis import migrating  # noqa: PLC0415
    from telop_chassis.database import Database  # noqa: PLC0415
    from telop_chassis.settings import DatabaseSettings  # noqa: PLC0415

    for url, package in histories.items():
        database = Database(DatabaseSettings(url=SecretStr(url)), service="migrate")
        try:
            await migrating.migrate(database, package)
        except (SQLAlchemyError, CommandError) as error:
            return f"the database of {package} cannot be brought up to date: {type(error).__name__}"
        finally:
            await database.stop()
    return None


if __name__ == "__main__":
    sys.exit(asyncio.run(_migrate(json.loads(os.environ[HISTORIES]))))
