"""`python -m telop_cli` is the `telop` command."""

from telop_cli.main import run

run()
