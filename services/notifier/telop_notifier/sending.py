"""One attempt: a signed POST that cannot be lured anywhere and cannot hang.

The host is resolved and checked at every attempt, and the connection goes to exactly the address that was checked; the
name stays in `Host`, SNI and the certificate check. Redirects, proxies, netrc, cookies, compression and reuse of
connections are off; one timeout spans everything. A receiver's misbehaviour is an `Answer`, never an exception.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from opentelemetry.trace import Link, SpanKind, StatusCode
from telop_chassis.addresses import IpAddress, IpNetwork, resolve_allowed
from telop_chassis.failures import WorkError
from telop_chassis.telemetry import child_span, current_trace_id, current_traceparent
from telop_chassis.version import VERSION

from telop_notifier.delivery import Answer
from telop_notifier.target import Target

REASON_TIMEOUT: Final = "timed_out"
REASON_NO_ANSWER: Final = "no_answer"
REASON_BAD_URL: Final = "url_refused"
MAX_ADDRESSES: Final = 3
MAX_ANSWER_BYTES: Final = 16_384
ANSWER_BODY_S: Final = 1.0
"""The status decides; its body is only read so that a well-behaved receiver sees no reset."""

Resolve = Callable[[str, int, Sequence[IpNetwork]], Awaitable[list[IpAddress]]]


class Sender:
    """Sends attempts, many at a time. Creating it opens nothing."""

    def __init__(
        self,
        *,
        timeout_s: float,
        max_connections: int,
        allowed_networks: Sequence[IpNetwork],
        resolve: Resolve = resolve_allowed,
    ) -> None:
        self._timeout_s = timeout_s
        self._allowed_networks = tuple(allowed_networks)
        self._resolve = resolve
        context = httpx.create_ssl_context()

        def session() -> aiohttp.ClientSession:
            connector = aiohttp.TCPConnector(ssl=context, limit=max_connections, force_close=True)
            return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(verify=context, client=session),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
            timeout=None,  # noqa: S113 - the timeout around each attempt spans everything
        )

    async def start(self) -> None:
        """Do nothing: connections open when they are needed."""

    async def stop(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str], *, links: Sequence[Link] = ()) -> Answer:
        """POST `body` once and return what became of it; the span holds neither path nor query, which may be secret."""
        started_at, started = datetime.now(UTC), perf_counter()
        status: int | None = None
        failure = retry_after = None
        with child_span("POST webhook", SpanKind.CLIENT, {"http.request.method": "POST"}) as span:
            for link in links:
                span.add_link(link.context)
            try:
                async with asyncio.timeout(self._timeout_s):
                    target = Target.parse(url)
                    span.set_attributes({"server.address": target.host, "server.port": target.port})
                    status, retry_after = await self._post(target, body, headers)
                span.set_attribute("http.response.status_code", status)
            except WorkError as error:
                failure = error.reason
            except ValueError:
                failure = REASON_BAD_URL
            except TimeoutError:
                failure = REASON_TIMEOUT
            except (httpx.HTTPError, aiohttp.ClientError, OSError):
                failure = REASON_NO_ANSWER
            if failure is not None or (status is not None and status >= 400):
                span.set_status(StatusCode.ERROR, failure or "http_status")
                span.set_attribute("error.type", failure or str(status))
            trace_id = current_trace_id()
        latency_ms = round((perf_counter() - started) * 1000)
        return Answer(started_at, latency_ms, status, failure, retry_after, trace_id)

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str | None]:
        addresses = await self._resolve(target.host, target.port, self._allowed_networks)
        *others, last = addresses[:MAX_ADDRESSES]
        for address in others:
            try:
                return await self._post_to(address, target, body, headers)
            except httpx.TransportError as error:
                # The transport calls a refused and a broken connection alike; only in the first was nothing sent.
                if not isinstance(error.__cause__, aiohttp.ClientConnectorError):
                    raise
        return await self._post_to(last, target, body, headers)

    async def _post_to(
        self, address: IpAddress, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str | None]:
        own = {
            "host": target.host_header,
            "content-type": "application/json",
            "user-agent": f"telopcheck/{VERSION}",
            "accept": "*/*",
            "accept-encoding": "identity",
        }
        if traceparent := current_traceparent():
            own["traceparent"] = traceparent
        request = self._client.build_request(
            "POST",
            target.url.copy_with(host=str(address)),
            content=body,
            headers={**own, **headers},
            extensions={"sni_hostname": target.host} if target.url.scheme == "https" else None,
        )
        response = await self._client.send(request, stream=True)
        try:
            await _drain(response)
            return response.status_code, response.headers.get("retry-after")
        finally:
            await response.aclose()


async def _drain(response: httpx.Response) -> None:
    left = MAX_ANSWER_BYTES
    with contextlib.suppress(TimeoutError, httpx.HTTPError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(ANSWER_BODY_S):
            async for chunk in response.aiter_raw():
                left -= len(chunk)
                if left <= 0:
                    return
