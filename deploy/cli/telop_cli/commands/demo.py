"""`telop demo`: everything at once, on real media, in one command."""

import shutil
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo")(demo)


def demo(
    kafka: Annotated[str | None, typer.Option(help="apache, embedded, or HOST:PORT of a broker.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep the stack's data here; else they are thrown away.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack up until Ctrl-C.")] = False,
) -> None:
    """Starts a stack, checks a clip with planted mistakes, and shows findings, webhook and trace.

    The exit status is 0 only if every planted mistake was found, nothing else was, and the webhook was signed.
    """
    from telop_cli.demo import run, show  # noqa: PLC0415 - see telop_cli.commands

    signal.signal(signal.SIGTERM, _leave)
    folder = data or Path(tempfile.mkdtemp(prefix="telop-demo-"))
    try:
        right = run.run(show.console(), folder, kafka, keep)
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if right else 1)


def _leave(signal_number: int, _: object) -> None:
    """Ends the command as SIGTERM would, but by way of every `with` block, so that the stack ends too."""
    raise SystemExit(128 + signal_number)
