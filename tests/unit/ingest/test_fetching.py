"""Fetching reaches only checked addresses and takes only so much, for only so long."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest
from telop_chassis.failures import PermanentError, TransientError
from telop_ingest.fetching import FetchLimits, fetch

LIMITS = FetchLimits(1000, 5.0, 5.0, (ipaddress.ip_network("127.0.0.0/8"),))
Answer = Callable[[httpx.Request], httpx.Response]


async def _collect(body: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in body])


async def _fetch(url: str, answer: Answer, limits: FetchLimits = LIMITS) -> bytes:
    return await fetch(url, limits, _collect, httpx.MockTransport(answer))


async def _reason(kind: type[Exception], url: str, answer: Answer, limits: FetchLimits = LIMITS) -> str:
    with pytest.raises(kind) as raised:
        await _fetch(url, answer, limits)
    return str(getattr(raised.value, "reason", ""))


def _never(request: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing may be sent")


async def test_the_body_is_handed_on() -> None:
    assert (
        await _fetch("http://127.0.0.1/clip.mp4", lambda _: httpx.Response(200, stream=httpx.ByteStream(b"abc")))
        == b"abc"
    )


async def test_the_connection_goes_to_the_checked_address_under_the_name_of_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolved(host: str, port: int, allowed: object) -> list[ipaddress.IPv4Address]:
        assert (host, port) == ("media.example", 8443)
        return [ipaddress.IPv4Address("127.0.0.9")]

    monkeypatch.setattr("telop_ingest.fetching.resolve_allowed", resolved)
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"x"))

    await _fetch("https://media.example:8443/a?b=c", answer)
    assert str(seen[0].url) == "https://127.0.0.9:8443/a?b=c"
    assert seen[0].headers["host"] == "media.example:8443"
    assert seen[0].extensions["sni_hostname"] == "media.example"


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://127.0.0.1/a", "file:///etc/passwd", "http://user:secret@127.0.0.1/a", "http:///a", "http://[::1/a"),
        *("http://10.0.0.1/a", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/a", "http://127.0.0.1:x/"),
    ],
)
async def test_what_may_not_be_fetched_is_refused_before_anything_is_sent(url: str) -> None:
    assert await _reason(PermanentError, url, _never) == "url_refused"


async def test_every_hop_of_a_redirect_is_checked() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://10.0.0.1/secret"})

    assert await _reason(PermanentError, "http://127.0.0.1/", answer) == "url_refused"


async def test_a_redirect_is_followed_from_where_it_was_met() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a/b":
            return httpx.Response(307, headers={"Location": "c"})
        return httpx.Response(200, stream=httpx.ByteStream(request.url.path.encode()))

    assert await _fetch("http://127.0.0.1/a/b", answer) == b"/a/c"


async def test_redirects_end() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "/again"})

    assert await _reason(PermanentError, "http://127.0.0.1/", answer) == "url_refused"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, PermanentError), (403, PermanentError), (206, PermanentError), (503, TransientError), (429, TransientError)],
)
async def test_an_error_status_is_told_with_whether_it_may_pass(status: int, kind: type[Exception]) -> None:
    assert await _reason(kind, "http://127.0.0.1/", lambda _: httpx.Response(status)) == "url_status"


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    class Unread(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            raise AssertionError("the body was read")
            yield b""

    answer = httpx.Response(200, headers={"Content-Length": "1001"}, stream=Unread())
    assert await _reason(PermanentError, "http://127.0.0.1/", lambda _: answer) == "media_too_large"


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit() -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 400

    answer = httpx.Response(200, stream=Endless())
    assert await _reason(PermanentError, "http://127.0.0.1/", lambda _: answer) == "media_too_large"


async def test_a_dripping_body_is_bounded_in_time() -> None:
    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"x"
            await asyncio.Event().wait()

    answer = httpx.Response(200, stream=Dripping())
    limits = replace(LIMITS, total_s=0.05)
    assert await _reason(TransientError, "http://127.0.0.1/", lambda _: answer, limits) == "url_timeout"


async def test_an_unreachable_host_may_come_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert await _reason(TransientError, "http://127.0.0.1/", answer) == "url_unreachable"
