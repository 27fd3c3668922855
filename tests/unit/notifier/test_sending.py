"""Attempts against receivers on loopback that misbehave. A canary that is reached fails the test."""

import asyncio
import contextlib
import gzip
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from telop_chassis.addresses import IpAddress, IpNetwork
from telop_notifier.sending import Sender

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """Counts connections and keeps the head and body of every request."""

    url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def receiver(behaviour: Behaviour | bytes) -> AsyncIterator[Receiver]:
    seen = Receiver()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            seen.requests.append(head + await reader.readexactly(2))
            if isinstance(behaviour, bytes):
                writer.write(behaviour)
                await writer.drain()
            else:
                await behaviour(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?key=1"
    async with server:
        yield seen
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


@asynccontextmanager
async def sender(
    *, networks: Sequence[IpNetwork] = LOOPBACK, timeout_s: float = 5.0, **more: object
) -> AsyncIterator[Sender]:
    made = Sender(timeout_s=timeout_s, max_connections=10, allowed_networks=networks, **more)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.stop()


async def test_an_attempt_carries_the_bytes_and_headers_given() -> None:
    async with receiver(OK) as seen, sender() as sending:
        answer = await sending.send(seen.url, b"{}", {"webhook-id": "msg_1"})
    assert (answer.status_code, answer.failure) == (200, None)
    request = seen.requests[0].lower()
    assert request.startswith(b"post /hook?key=1 http/1.1\r\n")
    for line in (b"webhook-id: msg_1", b"content-type: application/json", b"accept-encoding: identity"):
        assert line in request
    assert request.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("status", [204, 301, 404, 410, 503])
async def test_the_status_is_the_answer(status: int) -> None:
    said = b"HTTP/1.1 %d X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n" % status
    async with receiver(said) as seen, sender() as sending:
        answer = await sending.send(seen.url, b"{}", {})
    assert (answer.status_code, answer.retry_after) == (status, "7")


async def test_a_redirect_is_not_followed() -> None:
    async with receiver(OK) as canary:
        head = f"HTTP/1.1 307 X\r\nlocation: {canary.url}\r\ncontent-length: 0\r\n\r\n".encode()
        async with receiver(head) as seen, sender() as sending:
            answer = await sending.send(seen.url, b"{}", {})
    assert answer.status_code == 307
    assert canary.connections == 0


async def test_loopback_is_refused_unless_allowed_and_not_even_dialled() -> None:
    async with receiver(OK) as canary, sender(networks=()) as sending:
        answer = await sending.send(canary.url, b"{}", {})
    assert (answer.status_code, answer.failure) == (None, "url_refused")
    assert canary.connections == 0


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "[::]"],
)
async def test_other_spellings_of_this_machine_reach_nothing(host: str) -> None:
    async with receiver(OK) as canary, sender(networks=()) as sending:
        answer = await sending.send(canary.url.replace("127.0.0.1", host), b"{}", {})
    assert answer.status_code is None
    assert canary.connections == 0


async def test_a_name_that_changes_after_the_check_changes_nothing() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int, networks: Sequence[IpNetwork]) -> list[IpAddress]:
        asked.append(host)
        return [ipaddress.ip_address("127.0.0.1")]

    async with receiver(OK) as seen, sender(resolve=resolve) as sending:
        url = seen.url.replace("127.0.0.1", "no-such-host.invalid")
        answer = await sending.send(url, b"{}", {})
    assert answer.status_code == 200
    assert asked == ["no-such-host.invalid"]
    assert b"host: no-such-host.invalid:" in seen.requests[0].lower()


async def test_the_next_address_is_tried_where_the_first_does_not_listen() -> None:
    async def resolve(host: str, port: int, networks: Sequence[IpNetwork]) -> list[IpAddress]:
        return [ipaddress.ip_address("127.0.0.2"), ipaddress.ip_address("127.0.0.1")]

    async with receiver(OK) as seen, sender(resolve=resolve) as sending:
        answer = await sending.send(seen.url, b"{}", {})
    assert (answer.status_code, seen.connections) == (200, 1)


async def _a_moment() -> None:
    """How slow a dripping receiver is."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.05)


async def _silent(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _dripping_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x: y\r\n")
        await writer.drain()
        await _a_moment()


@pytest.mark.parametrize("behaviour", [_silent, _dripping_head])
async def test_a_receiver_that_never_finishes_its_head_ends_at_the_timeout(behaviour: Behaviour) -> None:
    async with receiver(behaviour) as seen, sender(timeout_s=0.3) as sending:
        answer = await sending.send(seen.url, b"{}", {})
    assert (answer.status_code, answer.failure) == (None, "timed_out")
    assert 300 <= answer.latency_ms < 3_000


async def _endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def _dripping_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await _a_moment()


async def _gzip_bomb(writer: asyncio.StreamWriter) -> None:
    packed = gzip.compress(bytes(10_000_000))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed)
    await writer.drain()


@pytest.mark.parametrize("behaviour", [_endless_body, _dripping_body, _gzip_bomb])
async def test_a_success_counts_whatever_its_body_does(behaviour: Behaviour) -> None:
    async with receiver(behaviour) as seen, sender() as sending:
        answer = await sending.send(seen.url, b"{}", {})
    assert (answer.status_code, answer.failure) == (200, None)
    assert answer.latency_ms < 4_000


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nok",
    ],
)
async def test_what_is_no_http_is_no_answer(said: bytes) -> None:
    async with receiver(said) as seen, sender() as sending:
        answer = await sending.send(seen.url, b"{}", {})
    assert (answer.status_code, answer.failure) == (None, "no_answer")


async def test_a_closed_port_is_no_answer() -> None:
    async with receiver(OK) as seen:
        url = seen.url
    async with sender() as sending:
        answer = await sending.send(url, b"{}", {})
    assert answer.failure == "no_answer"


async def test_plain_http_where_tls_is_expected_is_no_answer() -> None:
    async with receiver(OK) as seen, sender(timeout_s=2.0) as sending:
        answer = await sending.send(seen.url.replace("http:", "https:"), b"{}", {})
    assert answer.status_code is None
    assert seen.requests == []


async def test_cookies_do_not_come_back() -> None:
    said = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; path=/\r\ncontent-length: 0\r\n\r\n"
    async with receiver(said) as seen, sender() as sending:
        await sending.send(seen.url, b"{}", {})
        await sending.send(seen.url, b"{}", {})
    assert seen.connections == 2
    assert not any(b"cookie" in request.lower() for request in seen.requests)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver(OK) as canary, receiver(OK) as seen:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, canary.url)
        async with sender() as sending:
            answer = await sending.send(seen.url, b"{}", {})
    assert answer.status_code == 200
    assert canary.connections == 0
