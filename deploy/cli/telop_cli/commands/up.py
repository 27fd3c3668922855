"""`telop up`: a whole Telopcheck on this machine, in the foreground, until a signal ends it."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from telop_cli.stack.local import Stack

BROKER = "apache, embedded, or HOST:PORT of a broker that runs already."


def register(app: typer.Typer) -> None:
    """Adds `up`."""
    app.command()(up)


def up(
    *,
    json: Annotated[bool, typer.Option("--json", help="The first line of standard output is one JSON object.")] = False,
    kafka: Annotated[str, typer.Option(metavar="BROKER", help=BROKER)] = "apache",
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Where everything is kept.")] = None,
) -> None:
    """Run PostgreSQL, Kafka and the five services here, restart what dies, and stop everything on Ctrl-C.

    A second run on the same folder goes on where the first one stopped.
    """
    asyncio.run(_up(as_json=json, broker=kafka, named=data))


async def _up(*, as_json: bool, broker: str, named: Path | None) -> None:
    from telop_cli.console import ended_by_signal, report  # noqa: PLC0415 - see the package: help stays quick
    from telop_cli.paths import data_folder  # noqa: PLC0415
    from telop_cli.stack.local import local_stack  # noqa: PLC0415

    began = time.monotonic()
    async with ended_by_signal():
        data = data_folder(named)
        report(f"starting on {data}")
        async with local_stack(data, broker=broker, report=report) as stack:
            print(stack.line() if as_json else _summary(stack), flush=True)
            report(f"ready after {time.monotonic() - began:.1f} s; Ctrl-C stops everything")
            await asyncio.Event().wait()


def _summary(stack: "Stack") -> str:
    facts = {
        **stack.urls,
        "access key": stack.api_key,
        "kafka": f"{stack.kafka} ({stack.broker_kind})",
        "logs": str(stack.data / "log"),
    }
    return "\n".join(f"{name:<12}{value}" for name, value in facts.items())
