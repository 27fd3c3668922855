"""Listeners on loopback that misbehave, canaries that only count, and name servers that lie."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeAlias

from telop_chassis.addresses import IpAddress
from telop_chassis.lookups import LookupFailed

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Listener:
    """Counts connections, keeps every byte that came, and the names that TLS asked for."""

    port: int = 0
    connections: int = 0
    open: int = 0
    received: bytearray = field(default_factory=bytearray)
    names: list[str | None] = field(default_factory=list)

    @property
    def untouched(self) -> bool:
        return self.connections == 0 and not self.received

    @property
    def requests(self) -> int:
        return self.received.count(b" HTTP/1.1\r\n")


@asynccontextmanager
async def listening(
    behaviour: Behaviour | bytes = OK,
    *,
    hosts: Sequence[str] = ("127.0.0.1",),
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Listener]:
    """Listen; bytes are the answer to each request, after which the connection stays open for the next one."""
    seen = Listener()
    serving: set[asyncio.Task[None]] = set()
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: seen.names.append(name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        seen.open += 1
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        try:
            if isinstance(behaviour, bytes):
                await _answer_all(reader, writer, behaviour, seen)
            else:
                await behaviour(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            seen.open -= 1

    server = await asyncio.start_server(serve, list(hosts), port, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _answer_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes, seen: Listener
) -> None:
    """Answer each request; without a length, the end of the connection is the end of the body."""
    while True:
        head = await head_of(reader)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        seen.received += head + await reader.readexactly(int(length or 0))
        writer.write(answer)
        await writer.drain()
        if b"content-length" not in answer.lower():
            return


async def head_of(reader: asyncio.StreamReader) -> bytes:
    """Read the head of a request."""
    return await reader.readuntil(b"\r\n\r\n")


async def a_moment(seconds: float = 0.03) -> None:
    """How slow a dripping listener is."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


class Names:
    """A name server as a dictionary. A list of answers is given one after the other; the last one stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): [list(each) for each in given] for name, given in answers.items()}
        self.asked: list[str] = []

    async def addresses(self, host: str) -> list[IpAddress]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise LookupFailed
        return [ip_address(each) for each in (answers.pop(0) if len(answers) > 1 else answers[0])]

    async def close(self) -> None:
        """Nothing to close."""
