"""What stands around every request, as pure ASGI: no request is copied, buffered or moved to another task.

From outside to inside: request id, server span, access log line and `Server-Timing` (so that every refusal carries an
id and a line), security headers, problem documents for what libraries refuse in plain text, trusted hosts, CORS,
compression, the limit of bodies, and last the net that turns an unexpected error into a silent 500. The log line and
the span name the route template; they never hold a path, a query, a header or a body.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telop_chassis.database import is_passing
from telop_chassis.health import Life
from telop_chassis.logs import get_logger, request_id
from telop_chassis.problems import (
    BY_STATUS,
    MEDIA_TYPE,
    BadRequest,
    InternalError,
    Problem,
    Reference,
    Unavailable,
    document,
)
from telop_chassis.telemetry import current_trace_id, tracer

REQUEST_ID_HEADER: Final = "X-Request-ID"
BODY_LIMIT: Final = 1024 * 1024
"""Bytes of a body, unless the route calls `limit_body`."""
COMPRESS_FROM: Final = 1024
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_CLIENT_GONE: Final = 499
_BODY_LIMIT_KEY: Final = "telop.body_limit"
_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_HSTS: Final = "max-age=31536000; includeSubDomains"

log = get_logger(__name__)


def stack(*, allowed_hosts: Sequence[str], cors_origins: Sequence[str], life: Life) -> list[Middleware]:
    """Return the middleware of every HTTP service, outermost first."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(cors_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", REQUEST_ID_HEADER],
        expose_headers=[REQUEST_ID_HEADER, "Location", "Retry-After", "Server-Timing"],
    )
    return [
        Middleware(RequestContext, life=life),
        Middleware(SecurityHeaders),
        Middleware(PlainTextProblems),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False),
        *([cors] if cors_origins else []),
        Middleware(GZipMiddleware, minimum_size=COMPRESS_FROM, compresslevel=6),
        Middleware(BodyLimit),
        Middleware(UnexpectedErrors),
    ]


def problem_response(problem: Problem) -> JSONResponse:
    """Return the answer for a problem of the current request."""
    reference = Reference(request_id=request_id.get() or "", trace_id=current_trace_id() or None)
    return JSONResponse(
        document(problem, reference), status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


class RequestContext:
    """Gives the request its id, its span, its log line and its timing."""

    def __init__(self, app: ASGIApp, life: Life) -> None:
        self._app = app
        self._life = life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        offered = headers.get(REQUEST_ID_HEADER, "")
        own_id = offered if _REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        token = request_id.set(own_id)
        statuses: list[int] = []

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                answered = MutableHeaders(raw=message["headers"])
                answered[REQUEST_ID_HEADER] = own_id
                answered.append("Server-Timing", f"app;dur={(time.perf_counter() - started) * 1000:.1f}")
                if self._life.draining:
                    answered["Connection"] = "close"  # a proxy must not send its next request down this connection
            await send(message)

        try:
            with _server_span(scope, headers, own_id, statuses):
                try:
                    await self._app(scope, receive, send_with_id)
                finally:
                    _log_request(scope, statuses, time.perf_counter() - started)
        finally:
            request_id.reset(token)


@contextmanager
def _server_span(scope: Scope, headers: Headers, own_id: str, statuses: list[int]) -> Iterator[None]:
    if scope["path"] in PROBES:
        yield
        return
    method = scope["method"] if scope["method"] in _METHODS else "HTTP"
    with tracer.start_as_current_span(
        method,
        context=propagate.extract(headers),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "url.scheme": scope["scheme"], "telop.request_id": own_id},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            _finish_span(span, method, route_of(scope), statuses)


def _finish_span(span: Span, method: str, route: str | None, statuses: list[int]) -> None:
    if route is not None:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    if statuses:
        span.set_attribute("http.response.status_code", statuses[0])
        if statuses[0] >= 500:
            span.set_attribute("error.type", str(statuses[0]))
            span.set_status(StatusCode.ERROR)


def _log_request(scope: Scope, statuses: list[int], duration_s: float) -> None:
    status = statuses[0] if statuses else _CLIENT_GONE
    fields = {
        "method": scope["method"] if scope["method"] in _METHODS else "OTHER",
        "route": route_of(scope) or "unmatched",
        "status": status,
        "duration_ms": round(duration_s * 1000, 1),
    }
    principal = scope.get("telop.principal")
    if principal is not None:
        fields |= {"tenant": principal.tenant, "key_id": principal.key_id}
    write: Callable[..., object] = log.debug if scope["path"] in PROBES else log.warning if status >= 500 else log.info
    write("request", **fields)


def route_of(scope: Scope) -> str | None:
    """Return the template of the route that serves the request, if one was found."""
    template = getattr(scope.get("route"), "path_format", None)
    return template if isinstance(template, str) else None


class SecurityHeaders:
    """Sets the headers that tell browsers to do nothing with an answer; a page may set its own policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class PlainTextProblems:
    """Replaces the plain-text errors of libraries (refused hosts, refused CORS requests) by problem documents."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        replaced = False

        async def send_document(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] >= 400:
                headers = MutableHeaders(raw=message["headers"])
                replaced = headers.get("content-type", "").startswith("text/plain")
                if replaced:
                    kind = BY_STATUS.get(message["status"], BadRequest)
                    answer = problem_response(kind())
                    headers["content-type"], headers["content-length"] = MEDIA_TYPE, str(len(answer.body))
                    await send({**message, "status": kind.status})
                    await send({"type": "http.response.body", "body": bytes(answer.body)})
                    return
            if not replaced:
                await send(message)

        await self._app(scope, receive, send_document if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses bodies above the limit, also those that do not say how long they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_BODY_LIMIT_KEY] = BODY_LIMIT
        declared = Headers(scope=scope).get("content-length", "")
        expected = int(declared) if declared.isascii() and declared.isdigit() else 0
        taken = 0

        async def receive_within_limit() -> Message:
            nonlocal taken
            limit = scope[_BODY_LIMIT_KEY]
            if expected > limit:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)  # FastAPI lets nothing else out of reading a body
            return message

        await self._app(scope, receive_within_limit, send)


def set_body_limit(scope: Scope, limit: int) -> None:
    """Set the limit in bytes of the body of this request, before any of it was read."""
    scope[_BODY_LIMIT_KEY] = limit


class UnexpectedErrors:
    """Turns an error that nobody expected into a 500 or 503 that says nothing; type and place are in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            log.error("request_failed", route=route_of(scope), exc_info=True)
            trace.get_current_span().set_attribute("error.type", type(error).__qualname__)
            if started:
                raise  # too late for an answer: the connection must break, so that the caller notices
            problem = Unavailable() if is_passing(error) else InternalError()
            await problem_response(problem)(scope, receive, send_noting)
