"""Fetching follows redirects, judging each hop, and takes only so much. (What misbehaves: `tests/unit/guard`.)"""

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from telop_chassis.failures import PermanentError, TransientError, WorkError
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_ingest.fetching import FetchLimits, fetch

from tests.unit.guard.certificates import Authority
from tests.unit.guard.listeners import Behaviour, Names, Reader, Writer, head_of, listening

LIMITS = FetchLimits(1000, 5.0, 5.0)
LISTED = UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),))


async def _collect(body: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in body])


async def _fetch(url: str, outgoing: Outgoing | None = None) -> bytes:
    client = outgoing or Outgoing(LISTED)
    try:
        return await fetch(client, url, LIMITS, _collect)
    finally:
        await client.stop()


async def _reason(kind: type[WorkError], behaviour: Behaviour | bytes) -> str:
    async with listening(behaviour) as seen:
        with pytest.raises(kind) as raised:
            await _fetch(f"http://127.0.0.1:{seen.port}/")
    return raised.value.reason


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
    ],
)
async def test_the_body_is_handed_on(said: bytes) -> None:
    async with listening(said) as seen:
        assert await _fetch(f"http://127.0.0.1:{seen.port}/clip.mp4?a=b%2F") == b"abc"
    assert bytes(seen.received).startswith(b"GET /clip.mp4?a=b%2F HTTP/1.1\r\n")


@pytest.mark.parametrize("location", ["c", "/a/c", "?x", "//{host}/a/c", "http://{host}/a/c"])
async def test_a_redirect_is_followed_from_where_it_was_met(location: str) -> None:
    asked: list[bytes] = []

    async def redirects(reader: Reader, writer: Writer) -> None:
        asked.append((await head_of(reader)).split(b" ")[1])
        host = "{}:{}".format(*writer.get_extra_info("sockname"))
        to = location.format(host=host).encode()
        first = b"HTTP/1.1 307 X\r\nlocation: " + to + b"\r\ncontent-length: 0\r\n\r\n"
        writer.write(first if len(asked) == 1 else b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        await writer.drain()

    async with listening(redirects) as seen:
        assert await _fetch(f"http://127.0.0.1:{seen.port}/a/b") == b"ok"
    assert asked == [b"/a/b", b"/a/b?x" if location == "?x" else b"/a/c"]


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://127.1/",
        "//[::1]/",
    ],
)
async def test_every_hop_of_a_redirect_is_judged(location: str) -> None:
    said = f"HTTP/1.1 302 X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode()
    assert await _reason(PermanentError, said) == "url_refused"


async def test_no_redirect_leads_from_https_to_http(authority: Authority) -> None:
    async with listening() as plain:
        said = f"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:{plain.port}/\r\ncontent-length: 0\r\n\r\n".encode()
        async with listening(said, tls=authority.server("host.example")) as secure:
            client = Outgoing(LISTED, lookup=Names(host_example=[["127.0.0.1"]]), tls=authority.client)
            with pytest.raises(PermanentError, match="url_refused"):
                await _fetch(f"https://host.example:{secure.port}/", client)
    assert plain.untouched


async def test_redirects_end() -> None:
    assert await _reason(PermanentError, b"HTTP/1.1 302 X\r\nlocation: /\r\ncontent-length: 0\r\n\r\n") == "url_refused"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, PermanentError), (403, PermanentError), (206, PermanentError), (503, TransientError), (429, TransientError)],
)
async def test_an_error_status_is_told_with_whether_it_may_pass(status: int, kind: type[WorkError]) -> None:
    assert await _reason(kind, b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status) == "url_status"


@pytest.mark.parametrize("length", [b"content-length: 1001\r\n", b""])
async def test_a_body_that_is_too_large_is_cut_off_at_the_limit(length: bytes) -> None:
    said = b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + bytes(1001)
    assert await _reason(PermanentError, said) == "media_too_large"
