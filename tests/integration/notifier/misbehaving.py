"""A receiver that misbehaves in every way we know, at random, and keeps a ledger of its own of what reached it.

The ledger knows nothing of the notifier: an arrival is written down with the receiver's clock before it is answered,
with the earliest time at which it asked to be called again.
"""

import asyncio
import gzip
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from telop_notifier.clock import Clock

from tests.integration.notifier.receiver import Received, read_request

Misbehaviour = Callable[["Ledger", "Arrival", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_EMPTY: Final = b"content-length: 0\r\n\r\n"


@dataclass
class Arrival:
    """One request, when it came, and what it was answered with. `not_before` is what the receiver asked for."""

    at: datetime
    received: Received
    answer: str = ""
    accepted: bool = False
    not_before: datetime | None = None


@dataclass
class Ledger:
    """What reached the receiver, by `webhook-id`, in order."""

    clock: Clock
    url: str = ""
    arrivals: defaultdict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    under_way: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0


async def _answer(writer: asyncio.StreamWriter, head: bytes, body: bytes = b"") -> None:
    status, separator, rest = head.partition(b"\r\n")
    writer.write(b"HTTP/1.1 " + status + separator + b"connection: close\r\n" + rest + body)
    await writer.drain()


async def accept(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    arrival.accepted = True
    await _answer(writer, b"204 No Content\r\n\r\n")


async def fail(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _answer(
        writer, random.choice((b"500 X", b"502 X", b"404 X", b"400 X", b"401 X", b"418 X")) + b"\r\n" + _EMPTY
    )


async def redirect(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _answer(writer, b"307 X\r\nlocation: " + ledger.url.encode() + b"\r\n" + _EMPTY)


async def slow_down(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    wait = timedelta(seconds=random.choice((1, 60, 3_600, 40_000)))
    until = ledger.clock() + wait
    as_date = random.random() < 0.5
    value = format_datetime(until, usegmt=True) if as_date else str(int(wait.total_seconds()))
    arrival.not_before = until.replace(microsecond=0) if as_date else until
    status = random.choice((b"429 X", b"503 X"))
    await _answer(writer, status + b"\r\nretry-after: " + value.encode() + b"\r\n" + _EMPTY)


async def ask_for_ever(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _answer(writer, b"503 X\r\nretry-after: " + random.choice((b"9" * 40, b"-1", b"soon")) + b"\r\n" + _EMPTY)


async def hang(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def reset(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def close(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def babble(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(
        random.choice((b"\x00\xff\xfe" * 50, b"HTTP/9.9 abc\r\n\r\n", b"SSH-2.0-x\r\n", b"HTTP/1.1 99999 X\r\n\r\n"))
    )
    await writer.drain()


async def huge_head(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _answer(
        writer, b"500 X\r\n" + b"".join(b"x-%d: %s\r\n" % (each, b"y" * 4_000) for each in range(100)) + _EMPTY
    )


async def drip_head(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    for each in b"HTTP/1.1 500 X\r\nx-slow: " + b"y" * 10_000:
        writer.write(bytes([each]))
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.02)
            return


async def endless_body(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _answer(writer, b"500 X\r\ncontent-length: 999999999999\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65_536)
        await writer.drain()


async def bomb(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    packed = gzip.compress(b"\x00" * 20_000_000)
    await _answer(writer, b"500 X\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed), packed)


FAULTS: Final[tuple[Misbehaviour, ...]] = (
    *(fail, redirect, slow_down, ask_for_ever, hang, reset, close, babble, huge_head, drip_head, endless_body, bomb),
)
ACCEPTS: Final = 0.12
"""How often it takes what it gets: few enough for some events to be exhausted after ten attempts (0.88^10 = 28 %)."""


@asynccontextmanager
async def misbehaving(clock: Clock, seed: int) -> AsyncIterator[Ledger]:
    """Run the receiver."""
    random.seed(seed)
    ledger = Ledger(clock)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
            task.add_done_callback(serving.discard)
        with suppress(OSError, asyncio.IncompleteReadError):
            received = await read_request(reader)
            arrival = Arrival(clock(), received)
            ledger.arrivals[received.id].append(arrival)
            ledger.under_way[received.id] += 1
            ledger.most_at_once = max(ledger.most_at_once, ledger.under_way[received.id])
            behaviour = accept if random.random() < ACCEPTS else random.choice(FAULTS)
            arrival.answer = behaviour.__name__
            try:
                await behaviour(ledger, arrival, reader, writer)
            finally:
                ledger.under_way[received.id] -= 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    ledger.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield ledger
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
