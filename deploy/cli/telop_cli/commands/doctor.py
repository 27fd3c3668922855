"""`telop doctor`: whether a local stack can run on this machine, and what to do where it cannot."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(doctor)


def doctor(
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the stack's data would lie.")] = None,
) -> None:
    """Try out what a local stack needs; one line each. The exit status is 1 if something needed is missing."""
    from telop_cli.doctor import examine  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.paths import data_folder  # noqa: PLC0415

    checked = asyncio.run(examine(data_folder(data)))
    for check in checked:
        state = "ok" if check.ok else "MISSING" if check.needed else "without"
        print(f"{state:<9}{check.name:<16}{check.said}")
    raise typer.Exit(0 if all(check.ok or not check.needed for check in checked) else 1)
