"""The `telop` command. Every error that a person can act on is one line on standard error and an exit status.

Commands live in `telop_cli.commands`, one module each, and are found there.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from telop_cli import commands
from telop_cli.failures import Refused

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h


def build() -> typer.Typer:
    """Returns the application with every command of the `commands` package."""
    app = typer.Typer(
        name="telop",
        help="Cross-checks burned-in captions with speech and reports mistakes before they go on air.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)
    return app


def run() -> None:
    """Runs the command line of this process and leaves it with the command's exit status."""
    with one_line_errors():
        build()()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns whatever ends the body into one line on standard error and an exit status."""
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Refused as refused:
        sys.stderr.write(f"telop: {refused}\n")
        raise SystemExit(refused.status) from None
    except Exception as error:
        if os.environ.get("TELOP_DEBUG"):
            raise
        text = " ".join(str(error).split())
        sys.stderr.write(f"telop: internal error: {type(error).__name__}: {text} (TELOP_DEBUG=1 shows where)\n")
        raise SystemExit(INTERNAL_ERROR) from None


def _options() -> None:
    """Makes typer treat a lone command as a command, not as the application itself."""


if __name__ == "__main__":
    run()
