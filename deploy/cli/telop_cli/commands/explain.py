"""`telop explain`: why there is a finding, part by part."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain")(explain)


def explain(
    finding: Annotated[str, typer.Argument(help="The id of the finding.")],
    url: Annotated[str | None, typer.Option(help="The ingest service; else the stack of the data folder.")] = None,
    key: Annotated[str | None, typer.Option(help="An access key for --url.", envvar="TELOP_KEY")] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder of a running stack.")] = None,
) -> None:
    """Shows how a finding came about: the caption laid against the speech, who speaks against it, and why."""
    from telop_cli.demo import show  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.demo.connection import Connection  # noqa: PLC0415 - see telop_cli.commands
    from telop_cli.demo.explaining import explanation  # noqa: PLC0415 - see telop_cli.commands

    with Connection.find(url, key, data).client() as client:
        show.console().print(explanation(client.explanation(finding)))
