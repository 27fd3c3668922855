"""Fetches a medium from a user-given URL without becoming anybody's tool.

Each hop of a redirect is checked like the first address: scheme, no credentials in the URL, and every address that the
host resolves to must be public or allowed. The connection goes to the checked address, the name is used for TLS and
`Host` only. No proxy, no netrc, no cookies; the size and the whole time are bounded, however slowly the bytes drip.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import httpx
from opentelemetry.trace import SpanKind
from telop_chassis.addresses import IpNetwork, resolve_allowed
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.telemetry import child_span

T = TypeVar("T")

_MAX_REDIRECTS: Final = 5
_PASSING: Final = frozenset({408, 425, 429})
"""Refusals that a server takes back by itself, beside every 5xx."""


@dataclass(frozen=True)
class FetchLimits:
    """`total_s` bounds everything from the first lookup to the last byte, `idle_s` each wait for a part of it."""

    max_bytes: int
    total_s: float
    idle_s: float
    allowed_networks: Sequence[IpNetwork]


async def fetch(
    url: str,
    limits: FetchLimits,
    keep: Callable[[AsyncIterator[bytes]], Awaitable[T]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> T:
    """Hand the body at `url` to `keep`, piece by piece, and return what that returns.

    Raises PermanentError with url_refused, url_status or media_too_large, and TransientError with url_unreachable,
    url_status or url_timeout. `transport` stands in for the network in tests.
    """
    try:
        async with (
            asyncio.timeout(limits.total_s),
            httpx.AsyncClient(trust_env=False, timeout=limits.idle_s, transport=transport) as client,
            _opened(client, url, limits) as response,
        ):
            return await keep(_bounded(response, limits.max_bytes))
    except (TimeoutError, httpx.TimeoutException) as error:
        raise TransientError("url_timeout", type(error).__name__) from None
    except httpx.TransportError as error:
        raise TransientError("url_unreachable", type(error).__name__) from None


async def _bounded(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    received = 0
    async for piece in response.aiter_raw():
        received += len(piece)
        if received > max_bytes:
            raise PermanentError("media_too_large", f"over {max_bytes} bytes")
        yield piece


@asynccontextmanager
async def _opened(client: httpx.AsyncClient, url: str, limits: FetchLimits) -> AsyncIterator[httpx.Response]:
    """Follow redirects from `url` to a body, checking every hop."""
    for _ in range(_MAX_REDIRECTS + 1):
        with child_span("GET", SpanKind.CLIENT, {"http.request.method": "GET"}) as span:
            request = await _request(client, url, limits.allowed_networks)
            response = await client.send(request, stream=True)
            span.set_attribute("http.response.status_code", response.status_code)
        try:
            if response.is_redirect and "location" in response.headers:
                url = str(httpx.URL(url).join(response.headers["location"]))
                continue
            _check(response, limits.max_bytes)
            yield response
            return
        finally:
            await response.aclose()
    raise PermanentError("url_refused", "too many redirects")


async def _request(client: httpx.AsyncClient, url: str, allowed: Sequence[IpNetwork]) -> httpx.Request:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise PermanentError("url_refused", "not a URL") from None
    if target.scheme not in {"http", "https"} or not target.host or target.userinfo:
        raise PermanentError("url_refused", "only http and https, without credentials")
    port = target.port or {"http": 80, "https": 443}[target.scheme]
    address = (await resolve_allowed(target.raw_host.decode("ascii"), port, allowed))[0]
    return client.build_request(
        "GET",
        target.copy_with(host=str(address)),
        headers={"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity", "User-Agent": "telopcheck"},
        extensions={"sni_hostname": target.raw_host.decode("ascii")},
    )


def _check(response: httpx.Response, max_bytes: int) -> None:
    status = response.status_code
    if status != 200:
        passing = status in _PASSING or status >= 500
        raise (TransientError if passing else PermanentError)("url_status", f"HTTP {status}")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise PermanentError("media_too_large", f"over {max_bytes} bytes")
