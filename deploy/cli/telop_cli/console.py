"""What commands that run for a while have in common at the terminal: lines for a person, and the end by a signal."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telop_cli.stack.tether import end_with

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def report(line: str) -> None:
    """Tells a person something, on standard error."""
    sys.stderr.write(f"telop: {line}\n")
    sys.stderr.flush()


@asynccontextmanager
async def ended_by_signal() -> AsyncIterator[None]:
    """Lets SIGINT, SIGTERM or SIGHUP end the body: it is cancelled once and cleans up; no error leaves the context.

    A second signal changes nothing: what is being stopped has its own limits. With `TELOP_ENDS_WITH_STARTER` set, the
    death of the starter counts as SIGTERM: for starters that do not pass signals on.
    """
    loop = asyncio.get_running_loop()
    body = asyncio.current_task()
    assert body is not None
    told = asyncio.Event()

    def tell(number: signal.Signals) -> None:
        if not told.is_set():
            told.set()
            report(f"{number.name}: stopping")
            body.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, tell, number)
    if os.environ.get("TELOP_ENDS_WITH_STARTER"):
        end_with(os.getppid(), signal.SIGTERM)
    try:
        yield
    except asyncio.CancelledError:
        if not told.is_set():
            raise
        body.uncancel()
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
