"""The command line of every service: `python -m telop_<service>` serves, `... migrate` updates its database."""

import gc
import sys
from collections.abc import Callable
from typing import TypeVar

import uvloop

from telop_chassis import metrics, migrating, telemetry
from telop_chassis.health import Life
from telop_chassis.logs import configure_logs
from telop_chassis.service import Service
from telop_chassis.serving import serve
from telop_chassis.settings import ServiceSettings, load
from telop_chassis.version import VERSION

S = TypeVar("S", bound=ServiceSettings)
EXIT_USAGE = 64
EXIT_MIGRATION = 70


def main(name: str, settings_type: type[S], build: Callable[[S], Service]) -> None:
    """Run a service or its migrations; leaves with one line where settings or arguments are wrong."""
    settings = load(settings_type)
    configure_logs(name, VERSION, level=settings.log.level)
    arguments = sys.argv[1:]
    if arguments == ["migrate"]:
        uvloop.run(_migrate(build(settings)))
    elif arguments:
        sys.stderr.write(f"usage: python -m telop_{name} [migrate]\n")
        raise SystemExit(EXIT_USAGE)
    else:
        provider = telemetry.configure(name)
        metrics.configure(name)
        try:
            uvloop.run(_serve(build(settings)))
        finally:
            provider.shutdown()


def tune_collector() -> None:
    """Let the garbage collector leave alone what startup made, and look less often at what came since.

    With Python's own thresholds a third of the processor time of a webhook was spent in it (`just bench deliveries`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def _migrate(service: Service) -> None:
    try:
        await migrating.migrate(service.database, service.migrations)
    except OSError as error:
        sys.stderr.write(f"migrate: the database cannot be reached ({type(error).__name__})\n")
        raise SystemExit(EXIT_MIGRATION) from None
    finally:
        await service.database.stop()


async def _serve(service: Service) -> None:
    life = Life()
    app = service.app(life)
    tune_collector()
    await serve(app, service.settings.http, life)
