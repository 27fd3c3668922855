"""What an endpoint may ask for: formats, its own headers, ed25519, metadata; and the end of one that only fails."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from telop_contracts.job.v1 import JobAccepted, JobCompleted

from tests.integration.notifier.harness import Notifier
from tests.integration.notifier.receiver import Received, receiver

ENDPOINTS = "/v1/webhook-endpoints"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def completed(job_id: str = "j1") -> JobCompleted:
    return JobCompleted(job_id=job_id, sequence=2, verdict="pass", counts={}, unchecked=())


def verify_v1a(public: str, received: Received) -> None:
    """Raises unless one `v1a` signature is right; written from the specification, with nothing of ours."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{received.id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    (signature,) = [
        each.removeprefix("v1a,")
        for each in received.headers["webhook-signature"].split(" ")
        if each.startswith("v1a,")
    ]
    key.verify(base64.b64decode(signature), signed)


async def test_an_ed25519_endpoint_shows_its_public_key_and_never_the_private_one(notifier: Notifier) -> None:
    async with receiver() as here:
        made = (await notifier.client.post(ENDPOINTS, json={"url": here.url, "signature": "v1a"})).json()
        await notifier.publish(completed())
        await notifier.until_log(made["endpoint_id"], ("job.completed", "succeeded"))
    verify_v1a(made["public_key"], here.received[0])
    assert made["secret"] == made["public_key"]
    shown = (await notifier.client.get(f"{ENDPOINTS}/{made['endpoint_id']}")).json()
    assert (shown["signature"], shown["public_key"]) == ("v1a", made["public_key"])
    assert "whsk_" not in json.dumps(made)


async def test_a_rotation_changes_the_scheme_with_an_overlap(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, shared = await notifier.endpoint(here.url)
        path = f"{ENDPOINTS}/{endpoint_id}/rotate-secret"
        rotated = (await notifier.client.post(path, params={"signature": "v1a"})).json()
        await notifier.publish(completed())
        await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
    verify_v1a(rotated["public_key"], here.received[0])
    assert here.received[0].verified(shared)


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("cloudevents", "application/cloudevents+json"), ("slack", "application/json"), ("teams", "application/json")],
)
async def test_a_format_is_frozen_with_the_delivery_and_signed(
    notifier: Notifier, form: str, content_type: str
) -> None:
    async with receiver(500, 200) as here:
        endpoint_id, secret = await notifier.endpoint(here.url, format=form)
        await notifier.publish(completed())
        await notifier.until_log(endpoint_id, ("job.completed", "pending"))
        await notifier.until_idle()
        changed = await notifier.client.patch(f"{ENDPOINTS}/{endpoint_id}", json={"format": "standard"})
        assert changed.json()["format"] == "standard"
        await notifier.bring_forward()
        await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
    first, again = here.received
    assert (first.id, first.body) == (again.id, again.body)
    assert first.headers["content-type"] == again.headers["content-type"] == content_type
    assert first.verified(secret)
    assert {"cloudevents": "specversion", "slack": "blocks", "teams": "attachments"}[form] in json.loads(first.body)


async def test_own_headers_reach_the_receiver_and_nobody_else(notifier: Notifier) -> None:
    async with receiver() as here:
        own = {"Authorization": "Bearer MARKER-1", "X-Team": "MARKER-2"}
        endpoint_id, _ = await notifier.endpoint(here.url, headers=own)
        await notifier.publish(completed())
        (entry,) = await notifier.until_log(endpoint_id, ("job.completed", "succeeded"))
        path = f"{ENDPOINTS}/{endpoint_id}"
        shown = await notifier.client.get(path)
        single = await notifier.client.get(f"/v1/deliveries/{entry['delivery_id']}")
        await notifier.client.patch(path, json={"headers": {}})
        await notifier.publish(completed("j2"))
        await notifier.until_log(endpoint_id, ("job.completed", "succeeded"), ("job.completed", "succeeded"))
    assert (here.received[0].headers["authorization"], here.received[0].headers["x-team"]) == (
        "Bearer MARKER-1",
        "MARKER-2",
    )
    assert "x-team" not in here.received[1].headers
    assert shown.json()["headers"] == {"authorization": "***", "x-team": "***"}
    assert "MARKER" not in shown.text + single.text
    stored = await notifier.scalar(
        "SELECT string_agg(e::text, ' ') || (SELECT string_agg(a::text, ' ') FROM attempts a) FROM endpoints e"
    )
    assert "MARKER" not in stored


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"headers": {"host": "evil.example"}}, "/headers"),
        ({"headers": {"x-a": "1\r\nx-b: 2"}}, "/headers"),
        ({"headers": {f"x-{number}": "v" for number in range(21)}}, "/headers"),
        ({"metadata": {"a": "x\u0007"}}, "/metadata/a"),
        ({"metadata": {str(number): "v" for number in range(21)}}, "/metadata"),
        ({"rate_limit": 0}, "/rate_limit"),
        ({"max_concurrency": 101}, "/max_concurrency"),
        ({"format": "xml"}, "/format"),
        ({"signature": "v2"}, "/signature"),
    ],
)
async def test_what_an_endpoint_cannot_have_is_refused_by_field(
    notifier: Notifier, body: dict[str, Any], pointer: str
) -> None:
    answer = await notifier.client.post(ENDPOINTS, json={"url": "https://example.com/hook", **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_options_are_shown_and_changed_one_by_one(notifier: Notifier) -> None:
    options = {"rate_limit": 5.5, "max_concurrency": 3, "metadata": {"team": "news"}, "format": "slack"}
    endpoint_id, _ = await notifier.endpoint("https://example.com/hook", **options)
    path = f"{ENDPOINTS}/{endpoint_id}"
    assert (await notifier.client.get(path)).json().items() >= options.items()
    changes = {"rate_limit": None, "max_concurrency": None, "metadata": None}
    changed = (await notifier.client.patch(path, json=changes)).json()
    assert (changed["rate_limit"], changed["max_concurrency"], changed["metadata"]) == (None, 3, {})


async def test_the_timestamp_of_a_body_is_the_time_of_its_event(notifier: Notifier) -> None:
    async with receiver() as here:
        endpoint_id, _ = await notifier.endpoint(here.url)
        await notifier.publish(JobAccepted(job_id="j1", sequence=1, language="en", created_at=NOW))
        await notifier.until_log(endpoint_id, ("job.accepted", "succeeded"))
        sent = await notifier.scalar("SELECT headers ->> 'ce_time' FROM inbox WHERE type = 'job.accepted.v1'")
    body = json.loads(here.received[0].body)
    assert datetime.fromisoformat(body["timestamp"]) == datetime.fromisoformat(sent)


async def test_an_endpoint_that_only_fails_is_announced_before_it_is_disabled(notifier: Notifier) -> None:
    async with receiver(500) as failing, receiver() as other:
        failing_id, _ = await notifier.endpoint(failing.url, event_types=["job.accepted"])
        other_id, _ = await notifier.endpoint(other.url, event_types=["endpoint.warned", "endpoint.disabled"])
        await notifier.publish(JobAccepted(job_id="j1", sequence=1, language="en", created_at=NOW))
        await notifier.until_log(failing_id, ("job.accepted", "pending"))
        await _failing_for(notifier, failing_id, timedelta(days=1), warned=None)
        await notifier.until_log(other_id, ("endpoint.warned", "succeeded"))
        await _failing_for(notifier, failing_id, timedelta(days=4), warned=timedelta(days=3))
        assert (await notifier.client.get(f"{ENDPOINTS}/{failing_id}")).json()["state"] == "active"
        await _failing_for(notifier, failing_id, timedelta(days=5), warned=timedelta(days=4))
        await notifier.until_log(other_id, ("endpoint.disabled", "succeeded"), ("endpoint.warned", "succeeded"))
        await notifier.until_idle()
    shown = (await notifier.client.get(f"{ENDPOINTS}/{failing_id}")).json()
    assert (shown["state"], shown["reason"]) == ("disabled", "endpoint_failing")
    assert [each["status"] for each in await notifier.deliveries(failing_id)] == ["failed"]
    (warned,) = await notifier.published("endpoint.warned.v1")
    (disabled,) = await notifier.published("endpoint.disabled.v1")
    assert (warned["endpoint_id"], disabled["reason"]) == (failing_id, "endpoint_failing")
    assert [json.loads(each.body)["data"]["endpoint_id"] for each in other.received] == [failing_id] * 2


async def _failing_for(notifier: Notifier, endpoint_id: str, time: timedelta, *, warned: timedelta | None) -> None:
    """Let one more attempt fail after it has failed for so long."""
    await notifier.until_idle()
    now = notifier.clock()
    since = "UPDATE lanes SET failing_since = :since, warned_at = :warned WHERE endpoint_id = :id RETURNING 1"
    warned_at = None if warned is None else now - warned
    await notifier.scalar(since, since=now - time, warned=warned_at, id=endpoint_id)
    await notifier.bring_forward()
    await notifier.until_idle()
