"""The five services as programs: the settings each one gets, its migration, and when it counts as ready.

A setting that the environment of `telop up` carries already is passed on; what a stack decides by itself (addresses,
databases, keys, folders) always wins.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from telop_cli.stack import migrations, ports
from telop_cli.stack.nursery import Nursery
from telop_cli.stack.ports import HOST
from telop_cli.stack.processes import Program

STAGE = 1
TENANT = "demo"
SEALING = "TELOP_NOTIFIER__SECRET_KEYS"
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
    sealing_key: str
    """Seals the secrets of webhook endpoints in the notifier's database."""
    extra: Mapping[str, str]
    """Environment variables that the caller adds."""


def leftover(service: Service) -> Program:
    """Returns what an earlier run's process of the service is recognised and ended by."""
    return Program(service.name, (), service.module)


def migration(members: Sequence[Service], databases: Mapping[str, str], sealing_key: str, nursery: Nursery) -> Program:
    """Returns the program that brings the services' databases up to date."""
    histories = {databases[member.name]: f"{member.module}.migrations" for member in members if member.has_migrations}
    environment = _environment({migrations.HISTORIES: json.dumps(histories), SEALING: sealing_key})
    return Program("migrate", (migrations.__name__,), migrations.__name__, environment, nursery=nursery)


def program(service: Service, around: Surroundings, database: str, port: int, nursery: Nursery) -> Program:
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
    # Longer than a service may take by its own settings: its limits, not ours, shall end what hangs.
    return Program(
        service.name, (service.module,), service.module, _environment(decided), grace_s=30.0, nursery=nursery
    )


def _own(service: Service, around: Surroundings) -> dict[str, str]:
    match service.name:
        case "ingest":
            return {"TELOP_AUTH__SEED_KEY": around.api_key}
        case "notifier":
            return {"TELOP_NOTIFIER__PUBLIC_URL": around.ingest_url, SEALING: around.sealing_key}
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
