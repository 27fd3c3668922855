"""The delivery log: what it shows of requests and responses, how it is searched, replayed, and how long it lasts."""

from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import Gauge, InMemoryMetricReader, Sum
from telop_contracts.job.v1 import JobAccepted, JobCompleted
from telop_notifier import retention
from telop_notifier.delivery import MAX_HEADER_KEPT, MAX_HEADERS_KEPT, Answer, request_head, response_head
from telop_notifier.measures import Measures

from tests.integration.notifier.harness import TRACE_ID, Notifier
from tests.integration.notifier.receiver import receiver
from tests.support.eventually import eventually

ENDPOINTS = "/v1/webhook-endpoints"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def accepted(job_id: str) -> JobAccepted:
    return JobAccepted(job_id=job_id, sequence=1, language="en", created_at=NOW)


async def test_a_single_delivery_shows_both_heads_without_secrets(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url + "?token=MARKER", headers={"x-key": "MARKER"})
        await notifier.publish(accepted("a"))
        (entry,) = await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
        shown = await notifier.client.get(f"/v1/deliveries/{entry['delivery_id']}")
    (attempt,) = shown.json()["attempts"]
    assert attempt["request"]["url"] == here.url + "?***"
    headers = attempt["request"]["headers"]
    assert headers["webhook-id"] == entry["delivery_id"] == here.received[0].id
    assert headers["webhook-timestamp"] == here.received[0].headers["webhook-timestamp"]
    assert (headers["webhook-signature"], headers["x-key"]) == ("***", "***")
    assert "MARKER" not in shown.text
    assert attempt["trace_link"] == f"https://traces.example/{TRACE_ID}?all"
    assert entry["attempts"][0]["request"] is None  # a list stays small


def test_what_is_kept_of_a_response_is_bounded_printable_and_without_cookies() -> None:
    head = [("Set-Cookie", "session=MARKER"), ("X-Evil", "a\x1b[31m\x00" + "b" * 10_000)]
    kept = response_head(Answer(NOW, 1, 200, headers=(*head, *((f"x-{number}", "v") for number in range(500)))))
    assert kept["set-cookie"] == "***"
    assert kept["x-evil"].startswith("a?[31m?bbb")
    assert len(kept) <= MAX_HEADERS_KEPT
    assert all(len(value) <= MAX_HEADER_KEPT for value in kept.values())


def test_what_is_kept_of_a_request_hides_signature_query_and_own_headers() -> None:
    headers = {"webhook-signature": "v1,abc", "webhook-id": "msg_1", "authorization": "MARKER"}
    kept = request_head("https://a.example/x?token=MARKER", headers, custom=["authorization"])
    assert kept == {
        "url": "https://a.example/x?***",
        "headers": {"webhook-signature": "***", "webhook-id": "msg_1", "authorization": "***"},
    }


async def test_the_log_is_searched_by_status(notifier: Notifier) -> None:
    async with receiver(200, 500) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=1)
        for job in ("a", "b"):
            await notifier.publish(accepted(job))
            await notifier.until_idle()
        found = {}
        for status in ("succeeded", "pending", "failed", "held"):
            page = await notifier.client.get(f"{ENDPOINTS}/{endpoint_id}/deliveries", params={"status": status})
            found[status] = [each["job_id"] for each in page.json()["items"]]
    assert found == {"succeeded": ["a"], "pending": ["b"], "failed": [], "held": []}


async def test_everything_that_failed_is_replayed_and_nothing_else(notifier: Notifier) -> None:
    await notifier.publish(accepted("before"))  # nobody listened
    await notifier.until_idle()
    async with receiver(200, 410, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=1)
        for job in ("arrived", "failed"):
            await notifier.publish(accepted(job))
            await notifier.until_idle()
        path = f"{ENDPOINTS}/{endpoint_id}"
        assert (await notifier.client.post(f"{path}/replay-failed")).status_code == 409  # it is disabled
        await notifier.client.patch(path, json={"paused": False})
        assert (await notifier.client.post(f"{path}/replay-failed")).status_code == 202
        await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"), ("job.accepted", "succeeded"))
        await notifier.until_idle()
        jobs = [each["job_id"] for each in await notifier.deliveries(endpoint_id)]
    assert jobs == ["failed", "arrived"]
    assert len(here.received) == 3
    assert here.received[1].body == here.received[2].body


async def test_what_waits_for_a_gone_endpoint_fails_however_much_it_is(notifier: Notifier) -> None:
    async with receiver(410) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=1)
        path = f"{ENDPOINTS}/{endpoint_id}"
        await notifier.client.patch(path, json={"paused": True})
        await notifier.publish(accepted("one"))
        await notifier.until_idle()
        await notifier.scalar(
            "INSERT INTO messages (tenant, event_id, type, body)"
            " SELECT tenant, 'copy-' || n, type, body FROM messages, generate_series(1, 1200) n RETURNING 1"
        )
        await notifier.scalar(
            "INSERT INTO deliveries (id, tenant, endpoint_id, message_id, status, next_attempt_at)"
            " SELECT event_id, tenant, :id, id, 'pending', clock_timestamp() FROM messages"
            " WHERE event_id LIKE 'copy-%' RETURNING 1",
            id=endpoint_id,
        )
        await notifier.client.patch(path, json={"paused": False})

        async def all_failed() -> bool:
            return bool(await notifier.scalar("SELECT count(*) FROM deliveries WHERE status = 'failed'") == 1201)

        await eventually(all_failed)
        await notifier.until_idle()
    assert len(here.received) < 20
    assert len(await notifier.published("endpoint.disabled.v1")) == 1


async def test_the_log_lasts_as_long_as_it_shall_and_goes_in_batches(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        for job in ("old", "new"):
            await notifier.publish(accepted(job))
            await notifier.until_idle()
    copies = f"generate_series(1, {3 * retention.BATCH})"
    await notifier.scalar(
        "INSERT INTO messages (tenant, event_id, type, body, created_at)"
        f" SELECT 'acme', 'old-' || n, 'job.accepted', '', now() - interval '31 days' FROM {copies} n RETURNING 1"
    )
    await notifier.scalar(
        "UPDATE messages SET created_at = now() - interval '31 days' WHERE job_id = 'old' RETURNING 1"
    )
    gone = await retention.purge(notifier.service.database, older_than=notifier.clock() - timedelta(days=30))
    assert gone == 3 * retention.BATCH + 1
    assert [each["job_id"] for each in await notifier.deliveries(endpoint_id)] == ["new"]
    for table, left in (("messages", 1), ("deliveries", 1), ("attempts", 1)):
        assert await notifier.scalar(f"SELECT count(*) FROM {table}") == left


async def test_what_is_in_flight_is_never_purged(notifier: Notifier) -> None:
    async with receiver(0) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(JobCompleted(job_id="a", sequence=1, verdict="pass", counts={}, unchecked=()))

        async def arrived() -> bool:
            return bool(here.received)

        await eventually(arrived)
        later = notifier.clock() + timedelta(days=1)
        assert await retention.purge(notifier.service.database, older_than=later) == 0
    assert len(await notifier.deliveries(endpoint_id)) == 1


async def test_the_lanes_are_measured(notifier: Notifier) -> None:
    async with receiver(0) as here:
        await notifier.endpoint(here.url, max_concurrency=2)
        for job in ("a", "b", "c"):
            await notifier.publish(accepted(job))

        async def under_way() -> bool:
            """Two attempts, and the lane has been looked at since the third delivery was queued."""
            settled = "SELECT (SELECT count(*) FROM deliveries) = 3 AND (SELECT due_at IS NULL FROM lanes)"
            return len(here.received) == 2 and await notifier.scalar(settled)

        await eventually(under_way)
        reader = InMemoryMetricReader()
        seen = Measures(MeterProvider(metric_readers=[reader]).get_meter("test"))
        await notifier.scalar("UPDATE lanes SET open_until = :t RETURNING 1", t=notifier.clock() + timedelta(hours=1))
        await seen.measure(notifier.service.database, now=notifier.clock())
        seen.count("failed")
    data = reader.get_metrics_data()
    assert data is not None
    points = {
        metric.name: metric.data.data_points[0].value
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        if isinstance(metric.data, Gauge | Sum)
    }
    assert points == {
        "telop.webhook.attempts": 1,
        "telop.webhook.in_flight": 2,
        "telop.webhook.open_breakers": 1,
        "telop.webhook.overdue": 0.0,
    }
