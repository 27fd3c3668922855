import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobProgressed
from telop_contracts.webhook.v1 import Webhook
from telop_notifier.delivery import STEPS_S

from tests.integration.notifier.harness import TRACE_ID, Notifier
from tests.integration.notifier.receiver import receiver
from tests.support.eventually import eventually

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def accepted(job_id: str = "j1", sequence: int = 1) -> JobAccepted:
    return JobAccepted(job_id=job_id, sequence=sequence, language="en", created_at=NOW)


def progressed(sequence: int, job_id: str = "j1") -> JobProgressed:
    return JobProgressed(job_id=job_id, sequence=sequence, progress=0.5, stages=())


def completed(sequence: int = 9, job_id: str = "j1") -> JobCompleted:
    return JobCompleted(job_id=job_id, sequence=sequence, verdict="warn", counts={"spelling": 1}, unchecked=())


async def test_an_event_becomes_a_signed_webhook_of_its_trace(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, secret = await notifier.endpoint(here.url)
        await notifier.publish(completed())
        log = await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
    received = here.received[0]
    webhook = Webhook.model_validate(received.verified(secret), strict=False)
    assert (webhook.type, webhook.data.job_id, webhook.data.verdict) == ("job.completed", "j1", "warn")
    assert webhook.data.links["job"] == "https://telop.example/v1/jobs/j1"
    assert received.headers["traceparent"].split("-")[1] == TRACE_ID
    assert (log[0]["delivery_id"], log[0]["trace_id"]) == (received.id, TRACE_ID)
    assert [each["status_code"] for each in log[0]["attempts"]] == [200]
    assert log[0]["attempts"][0]["trace_id"] == TRACE_ID


async def test_every_kind_of_event_reaches_the_endpoint(notifier: Notifier) -> None:
    async with receiver() as here:
        await notifier.endpoint(here.url)
        for job_id, event in {
            "a": accepted("a"),
            "b": completed(job_id="b"),
            "c": JobFailed(job_id="c", sequence=2, reason="stalled", detail=""),
            "d": JobCancelled(job_id="d", sequence=2, reason="cancelled_by_user"),
            "e": FindingDecided(job_id="e", finding_id="f", sequence=3, decision="unsure", decided_at=NOW),
        }.items():
            assert event.job_id == job_id
            await notifier.publish(event)
        await notifier.until_idle()
    assert sorted(each.type for each in here.received) == [
        "finding.decided",
        "job.accepted",
        "job.cancelled",
        "job.completed",
        "job.failed",
    ]


async def test_a_repeated_event_is_delivered_once_to_each_endpoint(notifier: Notifier) -> None:
    async with receiver() as first, receiver() as second:
        for here in (first, second):
            await notifier.endpoint(here.url)
        event_id = await notifier.publish(accepted())
        await notifier.until_idle()
        # The second time it comes past the inbox, as after a requeue.
        await notifier.scalar("DELETE FROM inbox RETURNING 1")
        await notifier.publish(accepted(), event_id=event_id)
        await notifier.until_idle()
    assert [len(here.received) for here in (first, second)] == [1, 1]
    assert first.received[0].id != second.received[0].id


async def test_attempts_repeat_id_and_bytes_and_wait_as_the_schedule_says(notifier: Notifier) -> None:
    async with receiver(500, 302, 200) as here:
        endpoint_id, secret = await notifier.endpoint(here.url)
        await notifier.publish(completed())
        for done in (1, 2):
            (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "pending"))
            await notifier.until_idle()
            (entry,) = await notifier.deliveries(endpoint_id)
            assert len(entry["attempts"]) == done
            waited = datetime.fromisoformat(entry["next_attempt_at"]) - datetime.fromisoformat(
                entry["attempts"][-1]["started_at"]
            )
            assert timedelta(seconds=STEPS_S[done]) <= waited <= timedelta(seconds=STEPS_S[done] * 1.1 + 1)
            await notifier.bring_forward()
            await _until(here.received, done + 1)
        (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
    assert [each["reason"] for each in entry["attempts"]] == ["http_status", "redirected", None]
    assert len({(each.id, each.body) for each in here.received}) == 1
    assert all(each.verified(secret) for each in here.received)


async def _until(found: Sequence[object], expected: int, within_s: float = 30) -> None:
    async def holds() -> bool:
        return len(found) == expected

    await eventually(holds, within_s=within_s)


async def test_after_the_last_attempt_the_delivery_is_exhausted(notifier: Notifier) -> None:
    async with receiver(503) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(completed())
        for count in range(1, len(STEPS_S) + 1):
            await _until(here.received, count)
            await notifier.until_idle()
            await notifier.bring_forward()
        (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "failed"))
        await notifier.until_idle()
    (event,) = await notifier.published("delivery.exhausted.v1")
    assert (event["endpoint_id"], event["delivery_id"]) == (endpoint_id, entry["delivery_id"])
    assert (event["attempts"], event["reason"], event["event_type"]) == (10, "http_status", "job.completed")
    assert len(here.received) == len(entry["attempts"]) == 10


async def test_gone_disables_the_endpoint_once_and_tells_the_others(notifier: Notifier) -> None:
    async with receiver(410) as gone, receiver() as other:
        gone_id, _ = await notifier.endpoint(gone.url)
        other_id, _ = await notifier.endpoint(other.url)
        await notifier.publish(accepted("a"))
        await notifier.publish(accepted("b"))
        await _until(other.received, 3)
        await notifier.until_idle()
        await notifier.publish(accepted("c"))
        await _until(other.received, 4)
        await notifier.until_idle()
    view = (await notifier.client.get(f"/v1/webhook-endpoints/{gone_id}")).json()
    assert (view["state"], view["reason"]) == ("disabled", "endpoint_gone")
    (event,) = await notifier.published("endpoint.disabled.v1")
    assert event["endpoint_id"] == gone_id
    (told,) = [json.loads(each.body)["data"] for each in other.received if each.type == "endpoint.disabled"]
    assert told["endpoint_id"] == gone_id
    assert {each["status"] for each in await notifier.deliveries(gone_id)} == {"failed"}
    assert len(gone.received) <= 2
    assert len(await notifier.deliveries(other_id)) == 4


async def test_progress_goes_only_to_who_asked_and_never_after_something_newer(notifier: Notifier) -> None:
    async with receiver() as asked, receiver() as other:
        asked_id, _ = await notifier.endpoint(asked.url, event_types=["job.progressed", "job.completed"])
        await notifier.endpoint(other.url)
        await notifier.publish(progressed(2))
        await notifier.until_log(asked_id, ("job.progressed", "succeeded"))
        await notifier.publish(progressed(3))  # within the interval
        await notifier.publish(completed(9))
        await notifier.until_log(asked_id, ("job.completed", "succeeded"), ("job.progressed", "succeeded"))
        await notifier.scalar("UPDATE messages SET created_at = created_at - interval '1 minute' RETURNING 1")
        await notifier.publish(progressed(4))  # late
        await notifier.until_idle()
    assert [each.type for each in asked.received] == ["job.progressed", "job.completed"]
    assert [each.type for each in other.received] == ["job.completed"]


async def test_progress_that_is_due_when_something_newer_is_known_is_superseded(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url, event_types=["job.progressed", "job.completed"])
        path = f"/v1/webhook-endpoints/{endpoint_id}"
        await notifier.client.patch(path, json={"paused": True})
        await notifier.publish(progressed(2))
        await notifier.until_log(endpoint_id, ("job.progressed", "held"))
        await notifier.publish(completed(9))
        await notifier.until_idle()
        await notifier.client.patch(path, json={"paused": False})
        await notifier.until_log(endpoint_id, ("job.completed", "succeeded"), ("job.progressed", "superseded"))
    assert [each.type for each in here.received] == ["job.completed"]


async def test_progress_is_tried_once(notifier: Notifier) -> None:
    async with receiver(500) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, event_types=["job.progressed"])
        await notifier.publish(progressed(2))
        await notifier.until_log(endpoint_id, ("job.progressed", "failed"))
    assert await notifier.published("delivery.exhausted.v1") == []


async def test_an_address_that_may_not_be_reached_is_told_in_the_log(notifier: Notifier) -> None:
    endpoint_id, _ = await notifier.endpoint("http://[::ffff:10.0.0.1]/hook")
    await notifier.publish(accepted())
    await notifier.until_idle()
    (entry,) = await notifier.deliveries(endpoint_id)
    assert (entry["status"], entry["attempts"][0]["reason"]) == ("pending", "url_refused")


LEASE_OF_THE_DEAD = (
    "WITH dead AS (UPDATE deliveries SET lease_token = gen_random_uuid(), deaths = :deaths,"
    " lease_until = clock_timestamp() - interval '1 s' RETURNING endpoint_id)"
    " UPDATE lanes SET in_flight = 1 FROM dead WHERE lanes.endpoint_id = dead.endpoint_id RETURNING 1"
)


async def test_what_a_dead_process_held_is_taken_over_without_counting(notifier: Notifier) -> None:
    async with receiver(500, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(completed())
        await notifier.until_log(endpoint_id, ("job.completed", "pending"))
        await notifier.until_idle()
        await notifier.scalar(LEASE_OF_THE_DEAD, deaths=0)
        await notifier.bring_forward()
        (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
    assert [each["number"] for each in entry["attempts"]] == [1, 2]


async def test_a_delivery_that_kills_its_workers_ends_as_exhausted(notifier: Notifier) -> None:
    async with receiver(500) as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(completed())
        await notifier.until_log(endpoint_id, ("job.completed", "pending"))
        await notifier.until_idle()
        await notifier.scalar(LEASE_OF_THE_DEAD, deaths=4)
        (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "failed"))
    assert entry["reason"] == "worker_died"
    (event,) = await notifier.published("delivery.exhausted.v1")
    assert (event["reason"], event["attempts"]) == ("worker_died", 1)
