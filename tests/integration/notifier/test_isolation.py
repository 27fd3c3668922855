"""No endpoint holds up another: what hangs, fails or floods keeps to its own lane."""

import statistics
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from telop_contracts.job.v1 import JobAccepted
from telop_notifier.settings import NotifierWork, Settings

from tests.integration.notifier.harness import TENANT, Notifier, running, settings
from tests.integration.notifier.receiver import Receiver, receiver
from tests.support.databases import Databases
from tests.support.eventually import eventually, time_passes

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HANG_S = 10.0
"""The timeout of an attempt in these tests: what waits for one that hangs waits so long, however busy the machine."""


def accepted(job_id: str) -> JobAccepted:
    return JobAccepted(job_id=job_id, sequence=1, language="en", created_at=NOW)


async def until_received(here: Receiver, count: int, *, within_s: float = 30) -> None:
    async def holds() -> bool:
        return len(here.received) >= count

    await eventually(holds, within_s=within_s)


async def flood(notifier: Notifier, name: str, count: int) -> None:
    for number in range(count):
        await notifier.publish(accepted(f"{name}-{number}"))


def patient(url: str, **changes: Any) -> Settings:
    own = settings(url)
    return own.model_copy(update={"notifier": own.notifier.model_copy(update={"timeout_s": HANG_S}), **changes})


@pytest.fixture
async def notifier(databases: Databases) -> AsyncIterator[Notifier]:
    url = await databases.migrated("notifier")
    async with running(url, own=patient(url)) as started:
        yield started
    await databases.drop(url)


@pytest.fixture
async def narrow(databases: Databases) -> AsyncIterator[Notifier]:
    """A process that makes eight attempts at once."""
    url = await databases.migrated("notifier")
    work = NotifierWork(concurrency=8, poll_s=0.05, drain_s=0.1)
    async with running(url, own=patient(url, work=work)) as started:
        yield started
    await databases.drop(url)


async def waits_s(notifier: Notifier, endpoint_id: str) -> float:
    """The 95th percentile of the time from a delivery's making to the start of its attempt, once all are recorded."""

    async def are_recorded() -> bool:
        return all(each["attempts"] for each in await notifier.deliveries(endpoint_id))

    await eventually(are_recorded, within_s=30)
    waits = [
        datetime.fromisoformat(each["attempts"][0]["started_at"]) - datetime.fromisoformat(each["created_at"])
        for each in await notifier.deliveries(endpoint_id)
    ]
    return statistics.quantiles([wait.total_seconds() for wait in waits], n=20)[18]


async def test_a_process_full_of_hanging_endpoints_still_serves_the_others(narrow: Notifier) -> None:
    async with receiver(0) as hanging, receiver(500) as failing, receiver() as well:
        for here in (hanging, failing):
            await narrow.endpoint(here.url, max_concurrency=2)
        well_id, _ = await narrow.endpoint(well.url)
        await flood(narrow, "job", 60)
        await until_received(well, 60)
        assert await waits_s(narrow, well_id) < HANG_S - 1
        assert len(hanging.received) < 60


async def test_an_endpoint_never_has_more_under_way_than_its_limit(notifier: Notifier) -> None:
    async with receiver(0) as hanging:
        endpoint_id, _ = await notifier.endpoint(hanging.url, max_concurrency=3)
        await flood(notifier, "job", 12)
        await until_received(hanging, 3)
        await time_passes(0.5)
        assert len(hanging.received) == 3
        in_flight = "SELECT count(*) FROM deliveries WHERE lease_until IS NOT NULL"
        assert await notifier.scalar(in_flight) == 3
        # Nothing can change before one comes back, so nobody looks at the lane: the queue costs no claim anything.
        assert await notifier.scalar("SELECT due_at FROM lanes WHERE endpoint_id = :id", id=endpoint_id) is None


async def test_slow_endpoints_leave_half_of_the_process_to_the_others(narrow: Notifier) -> None:
    async with receiver(0) as slow, receiver() as well:
        for _ in range(8):
            await narrow.endpoint(slow.url)
        await narrow.scalar("UPDATE lanes SET slow = true RETURNING 1")
        well_id, _ = await narrow.endpoint(well.url)
        await flood(narrow, "job", 30)
        await until_received(well, 30)
        assert await waits_s(narrow, well_id) < HANG_S - 1
        assert len(slow.received) < 8 * 30


async def test_the_breaker_opens_and_one_probe_closes_it(notifier: Notifier) -> None:
    async with receiver(*[500] * 5, 200) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=1)
        path = f"/v1/webhook-endpoints/{endpoint_id}"
        assert (await notifier.client.get(path)).json()["breaker"]["state"] == "closed"
        await flood(notifier, "job", 8)
        await until_received(here, 5)
        await notifier.until_idle()
        shown = (await notifier.client.get(path)).json()["breaker"]
        assert shown["state"] == "open"
        assert len(here.received) == 5
        entries = await notifier.deliveries(endpoint_id)
        assert {each["status"] for each in entries} == {"pending"}
        assert min(each["next_attempt_at"] for each in entries) >= shown["open_until"]
        past = "UPDATE lanes SET open_until = open_until - interval '1 min', due_at = :now RETURNING 1"
        await notifier.scalar(past, now=notifier.clock())
        await until_received(here, 8)  # the three that never failed, the first of them as the probe
        assert (await notifier.client.get(path)).json()["breaker"]["state"] == "closed"


async def test_a_half_open_breaker_lets_one_attempt_through(notifier: Notifier) -> None:
    async with receiver(0) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=10)
        half_open = "UPDATE lanes SET failures = 5, openings = 1, open_until = :now RETURNING 1"
        await notifier.scalar(half_open, now=notifier.clock())
        await flood(notifier, "job", 6)
        await until_received(here, 1)
        await time_passes(0.5)
        assert len(here.received) == 1
        assert (await notifier.client.get(f"/v1/webhook-endpoints/{endpoint_id}")).json()["breaker"][
            "state"
        ] == "half_open"


async def test_a_rate_limit_spaces_attempts(notifier: Notifier) -> None:
    async with receiver() as limited, receiver() as free:
        limited_id, _ = await notifier.endpoint(limited.url, rate_limit=5)
        free_id, _ = await notifier.endpoint(free.url)
        await flood(notifier, "job", 15)
        await until_received(free, 15)
        await until_received(limited, 15)
        await notifier.until_idle()
        assert await waits_s(notifier, free_id) < await waits_s(notifier, limited_id)
        starts = sorted(
            datetime.fromisoformat(each["attempts"][0]["started_at"]) for each in await notifier.deliveries(limited_id)
        )
    assert (starts[-1] - starts[0]).total_seconds() >= 2.0  # fifteen at five a second: 2.8 s


async def test_two_processes_share_an_endpoints_limit(notifier: Notifier) -> None:
    url = str(notifier.service.database.engine.url.render_as_string(hide_password=False)).replace("+asyncpg", "")
    async with running(url, own=patient(url)) as second, receiver(0) as here:
        assert second.service is not notifier.service
        await notifier.endpoint(here.url, max_concurrency=2)
        await flood(notifier, "job", 10)
        await until_received(here, 2)
        await time_passes(0.5)
        assert len(here.received) == 2


ILL = {
    "hanging": lambda: receiver(0),
    "slow": lambda: receiver(after_s=HANG_S / 2),
    "flapping": lambda: receiver(*[500, 200, 0, 200] * 100),
}


@pytest.mark.parametrize("tenant", [TENANT, "other"])
@pytest.mark.parametrize("kind", ILL)
async def test_an_endpoint_that_is_ill_delays_nobody_of_its_own_tenant_nor_of_another(
    narrow: Notifier, kind: str, tenant: str
) -> None:
    async with ILL[kind]() as ill, receiver() as well:
        await narrow.endpoint(ill.url, max_concurrency=4)
        key = await narrow.key("webhooks:write", tenant=tenant)
        made = await narrow.client.post(
            "/v1/webhook-endpoints", json={"url": well.url}, headers={"authorization": f"Bearer {key}"}
        )
        assert made.status_code == 201
        await flood(narrow, "job", 30)
        await until_received(ill, 4)
        before = len(well.received)
        await narrow.publish(accepted("theirs"), tenant=tenant)
        await until_received(well, max(before + 1, 31 if tenant == TENANT else 1), within_s=HANG_S - 1)


async def test_what_a_lane_counts_as_in_flight_is_what_is_leased(notifier: Notifier) -> None:
    """After successes, failures, a replay, a pause and a process that gave back what it held."""
    url = str(notifier.service.database.engine.url.render_as_string(hide_password=False)).replace("+asyncpg", "")
    async with receiver(200, 500, 0, 200, 0) as here:
        endpoint_id, _ = await notifier.endpoint(here.url, max_concurrency=4)
        async with running(url, own=patient(url)):
            await flood(notifier, "job", 12)
            await until_received(here, 5)
        await notifier.client.patch(f"/v1/webhook-endpoints/{endpoint_id}", json={"paused": True})
        wrong = (
            "SELECT count(*) FROM lanes l WHERE in_flight <>"
            " (SELECT count(*) FROM deliveries d WHERE d.endpoint_id = l.endpoint_id AND lease_until IS NOT NULL)"
        )
        assert await notifier.scalar(wrong) == 0
        await notifier.until_idle()
        assert await notifier.scalar("SELECT sum(in_flight) FROM lanes") == 0


async def test_an_owner_who_mends_an_endpoint_need_not_wait_for_its_breaker(notifier: Notifier) -> None:
    async with receiver(500) as broken, receiver() as mended:
        endpoint_id, _ = await notifier.endpoint(broken.url, max_concurrency=1)
        path = f"/v1/webhook-endpoints/{endpoint_id}"
        await flood(notifier, "job", 7)
        await until_received(broken, 5)
        await notifier.until_idle()
        await notifier.client.post(f"{path}/test")  # lets one attempt through, which fails
        await until_received(broken, 6)
        await notifier.until_idle()
        assert (await notifier.client.get(path)).json()["breaker"]["state"] == "open"
        await notifier.client.patch(path, json={"url": mended.url})
        await until_received(mended, 2)  # the seventh, and the test; the others wait for their second attempts
        assert (await notifier.client.get(path)).json()["breaker"]["state"] == "closed"
