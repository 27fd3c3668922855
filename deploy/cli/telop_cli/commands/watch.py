"""`telop watch`: follows a job to its end."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("watch")(watch)


def watch(
    job: Annotated[str, typer.Argument(help="The id of the job.")],
    url: Annotated[str | None, typer.Option(help="The ingest service; else the stack of the data folder.")] = None,
    key: Annotated[str | None, typer.Option(help="An access key for --url.", envvar="TELOP_KEY")] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder of a running stack.")] = None,
) -> None:
    """Follows a job to its end and shows its findings. The exit status is 1 if it failed or was cancelled."""
    from telop_cli.demo import show  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client() as client:
        ended = show.to_the_end(show.console(), client, job)
    raise typer.Exit(0 if ended["status"] == "succeeded" else 1)
