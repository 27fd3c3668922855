"""A receiver of traces over OTLP/HTTP: protobuf bodies, plain or gzip, at `/v1/traces`.

It keeps every span that came in, in memory, as plain values. It is a witness for the demo and for tests: what it has
was really exported.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from threading import Condition
from typing import Final, Self

from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # its stubs are not locked
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from telop_cli.demo.loopback import Answer, LoopbackServer

PATH: Final = "/v1/traces"
PROTOBUF: Final = "application/x-protobuf"
Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Span:
    """One finished span. Ids are hexadecimal, `parent_id` is empty for a root, times are nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    service: str
    kind: str
    start_ns: int
    end_ns: int
    failed: bool
    attributes: Mapping[str, Attribute]
    resource: Mapping[str, Attribute]
    links: Sequence[tuple[str, str]]
    """Trace id and span id of each span that this one links to."""


class SpanReceiver:
    """Receives spans on `url` (the base, as `OTEL_EXPORTER_OTLP_ENDPOINT` wants it) while its `with` block runs."""

    def __init__(self) -> None:
        self._server = LoopbackServer(self._receive)
        self._spans: list[Span] = []
        self._changed = Condition()
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def trace(self, trace_id: str) -> list[Span]:
        """Every span of a trace that came in so far."""
        with self._changed:
            return [span for span in self._spans if span.trace_id == trace_id]

    def all(self) -> list[Span]:
        """Every span that came in so far."""
        with self._changed:
            return list(self._spans)

    def wait_for(self, trace_id: str, complete: Callable[[list[Span]], bool], timeout_s: float) -> list[Span]:
        """The spans of a trace once they are complete, or as many as there are after the time."""
        with self._changed:
            self._changed.wait_for(lambda: complete(self.trace(trace_id)), timeout_s)
            return self.trace(trace_id)

    def _receive(self, path: str, headers: Message, body: bytes) -> Answer:
        if path != PATH:
            return 404, "text/plain", b""
        try:
            plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            request = ExportTraceServiceRequest.FromString(plain)
        except (OSError, EOFError, zlib.error, DecodeError):
            return 400, "text/plain", b""
        with self._changed:
            self._spans.extend(_spans(request))
            self._changed.notify_all()
        return 200, PROTOBUF, ExportTraceServiceResponse().SerializeToString()


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for raw in scope_spans.spans:
                yield _span(raw, resource)


def _span(raw: trace_pb2.Span, resource: Mapping[str, Attribute]) -> Span:
    return Span(
        trace_id=raw.trace_id.hex(),
        span_id=raw.span_id.hex(),
        parent_id=raw.parent_span_id.hex(),
        name=raw.name,
        service=str(resource.get("service.name", "")),
        kind=trace_pb2.Span.SpanKind.Name(raw.kind).removeprefix("SPAN_KIND_").lower(),
        start_ns=raw.start_time_unix_nano,
        end_ns=raw.end_time_unix_nano,
        failed=raw.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        attributes=_attributes(raw.attributes),
        resource=resource,
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in raw.links),
    )


def _attributes(pairs: Sequence[KeyValue]) -> dict[str, Attribute]:
    """The scalar attributes; lists are left out, nobody here asks for one."""
    found: dict[str, Attribute] = {}
    for pair in pairs:
        which = pair.value.WhichOneof("value")
        if which in ("string_value", "bool_value", "int_value", "double_value"):
            found[pair.key] = getattr(pair.value, which)
    return found
