"""A receiver that misbehaves in every way we know, at random, and keeps a ledger of its own of what reached it.

The ledger knows nothing of the notifier: an arrival is written down with the receiver's clock before it is answered,
with the earliest time at which it asked to be called again. Before a request arrives, the name server may lie about
where the receiver is, or lead to one that cannot even shake hands.
"""

import asyncio
import gzip
import random
import ssl
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Final

from telop_chassis.addresses import IpAddress
from telop_chassis.lookups import LookupFailed
from telop_notifier.clock import Clock

from tests.integration.notifier.receiver import Received, read_request
from tests.unit.guard.certificates import Authority

Misbehaviour = Callable[["Ledger", "Arrival", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
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
    """What reached the receiver, by `webhook-id`, in order; and how often its name server led elsewhere, and where."""

    clock: Clock
    url: str = ""
    arrivals: defaultdict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    lies: Counter[str] = field(default_factory=Counter)
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


async def drip_body(
    ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _answer(writer, b"500 X\r\ncontent-length: 10000\r\n\r\n")
    for _ in range(10_000):
        writer.write(b"x")
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.02)
            return


async def bomb(ledger: Ledger, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    packed = gzip.compress(b"\x00" * 20_000_000)
    await _answer(writer, b"500 X\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed), packed)


FAULTS: Final[tuple[Misbehaviour, ...]] = (
    *(fail, redirect, slow_down, ask_for_ever, hang, reset, close, babble, huge_head, drip_head, drip_body),
    *(endless_body, bomb),
)
ACCEPTS: Final = 0.15
"""How often it takes what it gets, if that arrives: few enough for some events to be exhausted after ten attempts."""
HOST: Final = "hook.example"
LIES: Final[dict[str, tuple[str, ...]]] = {
    "rebound to a private address": ("10.0.0.1",),
    "rebound to the metadata service": ("169.254.169.254",),
    "mixed": ("127.0.0.1", "10.0.0.1"),
    "no such name": (),
    "reset before the handshake": ("127.0.0.2",),
    "no TLS": ("127.0.0.3",),
    "another's certificate": ("127.0.0.4",),
}
LIED: Final = 0.25


@dataclass(frozen=True)
class LyingNames:
    """The name server of the receiver; like that of the guard, for as many clients as there are."""

    ledger: Ledger

    async def addresses(self, host: str) -> list[IpAddress]:
        assert host == HOST
        if random.random() >= LIED:
            return [ip_address("127.0.0.1")]
        lie = random.choice(tuple(LIES))
        self.ledger.lies[lie] += 1
        if not LIES[lie]:
            raise LookupFailed
        return [ip_address(each) for each in LIES[lie]]

    async def close(self) -> None:
        """Nothing to close."""


async def _reset_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _speak_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    writer.close()


@asynccontextmanager
async def misbehaving(clock: Clock, authority: Authority, seed: int) -> AsyncIterator[Ledger]:
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

    async with AsyncExitStack() as servers:
        port = await _listen(servers, serve, "127.0.0.1", 0, authority.server(HOST))
        await _listen(servers, _reset_at_once, "127.0.0.2", port)
        await _listen(servers, _speak_no_tls, "127.0.0.3", port)
        await _listen(servers, serve, "127.0.0.4", port, authority.server("other.example"))
        ledger.url = f"https://{HOST}:{port}/hook"
        yield ledger
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _listen(
    servers: AsyncExitStack, serve: Serve, host: str, port: int, tls: ssl.SSLContext | None = None
) -> int:
    server = await servers.enter_async_context(await asyncio.start_server(serve, host, port, ssl=tls))
    return int(server.sockets[0].getsockname()[1])
