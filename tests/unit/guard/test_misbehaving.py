"""Whatever the other side does, a request ends within its limit, reads little, and says no more than that."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from time import perf_counter

import pytest
from telop_chassis.failures import TransientError
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_ingest.fetching import FetchLimits, fetch
from telop_notifier.sending import Sender

from tests.unit.guard.certificates import Authority
from tests.unit.guard.listeners import OK, Behaviour, Names, Reader, Writer, a_moment, head_of, listening
from tests.unit.guard.ways import MAX_BYTES, Way, medium, second_reader, webhook

LIMIT_S = 0.6
SLACK_S = 10.0
"""The machine may be busy; what must not happen is that a request goes on until its peer is tired of it."""
LISTED = UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),))


@asynccontextmanager
async def client(names: Names | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[Outgoing]:
    made = Outgoing(LISTED, lookup=names, tls=tls)
    try:
        yield made
    finally:
        await made.stop()


async def said_of(way: Way, url: str, names: Names | None = None, tls: ssl.SSLContext | None = None) -> str:
    """What came of a request, which must end in time."""
    async with client(names, tls) as outgoing:
        began = perf_counter()
        said = await way(outgoing, url, LIMIT_S)
        assert perf_counter() - began < LIMIT_S + SLACK_S
    return said


async def silent(reader: Reader, writer: Writer) -> None:
    await asyncio.Event().wait()


async def silent_after_the_request(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    await asyncio.Event().wait()


async def closes_at_once(reader: Reader, writer: Writer) -> None:
    return


async def closes_after_the_request(reader: Reader, writer: Writer) -> None:
    await head_of(reader)


async def resets_at_once(reader: Reader, writer: Writer) -> None:
    _reset(writer)


async def resets_within_the_head(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
    await writer.drain()
    _reset(writer)


async def drips_its_head(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x: y\r\n")
        await writer.drain()
        await a_moment()


async def drips_its_status(reader: Reader, writer: Writer) -> None:
    for each in b"HTTP/1.1 200 " + b"O" * 10_000:
        writer.write(bytes([each]))
        await writer.drain()
        await a_moment()


async def headers_without_end(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        number += 1
        writer.write(b"x-%d: y\r\n" % number * 100)
        await writer.drain()


async def one_header_without_end(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx: ")
    while True:
        writer.write(b"y" * 65_536)
        await writer.drain()


async def interim_answers_without_end(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 100)
        await writer.drain()
        await a_moment(0.001)


NO_ANSWER: list[Behaviour | bytes] = [
    *(silent, silent_after_the_request, closes_at_once, closes_after_the_request, resets_at_once),
    *(resets_within_the_head, drips_its_head, drips_its_status, headers_without_end, one_header_without_end),
    *(interim_answers_without_end,),
    *(b"\r\n", b"\0" * 1000, b"SSH-2.0-OpenSSH\r\n", b"220 smtp ESMTP\r\n", b"-ERR unknown command\r\n", b"<html>"),
    *(b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1\r\n\r\n"),
    *(b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", b"HTTP/1.1 200 OK\r\n: empty\r\n\r\n"),
    b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 5_000 + b"\r\n",
    b"HTTP/1.1 200 " + b"O" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
]


@pytest.mark.parametrize("behaviour", NO_ANSWER, ids=lambda each: getattr(each, "__name__", None) or repr(each[:40]))
async def test_what_is_no_answer_is_told_from_nothing_else(way: Way, behaviour: Behaviour | bytes) -> None:
    async with listening(behaviour) as seen:
        said = await said_of(way, f"http://127.0.0.1:{seen.port}/")
    # 101 is an answer that nobody asked for: each way fails by its status
    assert said in (
        {"101", "url_status"} if isinstance(behaviour, bytes) and b" 101 " in behaviour else {"unreachable"}
    )


async def test_a_closed_port_and_an_unknown_name_are_told_alike(way: Way) -> None:
    async with listening() as seen:
        pass
    assert await said_of(way, f"http://127.0.0.1:{seen.port}/") == "unreachable"
    assert await said_of(way, "http://unknown.example/", Names()) == "unreachable"


async def test_the_answer_of_a_webhook_tells_no_open_port_from_a_closed_one() -> None:
    async with listening() as closed:
        pass
    async with listening(b"SSH-2.0-OpenSSH\r\n") as ssh, listening(silent) as mute, client() as outgoing:
        sender = Sender(outgoing, timeout_s=LIMIT_S)
        told = [await sender.send(f"http://127.0.0.1:{seen.port}/", b"{}", {}) for seen in (ssh, mute, closed)]
    assert {(each.failure, each.status_code, each.latency_ms, each.headers) for each in told} == {
        ("unreachable", None, 0, ())
    }


async def body_without_end(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def chunks_without_end(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write((b"3e8\r\n" + b"x" * 1000 + b"\r\n") * 100)
        await writer.drain()


async def drips_its_body(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await a_moment()


async def resets_within_the_body(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nxx")
    await writer.drain()
    await a_moment()
    _reset(writer)


async def broken_chunks(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
    await writer.drain()
    await a_moment()
    writer.write(b"zz\r\nnonsense")
    await writer.drain()


async def stops_within_its_body(reader: Reader, writer: Writer) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nxx")
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("behaviour", "of_a_medium"),
    [
        (body_without_end, "media_too_large"),
        (chunks_without_end, "media_too_large"),
        (drips_its_body, "url_timeout"),
        (resets_within_the_body, "unreachable"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n", "media_too_large"),
    ],
)
async def test_a_webhook_is_judged_by_its_status_and_a_medium_by_its_body(
    behaviour: Behaviour | bytes, of_a_medium: str
) -> None:
    async with listening(behaviour) as seen:
        assert await said_of(webhook, f"http://127.0.0.1:{seen.port}/") in {"200", "unreachable"}
        assert await said_of(medium, f"http://127.0.0.1:{seen.port}/") == of_a_medium


async def test_of_an_endless_answer_little_is_read() -> None:
    taken = 0

    async def endless(reader: Reader, writer: Writer) -> None:
        nonlocal taken
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()  # waits until the other side reads, or its buffers take it
            taken += 65_536

    async with listening(endless) as seen, client() as outgoing:
        began = perf_counter()
        assert await webhook(outgoing, f"http://127.0.0.1:{seen.port}/", 60.0) == "200"
        assert await second_reader(outgoing, f"http://127.0.0.1:{seen.port}", 60.0) == "second_reader_answer_too_large"
        assert perf_counter() - began < SLACK_S
    assert taken < 64 * 2**20  # what two connections' buffers hold; loopback carries gigabytes a second


async def test_a_medium_that_stops_coming_is_given_up_long_before_the_limit_of_the_whole() -> None:
    async def keep(body: AsyncIterator[bytes]) -> None:
        async for _ in body:
            pass

    for behaviour in (broken_chunks, stops_within_its_body):
        async with listening(behaviour) as seen, client() as outgoing:
            began = perf_counter()
            with pytest.raises(TransientError, match="url_unreachable"):
                await fetch(outgoing, f"http://127.0.0.1:{seen.port}/", FetchLimits(MAX_BYTES, 60.0, 0.3), keep)
            assert perf_counter() - began < 0.3 + SLACK_S


async def test_a_compressed_bomb_is_not_unpacked() -> None:
    packed = gzip.compress(bytes(100 * MAX_BYTES))
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
    async with listening(head + packed) as seen:
        for way in (webhook, medium):  # a second reader's bomb is no answer: it would be malformed either way
            assert await said_of(way, f"http://127.0.0.1:{seen.port}/") == "200"
    assert b"accept-encoding: identity" in bytes(seen.received).lower()


async def test_cookies_do_not_come_back(way: Way) -> None:
    said = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; path=/\r\ncontent-length: 0\r\n\r\n"
    async with listening(said) as seen, client() as outgoing:
        for _ in range(2):
            assert await way(outgoing, f"http://127.0.0.1:{seen.port}/", 3.0) == "200"
    assert seen.requests == 2
    assert b"cookie" not in bytes(seen.received).lower()


async def drips_its_handshake(reader: Reader, writer: Writer) -> None:
    await reader.read(1)
    for each in b"\x16\x03\x03\x40\x00" + bytes(16_384):
        writer.write(bytes([each]))
        await writer.drain()
        await a_moment()


async def breaks_its_handshake(reader: Reader, writer: Writer) -> None:
    await reader.read(1)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x28")  # alert: handshake failure
    await writer.drain()


@pytest.mark.parametrize(
    "behaviour",
    [silent, closes_at_once, resets_at_once, drips_its_handshake, breaks_its_handshake, OK, b"\x16" * 100_000],
)
async def test_a_broken_handshake_is_no_answer_and_no_request_is_sent(way: Way, behaviour: Behaviour | bytes) -> None:
    async with listening(behaviour) as seen:
        assert await said_of(way, f"https://127.0.0.1:{seen.port}/") == "unreachable"
    assert seen.requests == 0


async def test_tls_goes_to_the_pinned_address_and_verifies_the_name(way: Way, authority: Authority) -> None:
    names = Names(host_example=[["127.0.0.1"]])
    async with listening(tls=authority.server("host.example")) as seen:
        said = await said_of(way, f"https://host.example:{seen.port}/", names, authority.client)
    assert said == "200"
    assert seen.names == ["host.example"]


@pytest.mark.parametrize("host", ["127.0.0.1"])
async def test_tls_to_an_address_verifies_the_address(way: Way, authority: Authority, host: str) -> None:
    async with listening(tls=authority.server(host)) as good, listening(tls=authority.server("127.0.0.2")) as bad:
        assert await said_of(way, f"https://{host}:{good.port}/", None, authority.client) == "200"
        assert await said_of(way, f"https://{host}:{bad.port}/", None, authority.client) == "unreachable"
    assert bad.requests == 0


@pytest.mark.parametrize(
    ("name", "expired", "trusted"),
    [
        ("other.example", False, True),
        ("127.0.0.1", False, True),
        ("*.other.example", False, True),
        ("host.example", True, True),
        ("host.example", False, False),
    ],
)
async def test_a_wrong_certificate_is_no_answer_and_no_request_is_sent(
    way: Way, authority: Authority, name: str, expired: bool, trusted: bool
) -> None:
    names = Names(host_example=[["127.0.0.1"]])
    async with listening(tls=authority.server(name, expired=expired)) as seen:
        tls = authority.client if trusted else None
        assert await said_of(way, f"https://host.example:{seen.port}/", names, tls) == "unreachable"
    assert seen.requests == 0


def _reset(writer: Writer) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
