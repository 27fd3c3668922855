"""Waits until something holds: the only place in the tests that sleeps."""

import asyncio
from collections.abc import Awaitable, Callable

INTERVAL_S = 0.02


async def eventually(holds: Callable[[], Awaitable[bool]], *, within_s: float = 30.0) -> None:
    """Return as soon as `holds` gives true; fail after `within_s` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not await holds():
        assert loop.time() < deadline, f"did not hold within {within_s} s: {getattr(holds, '__qualname__', holds)}"
        await asyncio.sleep(INTERVAL_S)


async def time_passes(seconds: float) -> None:
    """Let time pass where the test is about something that must not happen meanwhile, or about its length."""
    await asyncio.sleep(seconds)
