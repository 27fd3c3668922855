"""Fetches a medium from a user-given URL without becoming anybody's tool.

Each hop of a redirect is parsed and judged like the first URL (`telop_chassis.outgoing`), on a connection of its own; a
hop never leads from https to http. The size and the whole time are bounded, however slowly the bytes drip.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urljoin

from opentelemetry.trace import SpanKind
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.outgoing import REASON_REFUSED, REASON_UNREACHABLE, Outgoing, Reply
from telop_chassis.targets import Target
from telop_chassis.telemetry import child_span

T = TypeVar("T")

_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429})
"""Refusals that a server takes back by itself, beside every 5xx."""


@dataclass(frozen=True)
class FetchLimits:
    """`total_s` bounds everything from the first lookup to the last byte, `idle_s` each wait for a part of it."""

    max_bytes: int
    total_s: float
    idle_s: float


async def fetch(
    outgoing: Outgoing, url: str, limits: FetchLimits, keep: Callable[[AsyncIterator[bytes]], Awaitable[T]]
) -> T:
    """Hand the body at `url` to `keep`, piece by piece, and return what that returns.

    Raises PermanentError with url_refused, url_status or media_too_large, and TransientError with url_unreachable,
    url_status or, if there was a body but not in time, url_timeout.
    """
    bound, answered = asyncio.timeout(limits.total_s), False
    try:
        async with bound, _opened(outgoing, url, limits) as reply:
            answered = True
            return await keep(_bounded(reply, limits.max_bytes))
    except TimeoutError:
        if not bound.expired():
            raise
        raise TransientError("url_timeout" if answered else REASON_UNREACHABLE, "no answer in time") from None


async def _bounded(reply: Reply, max_bytes: int) -> AsyncIterator[bytes]:
    received = 0
    async for piece in reply.pieces():
        received += len(piece)
        if received > max_bytes:
            raise PermanentError("media_too_large", f"over {max_bytes} bytes")
        yield piece


@asynccontextmanager
async def _opened(outgoing: Outgoing, url: str, limits: FetchLimits) -> AsyncIterator[Reply]:
    """Follow redirects from `url` to a body, judging every hop. The span of a hop ends with its head."""
    secure = False
    for _ in range(_MAX_REDIRECTS + 1):
        target = _target(url, secure=secure)
        secure = target.url.scheme == "https"
        async with AsyncExitStack() as connection:
            with child_span("GET", SpanKind.CLIENT, {"http.request.method": "GET"}) as span:
                opening = outgoing.open("GET", target, {}, idle_s=limits.idle_s)
                reply = await connection.enter_async_context(opening)
                span.set_attribute("http.response.status_code", reply.status)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or location is None:
                _check(reply, limits.max_bytes)
                yield reply
                return
        url = urljoin(str(target.url), location)
    raise PermanentError(REASON_REFUSED, "too many redirects")


def _target(url: str, *, secure: bool) -> Target:
    try:
        target = Target.parse(url)
    except ValueError as error:
        raise PermanentError(REASON_REFUSED, str(error)) from None
    if secure and target.url.scheme != "https":
        raise PermanentError(REASON_REFUSED, "a redirect leads from https to http")
    return target


def _check(reply: Reply, max_bytes: int) -> None:
    status = reply.status
    if status != 200:
        passing = status in _PASSING or status >= 500
        raise (TransientError if passing else PermanentError)("url_status", f"HTTP {status}")
    length = reply.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise PermanentError("media_too_large", f"over {max_bytes} bytes")
