"""Tracing: one job is one trace, from its acceptance to the last webhook attempt.

`traceparent` travels in the outbox, in Kafka headers and in the inbox, always as it was when the event was appended.
Every span carries `telop.job_id` while a job is at hand; spans hold ids and codes, never text from media or people.
Nothing is exported unless the standard OpenTelemetry variables name an endpoint.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from telop_contracts.telemetry import JOB_ID

from telop_chassis.version import VERSION

tracer: Final = trace.get_tracer("telopcheck", VERSION)
current_job_id: ContextVar[str] = ContextVar("telop_job_id", default="")
_W3C: Final = TraceContextTextMapPropagator()


class _JobIdProcessor(SpanProcessor):
    """Puts the job at hand on every span that starts."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if job_id := current_job_id.get():
            span.set_attribute(JOB_ID, job_id)


def configure(service: str) -> TracerProvider:
    """Set the process's tracer provider; spans leave it only where an OTLP endpoint is configured."""
    propagate.set_global_textmap(_W3C)
    resource = Resource.create({SERVICE_NAME: f"telop-{service}", SERVICE_VERSION: VERSION})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(_JobIdProcessor())
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    if any(os.environ.get(name) for name in endpoints):
        # Half a second of imports that a process without a collector need not wait for.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def current_traceparent() -> str | None:
    """Return the W3C `traceparent` of the current span."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str:
    """Return the current trace id as 32 hexadecimal digits; empty outside of a trace."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def context_of(traceparent: str | None) -> Context:
    """Return a context in which new spans are children of `traceparent`; of nothing, if it is None."""
    return _W3C.extract({"traceparent": traceparent} if traceparent else {}, context=Context())


def links_to(traceparents: Iterable[str | None]) -> list[Link]:
    """Return span links to every valid `traceparent`."""
    contexts = (trace.get_current_span(context_of(each)).get_span_context() for each in traceparents)
    return [Link(context) for context in contexts if context.is_valid]


def link_current_span(traceparents: Iterable[str | None]) -> None:
    """Link the current span to what it joins."""
    span = trace.get_current_span()
    for link in links_to(traceparents):
        span.add_link(link.context)


def mark_failed(reason: str) -> None:
    """Mark the current span as failed, by reason code."""
    span = trace.get_current_span()
    span.set_status(StatusCode.ERROR, reason)
    span.set_attribute("error.type", reason)


@contextmanager
def job_at_hand(job_id: str) -> Iterator[None]:
    """Put the job's id on every span and log line inside."""
    token = current_job_id.set(job_id)
    try:
        yield
    finally:
        current_job_id.reset(token)


@contextmanager
def job_trace(job_id: str) -> Iterator[str]:
    """Start the job's own trace, linked to the caller's context, and yield its trace id.

    A batch, or a caller that does not sample, must neither merge nor hide jobs.
    """
    caller = trace.get_current_span().get_span_context()
    links = [Link(caller)] if caller.is_valid else []
    with (
        job_at_hand(job_id),
        tracer.start_as_current_span(
            "job accept", context=Context(), links=links, record_exception=False, set_status_on_exception=False
        ),
    ):
        yield current_trace_id()


@contextmanager
def child_span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Mapping[str, str | int | float | bool] | None = None
) -> Iterator[trace.Span]:
    """Start a span below the current one; an exception marks it by type and nothing more."""
    with tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def consumer_span(
    name: str, traceparent: str | None, job_id: str, attributes: Mapping[str, str | int]
) -> Iterator[trace.Span]:
    """Start the span of a piece of work, below the span that asked for it."""
    with (
        job_at_hand(job_id),
        tracer.start_as_current_span(
            name,
            context=context_of(traceparent),
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span,
    ):
        yield span
