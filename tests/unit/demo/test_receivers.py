"""The receivers of the demo: the webhook receiver believes signatures only, the span receiver reads real exports."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, SpanKind
from standardwebhooks.webhooks import Webhook
from telop_cli.demo.otlp import Span, SpanReceiver
from telop_cli.demo.receiver import WebhookReceiver
from telop_cli.demo.trace import draw, grow

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"job.completed","timestamp":"2026-01-01T00:00:00Z","data":{"job_id":"job-1"}}'


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


def signed(body: str = BODY, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
        "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
    }


def test_a_signed_webhook_is_believed(receiver: WebhookReceiver) -> None:
    receiver.trust(SECRET)

    answer = httpx.post(receiver.url, content=BODY, headers=signed())

    received = receiver.wait_for(lambda each: each.job_id == "job-1", 10)
    assert answer.status_code == 204
    assert received
    assert (received.verified, received.type, received.trace_id) == (True, "job.completed", "a" * 32)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(secret="whsec_c29tZW9uZSBlbHNlcyBzZWNyZXQ="),
        signed(body=BODY + " "),
        signed(at=datetime.now(UTC) - timedelta(minutes=10)),
        signed() | {"webhook-signature": "nonsense"},
    ],
)
def test_a_webhook_without_a_good_signature_is_refused(receiver: WebhookReceiver, headers: dict[str, str]) -> None:
    receiver.trust(SECRET)

    answer = httpx.post(receiver.url, content=BODY, headers=headers)

    assert answer.status_code == 400
    assert [(each.verified, each.job_id) for each in receiver.received] == [(False, "")]


def test_a_receiver_without_a_secret_asks_the_sender_to_come_back(receiver: WebhookReceiver) -> None:
    assert httpx.post(receiver.url, content=BODY, headers=signed()).status_code == 503
    assert receiver.received == []


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_exported_spans_arrive_as_they_were(compression: Compression) -> None:
    with SpanReceiver() as spans:
        exporter = OTLPSpanExporter(endpoint=f"{spans.url}/v1/traces", compression=compression)
        provider = TracerProvider(resource=Resource.create({"service.name": "telop-ocr"}))
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        tracer = provider.get_tracer("test")
        with tracer.start_as_current_span("outer") as outer:
            link = Link(outer.get_span_context())
            with tracer.start_as_current_span("inner", kind=SpanKind.CLIENT, links=[link], attributes={"n": 7}):
                pass
        trace_id = f"{outer.get_span_context().trace_id:032x}"
        received = spans.wait_for(trace_id, lambda spans: len(spans) == 2, 20)
        provider.shutdown()

    inner, root = received
    assert (root.name, root.parent_id, root.kind) == ("outer", "", "internal")
    assert (inner.name, inner.parent_id, inner.kind) == ("inner", root.span_id, "client")
    assert (inner.service, inner.attributes) == ("telop-ocr", {"n": 7})
    assert list(inner.links) == [(trace_id, root.span_id)]


@pytest.mark.parametrize("body", [b"no protobuf", gzip.compress(b"x")[:10]])
def test_what_is_no_export_is_refused(body: bytes) -> None:
    encoding = {"content-encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    with SpanReceiver() as spans:
        assert httpx.post(f"{spans.url}/v1/traces", content=body, headers=encoding).status_code == 400


def span(name: str, span_id: str, parent_id: str = "", start_ms: int = 0, end_ms: int = 1) -> Span:
    times = {"start_ns": start_ms * 1_000_000, "end_ns": end_ms * 1_000_000}
    return Span("t", span_id, parent_id, name, "telop-ocr", "internal", **times, failed=False, attributes={},
                resource={}, links=())  # fmt: skip


def test_a_tree_with_one_root_and_every_parent_is_whole() -> None:
    spans = [span("leaf", "c", "b"), span("root", "a"), span("branch", "b", "a")]

    assert grow(spans).is_whole
    assert not grow(spans[:2]).is_whole
    assert not grow([*spans, span("second root", "d")]).is_whole


def test_a_span_whose_parent_is_missing_is_drawn_and_named() -> None:
    drawn = list(draw(grow([span("root", "a"), span("lost", "c", "b")])))

    assert [line.split()[0] for line in drawn] == ["root", "(its", "lost"]


def test_equal_leaves_beside_each_other_share_a_line() -> None:
    leaves = [span("commit", str(number), "a", number, number + 2) for number in range(3)]

    drawn = list(draw(grow([span("root", "a", end_ms=9), *leaves])))

    assert len(drawn) == 2
    assert "commit ×3" in drawn[1]
    assert "6.0 ms" in drawn[1]
