"""What stands around every request: ids, lines, spans, headers, compression, refusals."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from telop_chassis.health import Life

from tests.unit.http.example import FakeKeys, Lines, bearer, connect

MARKER = "marker-4711"


async def test_a_well_formed_request_id_is_taken_over_and_any_other_is_replaced(client: httpx.AsyncClient) -> None:
    taken = await client.get("/healthz", headers={"X-Request-ID": "caller-0001"})
    assert taken.headers["x-request-id"] == "caller-0001"
    for offered in ("", "with space", "x" * 129, 'quote"injection'):
        made = await client.get("/healthz", headers={"X-Request-ID": offered})
        assert made.headers["x-request-id"] != offered
        assert len(made.headers["x-request-id"]) == 32


async def test_a_request_is_one_line_with_template_status_and_ids(
    client: httpx.AsyncClient, reader: dict[str, str], lines: Lines
) -> None:
    answer = await client.get("/v1/things/unknown", headers={**reader, "X-Request-ID": "caller-0001"})
    (line,) = lines.named("request")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/things/{thing_id}", 404)
    assert (line["request_id"], line["tenant"], line["service"]) == ("caller-0001", "demo", "example")
    assert line["duration_ms"] >= 0
    (inner,) = lines.named("thing_shown")
    assert inner["request_id"] == answer.headers["x-request-id"]
    assert float(answer.headers["server-timing"].removeprefix("app;dur=")) >= 0


async def test_probes_leave_no_line_and_no_span(
    client: httpx.AsyncClient, lines: Lines, spans: InMemorySpanExporter
) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await client.get(path)).status_code == 200
    assert lines.text == ""
    assert spans.get_finished_spans() == ()


async def test_a_request_is_one_server_span_with_the_request_id_and_the_callers_trace(
    client: httpx.AsyncClient, reader: dict[str, str], spans: InMemorySpanExporter, lines: Lines
) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await client.get(f"/v1/things/{MARKER}?q={MARKER}", headers={**reader, "traceparent": traceparent})
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/things/{thing_id}"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/things/{thing_id}",
        "http.response.status_code": 404,
        "url.scheme": "http",
        "telop.request_id": answer.headers["x-request-id"],
    }
    assert answer.json()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert {line["trace_id"] for line in lines} == {"0af7651916cd43dd8448eb211c80319c"}


async def test_markers_reach_no_line_and_no_span_through_success_422_and_500(
    client: httpx.AsyncClient, keys: FakeKeys, lines: Lines, spans: InMemorySpanExporter
) -> None:
    key = keys.add("jobs:read", "jobs:write")
    headers = {**bearer(key), "Cookie": f"c={MARKER}", "User-Agent": MARKER}
    assert (await client.post("/v1/things", headers=headers, json={"name": MARKER})).status_code == 201
    assert (await client.post("/v1/things", headers=headers, json={"name": MARKER * 9})).status_code == 422
    assert (await client.get(f"/v1/things/broken?{MARKER}", headers=headers)).status_code == 500
    assert (await client.get(f"/{MARKER}", headers=headers)).status_code == 404
    written = lines.text + "".join(span.to_json() for span in spans.get_finished_spans())
    assert len(spans.get_finished_spans()) == 4
    # A key is telop_PREFIX_SECRET, and the secret may hold underscores itself: its last piece can be two letters.
    for secret in (MARKER, "marker-secret", key, key.split("_", 2)[2]):
        assert secret not in written


async def test_an_unexpected_error_is_logged_by_type_and_place(
    client: httpx.AsyncClient, reader: dict[str, str], lines: Lines, spans: InMemorySpanExporter
) -> None:
    await client.get("/v1/things/broken", headers=reader)
    (line,) = lines.named("request_failed")
    assert line["error"]["type"] == "RuntimeError"
    assert line["route"] == "/v1/things/{thing_id}"
    assert any(place.startswith("example.py:") for place in line["error"]["places"])
    (span,) = spans.get_finished_spans()
    assert not span.status.is_ok
    assert span.events == ()


async def test_a_foreign_host_is_refused_with_a_problem_an_id_and_a_line(
    build: Callable[..., FastAPI], lines: Lines
) -> None:
    async with connect(build(allowed_hosts=("api.example",))) as client:
        refused = await client.get("/v1/things")
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
        assert refused.json()["request_id"] == refused.headers["x-request-id"]
        assert (await client.get("/healthz", headers={"Host": "api.example:80"})).status_code == 200
    assert [line["status"] for line in lines.named("request")] == [400]


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_only_listed_origins_get_cors_headers(build: Callable[..., FastAPI], method: str) -> None:
    preflight = {"Access-Control-Request-Method": method}
    async with connect(build(cors_origins=("https://console.example",))) as client:
        good = await client.options("/v1/things", headers={**preflight, "Origin": "https://console.example"})
        assert good.headers["access-control-allow-origin"] == "https://console.example"
        bad = await client.options("/v1/things", headers={**preflight, "Origin": "https://other.example"})
        assert (bad.status_code, bad.headers["content-type"]) == (400, "application/problem+json")
        assert "access-control-allow-origin" not in bad.headers
        assert bad.headers["x-request-id"]


async def test_security_headers_stand_on_every_answer(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/v1/things", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "strict-transport-security" not in headers
    assert "server" not in headers


async def test_hsts_is_set_over_tls(build: Callable[..., FastAPI]) -> None:
    transport = httpx.ASGITransport(app=build())
    async with httpx.AsyncClient(transport=transport, base_url="https://service.test") as client:
        assert "max-age" in (await client.get("/healthz")).headers["strict-transport-security"]


async def test_answers_from_a_kibibyte_are_compressed_but_never_events(
    client: httpx.AsyncClient, reader: dict[str, str]
) -> None:
    headers = {**reader, "Accept-Encoding": "gzip"}
    assert (await client.get("/v1/things/long", headers=headers)).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in (await client.get("/v1/things", headers=headers)).headers
    events = await client.get("/v1/things/a/events", headers=headers)
    assert events.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in events.headers
    assert "x" * 4_000 in events.text


async def test_compressed_bytes_are_what_they_say(build: Callable[..., FastAPI], reader: dict[str, str]) -> None:
    async with (
        connect(build()) as client,
        client.stream("GET", "/v1/things/long", headers={**reader, "Accept-Encoding": "gzip"}) as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert b"x" * 5_000 in gzip.decompress(raw)


async def test_readiness_names_what_failed_and_refuses_while_draining(
    build: Callable[..., FastAPI], life: Life, lines: Lines
) -> None:
    async def good() -> bool:
        return True

    async def down() -> bool:
        raise ConnectionRefusedError(MARKER)

    async with connect(build(checks={"database": good, "broker": down})) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]) == (503, {"database": "ok", "broker": "failed"})
    assert MARKER not in lines.text
    async with connect(build(checks={"database": good})) as client:
        assert (await client.get("/readyz")).json() == {
            "status": "ready",
            "draining": False,
            "checks": {"database": "ok"},
        }
        life.drain()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["draining"]) == (503, True)
        assert answer.headers["connection"] == "close"
        assert (await client.get("/healthz")).status_code == 200


async def test_a_dependency_that_hangs_is_not_ready(
    build: Callable[..., FastAPI], life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telop_chassis.health.CHECK_LIMIT_S", 0.01)

    async def hangs() -> Any:
        await life.wait_closing()

    async with connect(build(checks={"database": hangs})) as client:
        assert (await client.get("/readyz")).json()["checks"] == {"database": "failed"}


async def test_the_document_lists_operations_by_their_function_and_the_page_loads_nothing(
    build: Callable[..., FastAPI],
) -> None:
    async with connect(build(docs=True)) as client:
        document = (await client.get("/openapi.json")).json()
        page = (await client.get("/docs")).text
    operation = document["paths"]["/v1/things"]["post"]
    assert operation["operationId"] == "create_thing"
    assert operation["security"] == [{"AccessKey": ["jobs:write"]}]
    assert operation["responses"]["409"]["content"].keys() == {"application/problem+json"}
    assert operation["responses"].keys() == {"201", "401", "403", "409", "413", "415", "422", "500"}
    assert "HTTPValidationError" not in document["components"]["schemas"]
    size = document["components"]["schemas"]["Thing"]["properties"]["size"]
    assert (size["type"], size["maximum"]) == ("integer", 100)
    assert "POST /v1/things" in page
    assert "jobs:write" in page
    assert "src=" not in page


async def test_one_setting_switches_the_documentation_off(build: Callable[..., FastAPI]) -> None:
    async with connect(build(docs=False)) as client:
        assert (await client.get("/openapi.json")).status_code == 404
        assert (await client.get("/docs")).status_code == 404


def test_requests_are_measured_by_route_template_and_probes_are_not() -> None:
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-m", "tests.unit.http.measured"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    (count,) = (
        line for line in ran.stdout.splitlines() if line.startswith("http_server_request_duration_seconds_count")
    )
    assert 'http_route="/v1/things/{thing_id}"' in count
    assert 'http_response_status_code="404"' in count
    assert count.endswith(" 1.0")
    assert MARKER not in ran.stdout
