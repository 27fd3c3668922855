"""The five services as programs: the settings each one gets, its migration, and when it counts as ready.

A setting that the environment of `telop up` carries already is passed on; what a stack decides by itself (addresses,
databases, keys, folders) always wins.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from telop_cli.failures import Refused
from telop_cli.stack import ports
from telop_cli.stack.ports import HOST
from telop_cli.stack.processes import Program

STAGE = 1
TENANT = "demo"
LOOPBACK = '["127.0.0.0/8", "::1/128"]'


@dataclass(frozen=True)
class Service:
    """One service: its name, which is also that of its database, and the Python module that runs it."""

    name: str
    module: str
    has_migrations: bool = True


SERVICES = tuple(Service(name, f"telop_{name}") for name in ("ingest", "ocr", "asr", "matcher", "notifier"))


@dataclass(frozen=True)
class Surroundings:
    """What all services of a stack share."""

    data: Path
    kafka: str
    ingest_url: str
    api_key: str
    cursor_key: str
    extra: Mapping[str, str]
    """Environment variables that the caller adds."""


def leftover(service: Service) -> Program:
    """Returns what an earlier run's process of the service is recognised and ended by."""
    return Program(service.name, (), service.module)


async def migrate(service: Service, database: str) -> None:
    """Brings the service's database up to date. Raises Refused.

    Here rather than by `python -m telop_<service> migrate`: five more interpreters that import everything cost 12 s of
    processor time, this costs 1 s.
    """
    from alembic.util import CommandError  # noqa: PLC0415 - a second that Kafka needs meanwhile to start
    from pydantic import SecretStr  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from telop_chassis import migrating  # noqa: PLC0415
    from telop_chassis.database import Database  # noqa: PLC0415
    from telop_chassis.settings import DatabaseSettings  # noqa: PLC0415

    own = Database(DatabaseSettings(url=SecretStr(database)), service=service.name)
    try:
        await migrating.migrate(own, f"{service.module}.migrations")
    except (SQLAlchemyError, CommandError) as error:
        raise Refused(f"the database of {service.name} cannot be brought up to date: {type(error).__name__}") from error
    finally:
        await own.stop()


def program(service: Service, around: Surroundings, database: str, port: int) -> Program:
    """Returns the program that serves, as every role at once."""
    decided = {
        "TELOP_DATABASE__URL": database,
        "TELOP_KAFKA__BOOTSTRAP": around.kafka,
        "TELOP_OBJECTS__URL": (around.data / "objects").as_uri(),
        "TELOP_CACHE__DIR": str(around.data / "cache" / service.name),
        "TELOP_HTTP__HOST": HOST,
        "TELOP_HTTP__PORT": str(port),
        "TELOP_HTTP__CURSOR_KEY": around.cursor_key,
        "TELOP_AUTH__SEED_TENANT": TENANT,
        **_own(service, around),
        **around.extra,
    }
    argv = (sys.executable, "-m", service.module)
    # Longer than a service may take by its own settings: its limits, not ours, shall end what hangs.
    return Program(service.name, argv, service.module, _environment(decided), grace_s=30.0)


def _own(service: Service, around: Surroundings) -> dict[str, str]:
    match service.name:
        case "ingest":
            return {"TELOP_AUTH__SEED_KEY": around.api_key}
        case "notifier":
            return {"TELOP_NOTIFIER__PUBLIC_URL": around.ingest_url}
        case _:
            return {}


async def ready(client: httpx.AsyncClient, port: int, key: str) -> bool:
    """Returns whether the service at a port says that it is ready and has learned of the first access key."""
    if not await ports.listens(port):  # a tenth of the cost of asking, and mostly the answer
        return False
    try:
        answer = await client.get(f"http://{HOST}:{port}/readyz", timeout=5.0)
        if answer.status_code != httpx.codes.OK:
            return False
        headers = {"Authorization": f"Bearer {key}"}
        known = await client.get(f"http://{HOST}:{port}/v1/dead-letters?limit=1", headers=headers, timeout=5.0)
    except httpx.HTTPError:
        return False
    return known.status_code != httpx.codes.UNAUTHORIZED


def _environment(decided: Mapping[str, str]) -> dict[str, str]:
    unless_set = {
        "TELOP_ROLE": "all",
        "TELOP_URLS__ALLOWED_NETWORKS": LOOPBACK,
        "TELOP_INTAKE__TENANTS": '{"media.published.v1": "demo"}',
        # Nothing balances load here: nobody has to learn first that a stopping service takes no more requests.
        "TELOP_HTTP__DRAIN_S": "0",
    }
    return unless_set | dict(os.environ) | dict(decided)
