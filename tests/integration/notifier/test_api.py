import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id
from telop_chassis import telemetry
from telop_chassis.auth import open_routes, operations_with_ids
from telop_chassis.logs import configure_logs
from telop_contracts.job.v1 import JobAccepted, JobCompleted
from telop_notifier import ledger
from telop_notifier.app import build

from tests.integration.notifier.harness import TRACE_ID, Notifier, settings
from tests.integration.notifier.receiver import Receiver, receiver
from tests.support.eventually import eventually

ENDPOINTS = "/v1/webhook-endpoints"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def accepted(job_id: str) -> JobAccepted:
    return JobAccepted(job_id=job_id, sequence=1, language="en", created_at=NOW)


async def until_received(here: Receiver, count: int) -> None:
    async def holds() -> bool:
        return len(here.received) == count

    await eventually(holds)


def jobs_of(here: Receiver) -> list[str]:
    return [json.loads(each.body)["data"]["job_id"] for each in here.received]


def test_no_route_is_open_by_mistake() -> None:
    assert open_routes(build(settings("postgresql://nobody@/nowhere")).app()) == []


async def test_a_secret_is_shown_once(notifier: Notifier) -> None:
    made = await notifier.client.post(ENDPOINTS, json={"url": "https://example.com/hook", "description": " Newsroom "})
    assert made.status_code == 201
    body = made.json()
    assert made.headers["location"] == f"{ENDPOINTS}/{body['endpoint_id']}"
    assert body["secret"].startswith("whsec_")
    assert (body["description"], body["state"], body["event_types"]) == ("Newsroom", "active", None)
    for path in (ENDPOINTS, made.headers["location"], f"{made.headers['location']}/deliveries"):
        assert "whsec_" not in (await notifier.client.get(path)).text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": "ftp://example.com/x"}, "/url"),
        ({"url": "https://user:pass@example.com/"}, "/url"),
        ({"url": 7}, "/url"),
        ({"url": "https://example.com/", "event_types": []}, "/event_types"),
        ({"url": "https://example.com/", "event_types": ["job.exploded"]}, "/event_types/0"),
        ({"url": "https://example.com/", "event_types": ["endpoint.test"]}, "/event_types/0"),
        ({"url": "https://example.com/", "description": "a\u0007b"}, "/description"),
        ({"url": "https://example.com/", "secret": "whsec_mine"}, "/secret"),
    ],
)
async def test_bad_input_is_refused_by_field_and_not_repeated(
    notifier: Notifier, body: dict[str, Any], pointer: str
) -> None:
    answer = await notifier.client.post(ENDPOINTS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "pass@" not in answer.text


async def test_another_tenants_ids_are_the_same_404_as_unknown_ones(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        delivery_id = (await notifier.client.post(f"{ENDPOINTS}/{endpoint_id}/test")).json()["delivery_id"]
        await notifier.until_log(endpoint_id, ("endpoint.test", "succeeded"))
    stranger = await notifier.key("webhooks:read", "webhooks:write", "admin", tenant="other")
    own = {"endpoint_id": endpoint_id, "delivery_id": delivery_id}
    tried = 0
    for method, path in operations_with_ids(build(settings("postgresql://nobody@/nowhere")).app()):
        if "dead-letters" in path:
            continue
        answers = [
            await notifier.client.request(
                method,
                path.format_map(ids),
                params={"since": NOW.isoformat()},
                json={} if method == "PATCH" else None,
                headers={"authorization": f"Bearer {stranger}"},
            )
            for ids in (own, dict.fromkeys(own, "no-such-id"))
        ]
        assert [answer.status_code for answer in answers] == [404, 404], (method, path)
        bodies = [answer.json() | {"request_id": "", "trace_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]
        tried += 1
    assert tried == 10
    listed = await notifier.client.get(ENDPOINTS, headers={"authorization": f"Bearer {stranger}"})
    assert listed.json()["items"] == []


async def test_reading_keys_change_nothing(notifier: Notifier) -> None:
    endpoint_id, _ = await notifier.endpoint("https://example.com/hook")
    reading = {"authorization": f"Bearer {await notifier.key('webhooks:read')}"}
    assert (await notifier.client.get(ENDPOINTS, headers=reading)).status_code == 200
    refused = await notifier.client.delete(f"{ENDPOINTS}/{endpoint_id}", headers=reading)
    assert refused.status_code == 403
    assert "webhooks:write" in refused.json()["detail"]
    assert (await notifier.client.get(ENDPOINTS, headers={"authorization": ""})).status_code == 401


async def test_lists_come_in_pages(notifier: Notifier) -> None:
    made = [(await notifier.endpoint(f"https://example.com/{number}"))[0] for number in range(5)]
    found: list[str] = []
    params: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await notifier.client.get(ENDPOINTS, params=params)).json()
        found += [each["endpoint_id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert found == made
    assert (await notifier.client.get(ENDPOINTS, params={"cursor": "forged"})).status_code == 422


async def test_changes_touch_only_what_is_given(notifier: Notifier) -> None:
    endpoint_id, _ = await notifier.endpoint("https://example.com/1", event_types=["job.failed"], description="A")
    path = f"{ENDPOINTS}/{endpoint_id}"
    changed = (await notifier.client.patch(path, json={"url": "https://example.com/2"})).json()
    assert (changed["url"], changed["event_types"], changed["description"]) == (
        "https://example.com/2",
        ["job.failed"],
        "A",
    )
    changed = (await notifier.client.patch(path, json={"event_types": None, "description": None})).json()
    assert (changed["url"], changed["event_types"], changed["description"]) == ("https://example.com/2", None, "")
    assert (await notifier.client.patch(path, json={})).json() == changed


async def test_a_deleted_endpoint_gets_nothing_more(notifier: Notifier) -> None:
    async with receiver(500) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("a"))
        await until_received(here, 1)
        await notifier.until_idle()
        assert (await notifier.client.delete(f"{ENDPOINTS}/{endpoint_id}")).status_code == 204
        await notifier.bring_forward()
        await notifier.publish(accepted("b"))
        await notifier.until_idle()
    assert len(here.received) == 1
    assert (await notifier.client.get(f"{ENDPOINTS}/{endpoint_id}")).status_code == 404
    assert await notifier.scalar("SELECT count(*) FROM inbox WHERE status = 'dead'") == 0


async def test_an_endpoint_with_a_long_log_is_gone_at_once_and_its_log_batch_after_batch(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        other_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("a"))
        await until_received(here, 2)
        await notifier.until_idle()
    (shown,) = await notifier.deliveries(endpoint_id)
    many = 2 * ledger.BATCH
    await notifier.scalar(
        "WITH made AS (INSERT INTO messages (tenant, event_id, type, body) SELECT 'acme', 'old-' || n, 'job.accepted',"
        f" '' FROM generate_series(1, {many}) n RETURNING id) INSERT INTO deliveries (id, tenant, endpoint_id,"
        " message_id, status) SELECT 'old-' || id, 'acme', :id, id, 'failed' FROM made RETURNING 1",
        id=endpoint_id,
    )
    path = f"{ENDPOINTS}/{endpoint_id}"
    assert (await notifier.client.delete(path)).status_code == 204
    for gone in (path, f"{path}/deliveries", f"/v1/deliveries/{shown['delivery_id']}"):
        assert (await notifier.client.get(gone)).status_code == 404
    assert (await notifier.client.delete(path)).status_code == 404
    assert [each["endpoint_id"] for each in (await notifier.client.get(ENDPOINTS)).json()["items"]] == [other_id]
    await notifier.until_idle()
    left = "SELECT array_agg(DISTINCT endpoint_id) FROM deliveries"
    assert await notifier.scalar(left) == [other_id]
    assert await notifier.scalar("SELECT array_agg(id) FROM endpoints") == [other_id]
    assert await notifier.scalar("SELECT count(*) FROM inbox WHERE type = 'remove_endpoint' AND status = 'done'") == 3


async def test_what_is_in_flight_to_a_deleted_endpoint_is_not_told_as_exhausted(notifier: Notifier) -> None:
    async with receiver(0) as hanging:
        endpoint_id, _ = await notifier.endpoint(hanging.url, event_types=["job.progressed", "job.accepted"])
        await notifier.publish(accepted("a"))
        await until_received(hanging, 1)
        await notifier.scalar("UPDATE deliveries SET tries = 9 RETURNING 1")
        assert (await notifier.client.delete(f"{ENDPOINTS}/{endpoint_id}")).status_code == 204
        await notifier.until_idle()
    assert await notifier.published("delivery.exhausted.v1") == []
    assert await notifier.scalar("SELECT count(*) FROM endpoints") == 0


async def test_a_paused_endpoint_gets_everything_once_it_resumes(notifier: Notifier) -> None:
    async with receiver(500, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("before"))
        await until_received(here, 1)
        await notifier.until_idle()
        path = f"{ENDPOINTS}/{endpoint_id}"
        assert (await notifier.client.patch(path, json={"paused": True})).json()["state"] == "paused"
        await notifier.bring_forward()
        await notifier.publish(accepted("during"))
        await notifier.until_log(endpoint_id, ("job.accepted", "held"), ("job.accepted", "held"))
        await notifier.until_idle()
        assert len(here.received) == 1
        refused = await notifier.client.post(f"{path}/test")
        assert (refused.status_code, '{"paused": false}' in refused.json()["detail"]) == (409, True)
        assert (await notifier.client.patch(path, json={"paused": False})).json()["state"] == "active"
        await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"), ("job.accepted", "succeeded"))
    assert sorted(jobs_of(here)) == ["before", "before", "during"]


async def test_recovery_sends_what_failed_and_what_was_never_made_but_not_what_arrived(notifier: Notifier) -> None:
    since = datetime.now(UTC)
    await notifier.publish(accepted("missed"))
    await notifier.until_idle()
    async with receiver(200, 410, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("arrived"))
        await until_received(here, 1)
        await notifier.publish(JobCompleted(job_id="failed", sequence=2, verdict="pass", counts={}, unchecked=()))
        await until_received(here, 2)
        await notifier.until_idle()
        path = f"{ENDPOINTS}/{endpoint_id}"
        assert (await notifier.client.post(f"{path}/recover", params={"since": since.isoformat()})).status_code == 409
        await notifier.client.patch(path, json={"paused": False})
        answer = await notifier.client.post(f"{path}/recover", params={"since": since.isoformat()})
        assert answer.status_code == 202
        await until_received(here, 4)
        await notifier.until_idle()
    assert sorted(jobs_of(here)) == ["arrived", "failed", "failed", "missed"]
    failed = [each.id for each in here.received if b'"failed"' in each.body]
    assert len(set(failed)) == 1


async def test_a_replay_repeats_id_and_bytes(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, secret = await notifier.endpoint(here.url)
        await notifier.publish(accepted("a"))
        (entry,) = await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
        replayed = await notifier.client.post(f"/v1/deliveries/{entry['delivery_id']}/replay")
        assert (replayed.status_code, replayed.json()["status"]) == (202, "pending")
        await until_received(here, 2)
        await notifier.until_idle()
        (entry,) = await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
    assert len({(each.id, each.body) for each in here.received}) == 1
    assert all(each.verified(secret) for each in here.received)
    assert [each["number"] for each in entry["attempts"]] == [1, 2]


async def test_a_replay_is_refused_while_an_attempt_is_on_its_way_and_begins_a_new_round_after(
    notifier: Notifier,
) -> None:
    async with receiver(0, 500, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("a"))
        await until_received(here, 1)
        (entry,) = await notifier.deliveries(endpoint_id)
        replay = f"/v1/deliveries/{entry['delivery_id']}/replay"
        refused = await notifier.client.post(replay)
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "delivery_in_flight")
        await notifier.until_idle()  # it timed out; the next attempt is due in 5 s
        assert (await notifier.client.post(replay)).status_code == 202
        await until_received(here, 2)
        await notifier.until_idle()
        await notifier.bring_forward()
        await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
        await notifier.bring_forward()
        await notifier.until_idle()
    assert len(here.received) == 3


async def test_a_test_webhook_reaches_only_its_endpoint(notifier: Notifier) -> None:
    async with receiver() as here, receiver() as other:
        endpoint_id, secret = await notifier.endpoint(here.url)
        await notifier.endpoint(other.url)
        sent = await notifier.client.post(f"{ENDPOINTS}/{endpoint_id}/test")
        (entry,) = await notifier.until_log(endpoint_id, ("endpoint.test", "succeeded"))
        await notifier.until_idle()
    assert entry["delivery_id"] == sent.json()["delivery_id"] == here.received[0].id
    assert here.received[0].verified(secret)["type"] == "endpoint.test"
    assert other.received == []


async def test_a_tenant_gets_only_its_own(notifier: Notifier) -> None:
    async with receiver() as here:
        await notifier.endpoint(here.url)
        await notifier.publish(accepted("theirs"), tenant="other")
        await notifier.publish(accepted("ours"))
        await until_received(here, 1)
        await notifier.until_idle()
    assert jobs_of(here) == ["ours"]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All logging of the process; what was configured before is restored."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("notifier", "1.0", "DEBUG", stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span that the workers start."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    return exporter


async def test_no_secret_and_no_path_of_a_url_reaches_a_log_line_or_a_span(
    notifier: Notifier, lines: io.StringIO, spans: InMemorySpanExporter
) -> None:
    async with receiver(500) as here:
        url = here.url + "/MARKERPATH?token=MARKERQUERY"
        endpoint_id, secret = await notifier.endpoint(url, description="MARKERNAME")
        rotated = (await notifier.client.post(f"{ENDPOINTS}/{endpoint_id}/rotate-secret")).json()["secret"]
        await notifier.publish(accepted("a"))
        await until_received(here, 1)
        await notifier.until_idle()
        await notifier.client.post(ENDPOINTS, json={"url": "ftp://MARKERPATH/"})
    said = lines.getvalue() + "".join(span.to_json() for span in spans.get_finished_spans())
    assert "POST webhook" in said
    assert '"route": "/v1/webhook-endpoints"' in said
    assert not [each for each in ("MARKER", secret, rotated, "whsec_") if each in said]


async def test_the_request_is_a_client_span_in_the_trace_of_the_job(
    notifier: Notifier, spans: InMemorySpanExporter
) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(accepted("a"))
        (entry,) = await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
        await notifier.client.post(f"/v1/deliveries/{entry['delivery_id']}/replay")
        await until_received(here, 2)
        await notifier.until_idle()
    first, again = [span for span in spans.get_finished_spans() if span.name == "POST webhook"]
    assert first.kind is again.kind is SpanKind.CLIENT
    assert format_trace_id(first.context.trace_id) == TRACE_ID
    assert [each.headers["traceparent"].split("-")[2] for each in here.received] == [
        format_span_id(span.context.span_id) for span in (first, again)
    ]
    assert format_trace_id(again.context.trace_id) != TRACE_ID
    assert [format_trace_id(link.context.trace_id) for link in again.links] == [TRACE_ID]


async def test_a_tenant_cannot_have_endpoints_without_end(notifier: Notifier) -> None:
    await notifier.scalar(
        "INSERT INTO endpoints (id, tenant, url, description, secret) "
        "SELECT 'ep_' || n, 'acme', 'https://example.com/', '', 'whsec_' FROM generate_series(1, 100) n RETURNING 1"
    )
    answer: httpx.Response = await notifier.client.post(ENDPOINTS, json={"url": "https://example.com/hook"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "too_many_endpoints")
