"""`telop dead-letters`: what a service gave up and why, and another try."""

from pathlib import Path
from typing import Annotated

import typer

Service = Annotated[str, typer.Option(help="Which service of the stack.")]
Url = Annotated[str | None, typer.Option(help="The service itself; else the stack of the data folder.")]
Key = Annotated[str | None, typer.Option(help="An admin's access key for --url.", envvar="TELOP_KEY")]
Data = Annotated[Path | None, typer.Option(help="The data folder of a running stack.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    letters = typer.Typer(help="List what a service gave up, and try it again.", no_args_is_help=True)
    letters.command("list")(list_letters)
    letters.command("requeue")(requeue)
    app.add_typer(letters, name="dead-letters")


def list_letters(service: Service = "ingest", url: Url = None, key: Key = None, data: Data = None) -> None:
    """Lists dead letters, the newest first: when, event id, type, job, reason and detail, one a line."""
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client_of(service) as client:
        for each in client.dead_letters():
            columns = ("died_at", "event_id", "type", "subject", "reason", "detail")
            print(*(each[column] for column in columns), sep="\t")


def requeue(
    event_id: Annotated[str, typer.Argument(help="The event id, as `telop dead-letters list` shows it.")],
    service: Service = "ingest",
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Tries a dead letter again; that is refused where its job has ended."""
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client_of(service) as client:
        client.requeue(event_id)
