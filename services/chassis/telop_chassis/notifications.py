"""PostgreSQL notifications: one LISTEN connection a process, local listeners woken at once, sends debounced.

A notification is a hint, never a message: whoever waits for one also polls, so that a lost one costs time and nothing
else. After a reconnect every listener is woken.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Final

import asyncpg
import structlog

from telop_chassis.failures import describe

Connect = Callable[[], AbstractAsyncContextManager["asyncpg.Connection[asyncpg.Record]"]]
Listener = Callable[[str], None]

DEBOUNCE_S: Final = 0.002
RECONNECT_S: Final = 0.5
_log = structlog.get_logger(__name__)


class Notifications:
    """Sends and receives notifications of one database."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._pending: set[tuple[str, str]] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def listen(self, channel: str, listener: Listener) -> Callable[[], None]:
        """Call `listener(payload)` on every notification; returns what ends that. Listen before `start`."""
        self._listeners[channel].add(listener)
        return lambda: self._listeners[channel].discard(listener)

    def signal(self, channel: str) -> asyncio.Event:
        """Return an event that is set on every notification of the channel; the waiter clears it."""
        event = asyncio.Event()
        self.listen(channel, lambda _: event.set())
        return event

    def send(self, notifications: Iterable[tuple[str, str]]) -> None:
        """Wake listeners of this process now, and those of others within milliseconds."""
        for channel, payload in notifications:
            self._dispatch(channel, payload)
            self._pending.add((channel, payload))
        if self._pending:
            self._wake.set()

    async def start(self) -> None:
        """Start the LISTEN connection in the background; it reconnects for ever."""
        self._task = asyncio.create_task(self._run(), name="notifications")

    async def stop(self) -> None:
        """Close the LISTEN connection."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _dispatch(self, channel: str, payload: str) -> None:
        for listener in tuple(self._listeners[channel]):
            listener(payload)

    def _received(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._dispatch(channel, str(payload))

    async def _run(self) -> None:
        while True:
            try:
                await self._session()
            except Exception as error:  # noqa: BLE001 - whatever it was, only a new connection helps
                _log.warning("notifications_lost", error=describe(error))
            await asyncio.sleep(RECONNECT_S)

    async def _session(self) -> None:
        async with self._connect() as connection:
            connection.add_termination_listener(lambda _: self._wake.set())
            channels = tuple(self._listeners)
            for channel in channels:
                await connection.add_listener(channel, self._received)
                self._dispatch(channel, "")
            try:
                while not connection.is_closed():
                    await self._wake.wait()
                    await asyncio.sleep(DEBOUNCE_S)
                    self._wake.clear()
                    await self._flush(connection)
            finally:
                if not connection.is_closed():
                    for channel in channels:
                        await connection.remove_listener(channel, self._received)

    async def _flush(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        pending, self._pending = self._pending, set()
        if pending and not connection.is_closed():
            channels, payloads = zip(*pending, strict=True)
            await connection.execute(
                "SELECT pg_notify(c, p) FROM unnest($1::text[], $2::text[]) AS n (c, p)", list(channels), list(payloads)
            )
