"""Guards running work: prolongs its lease, and cancels it when it must not go on.

Whoever is cancelled kills its children before it returns: the work of a lost lease must not outlive the lease.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from telop_chassis.failures import describe

R = TypeVar("R")
_log = structlog.get_logger(__name__)


class InterruptedWork(Exception):
    """Work that was stopped from outside, and why."""

    ENDED: Final = "job_ended"
    LOST: Final = "lease_lost"
    RETURNED: Final = "lease_returned"

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Interruption:
    """How others stop a piece of work, or make its guard look at its lease now instead of at the next heartbeat."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.cause: str | None = None
        self.changed = asyncio.Event()

    def interrupt(self, cause: str) -> None:
        """Stop the work."""
        self.cause = cause
        self.changed.set()

    def look(self) -> None:
        """Make the guard ask the database now."""
        self.changed.set()


Beat = Callable[[], Awaitable[str | None]]


async def guarded(work: Coroutine[Any, Any, R], beat: Beat, interruption: Interruption, lease_s: float) -> R:
    """Return what the work returns; raises `InterruptedWork` after it has been cancelled and has ended."""
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_watch(beat, interruption, lease_s))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        cause = watch.result()
    finally:
        watch.cancel()
        if not task.done():
            task.cancel()
        await asyncio.wait({task, watch})
    if not task.cancelled() and task.exception() is None:
        return task.result()  # it was ready in the same moment: finished work is recorded, if its lease still holds
    raise InterruptedWork(cause)


async def _watch(beat: Beat, interruption: Interruption, lease_s: float) -> str:
    """Prolong the lease three times in its length; return the cause for which the work must stop."""
    loop = asyncio.get_running_loop()
    held_since = loop.time()
    pause = lease_s / 3
    while True:
        try:
            async with asyncio.timeout(pause):
                await interruption.changed.wait()
            interruption.changed.clear()
        except TimeoutError:
            pass
        if interruption.cause is not None:
            return interruption.cause
        started = loop.time()
        try:
            async with asyncio.timeout(max(0.05, held_since + lease_s / 2 - started)):
                cause = await beat()
            held_since, pause = started, lease_s / 3
        except Exception as error:  # noqa: BLE001 - whatever fails, the lease is not prolonged
            _log.warning("heartbeat_failed", error=describe(error))
            pause = lease_s / 20
            cause = InterruptedWork.LOST if loop.time() >= held_since + lease_s / 2 else None
        if cause is not None:
            return cause
