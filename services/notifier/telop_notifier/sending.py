"""One attempt: a signed POST that cannot be lured anywhere and cannot hang.

`telop_chassis.outgoing` decides what may be reached, at every attempt; connections are kept for the next attempt of the
same endpoint only. One timeout spans everything. A receiver's misbehaviour is an `Answer`, never an exception, and no
answer is `unreachable` without a latency, whatever the reason: neither shall tell an open port from a closed one.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.outgoing import REASON_REFUSED, Outgoing, Reply
from telop_chassis.targets import Target
from telop_chassis.telemetry import child_span, current_trace_id, current_traceparent

from telop_notifier.delivery import Answer

REASON_UNREACHABLE: Final = "unreachable"
MAX_ANSWER_BYTES: Final = 16_384
ANSWER_BODY_S: Final = 1.0
"""The status decides; its body is only read so that a well-behaved receiver sees no reset and keeps its connection."""


class Sender:
    """Sends attempts, many at a time. `timeout_s` is for everything from the lookup to the end of the answer."""

    def __init__(self, outgoing: Outgoing, *, timeout_s: float) -> None:
        self._outgoing = outgoing
        self._timeout_s = timeout_s

    async def send(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        endpoint: str | None = None,
        links: Sequence[Link] = (),
    ) -> Answer:
        """POST `body` once and return what became of it; the span holds neither path nor query, which may be secret.

        `endpoint` is the id under which connections are kept; without it the connection is closed.
        """
        started_at, started = datetime.now(UTC), perf_counter()
        reply: Reply | None = None
        failure = None
        with child_span("POST webhook", SpanKind.CLIENT, {"http.request.method": "POST"}) as span:
            for link in links:
                span.add_link(link.context)
            try:
                async with asyncio.timeout(self._timeout_s):
                    reply = await self._post(url, body, headers, endpoint, span)
            except (PermanentError, ValueError):
                failure = REASON_REFUSED
            except (TransientError, TimeoutError):
                failure = REASON_UNREACHABLE
            _describe(span, reply, failure)
            trace_id = current_trace_id()
        if reply is None:
            return Answer(started_at, 0, None, failure, trace_id=trace_id)
        latency_ms = round((perf_counter() - started) * 1000)
        head = tuple(reply.headers.items())
        return Answer(
            started_at,
            latency_ms,
            reply.status,
            None,
            reply.headers.get("retry-after"),
            trace_id=trace_id,
            headers=head,
        )

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str], endpoint: str | None, span: Span) -> Reply:
        target = Target.parse(url)
        span.set_attributes({"server.address": target.host, "server.port": target.port})
        own = {"content-type": "application/json"}
        if traceparent := current_traceparent():
            own["traceparent"] = traceparent
        async with self._outgoing.open("POST", target, {**own, **headers}, body, pool=endpoint) as reply:
            await _drain(reply)
            return reply


def _describe(span: Span, reply: Reply | None, failure: str | None) -> None:
    if reply is not None:
        span.set_attribute("http.response.status_code", reply.status)
    if reply is None or reply.status >= 400:
        span.set_status(StatusCode.ERROR, failure or "http_status")
        span.set_attribute("error.type", failure or str(reply and reply.status))


async def _drain(reply: Reply) -> None:
    if reply.ended:
        return
    left = MAX_ANSWER_BYTES
    with contextlib.suppress(TimeoutError, TransientError):
        async with asyncio.timeout(ANSWER_BODY_S):
            async for piece in reply.pieces():
                left -= len(piece)
                if left <= 0:
                    return
