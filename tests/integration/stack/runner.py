"""`python -m tests.integration.stack.runner DATA BROKER`: `telop up --json` with services that cost nothing."""

import asyncio
import sys
from pathlib import Path

from telop_cli import main
from telop_cli.console import ended_by_signal, report
from telop_cli.stack.local import local_stack
from telop_cli.stack.services import Service

MODULE = "tests.integration.stack.answering_service"
MEMBERS = (Service("ingest", MODULE, has_migrations=False), Service("ocr", MODULE, has_migrations=False))


async def run(data: Path, broker: str) -> None:
    """Runs the stack until a signal."""
    async with ended_by_signal(), local_stack(data, broker=broker, report=report, members=MEMBERS) as stack:
        sys.stdout.write(stack.line() + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with main.one_line_errors():
        asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
