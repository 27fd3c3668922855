"""`telop models`: keeps speech models on this machine, for services that have no way to the internet."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    models = typer.Typer(help="Fetch models for speech recognition.", no_args_is_help=True)
    models.callback()(lambda: None)  # makes typer treat a lone command as a command
    models.command("fetch")(fetch)
    app.add_typer(models, name="models")


def fetch(
    name: Annotated[str, typer.Argument(help="tiny, base, small, medium, large-v3, ... or owner/name of the hub.")],
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="A new folder; else where asr looks.")] = None,
) -> None:
    """Fetches a model of faster-whisper from the Hugging Face Hub, with the checksums of its files.

    asr finds it by its name (TELOP_ASR__MODEL=NAME), or by its folder if --to named one.
    """
    import subprocess  # noqa: PLC0415 - see telop_cli.commands
    import sys  # noqa: PLC0415

    from telop_cli.failures import Refused  # noqa: PLC0415

    command = [sys.executable, "-m", "telop_asr.models", name, *([str(to)] if to else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["the model cannot be fetched"]
        raise Refused(lines[-1])
    print(f"{done.stdout.strip()}\nuse it with TELOP_ASR__ENGINE=faster-whisper TELOP_ASR__MODEL={to or name}")
