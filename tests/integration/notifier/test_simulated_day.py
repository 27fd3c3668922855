"""A day of events to a receiver that misbehaves in every way, in simulated time, with two processes that deliver.

The clock stands still while anything is under way and then jumps to the next time at which something is due, so that
the days that a schedule takes pass in seconds, and an attempt that came early by a microsecond would show.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook
from telop_chassis import outgoing
from telop_contracts.job.v1 import JobCompleted
from telop_notifier import lanes
from telop_notifier.delivery import MAX_RETRY_AFTER_S, STEPS_S

from tests.integration.notifier.harness import Notifier, running, settings
from tests.integration.notifier.misbehaving import FAULTS, LIES, Arrival, Ledger, LyingNames, misbehaving
from tests.integration.notifier.receiver import receiver
from tests.support.databases import Databases
from tests.unit.guard.certificates import Authority

EVENTS = 36
EVERY = timedelta(minutes=40)
"""Thirty-six events are a day."""
pytestmark = pytest.mark.timeout(280)


class Simulated:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


async def next_due(notifier: Notifier) -> datetime | None:
    due: datetime | None = await notifier.scalar("SELECT min(due_at) FROM lanes")
    return due


async def live(notifier: Notifier, clock: Simulated, *, events: int = EVENTS, every: timedelta = EVERY) -> None:
    """Publish events, a day of them by default, and go on until nothing is due any more."""
    start, published = clock.now, 0
    while True:
        await notifier.until_idle()
        due = await next_due(notifier)
        event_at = start + published * every if published < events else None
        times = [each for each in (due, event_at) if each is not None]
        if not times:
            return
        clock.now = max(clock.now, min(times))
        if event_at is not None and event_at <= clock.now:
            published += 1
            job = f"job-{published}"
            await notifier.publish(JobCompleted(job_id=job, sequence=9, verdict="pass", counts={}, unchecked=()))
        notifier.service.database.notifications.send([(lanes.CHANNEL, "")])


async def times_of_attempts(notifier: Notifier, delivery_id: str) -> list[int]:
    """The `webhook-timestamp` of each attempt, also of those that never arrived."""
    shown = (await notifier.client.get(f"/v1/deliveries/{delivery_id}")).json()
    return [int(each["request"]["headers"]["webhook-timestamp"]) for each in shown["attempts"]]


def check_times(ledger: Ledger, times: Mapping[str, Sequence[int]]) -> None:
    """No attempt came before its time, nor was any put off for ever. Between two arrivals some may not have arrived."""
    for delivery_id, arrivals in ledger.arrivals.items():
        numbers = [times[delivery_id].index(int(each.received.headers["webhook-timestamp"])) + 1 for each in arrivals]
        for (before, first), (after, second) in pairwise(zip(arrivals, numbers, strict=True)):
            waited, waits = after.at - before.at, STEPS_S[first:second]
            assert waited >= timedelta(seconds=sum(waits)), (first, second, waited)
            assert before.not_before is None or after.at >= before.not_before
            # A breaker that is open may add up to five minutes for each probe that stands before it in the queue.
            longest = timedelta(seconds=MAX_RETRY_AFTER_S * 1.1) + timedelta(minutes=5) * EVENTS
            assert waited <= longest * len(waits)


def check_entry(entry: dict[str, Any], arrivals: Sequence[Arrival], times: Sequence[int], secret: str) -> None:
    """What the log says of a delivery is what its receiver saw: the same bytes, signed anew each time."""
    assert len(entry["attempts"]) == len(times) == len(set(times))
    assert len({each.received.body for each in arrivals}) <= 1
    assert [each.accepted for each in arrivals[:-1]] == [False] * (len(arrivals) - 1)
    for each in arrivals:
        at = datetime.fromtimestamp(int(each.received.headers["webhook-timestamp"]), UTC)
        assert at == each.at.replace(microsecond=0)
        expected = Webhook(secret).sign(entry["delivery_id"], at, each.received.body.decode())
        assert each.received.headers["webhook-signature"] == expected
    if entry["status"] == "succeeded":
        assert arrivals[-1].accepted
    else:
        assert (entry["status"], len(times)) == ("failed", len(STEPS_S))


async def test_every_event_of_a_day_is_delivered_or_exhausted_never_early_and_never_twice_at_once(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, clock, authority = await databases.migrated("notifier"), Simulated(), Authority(tmp_path)
    own = settings(url)
    own = own.model_copy(update={"notifier": own.notifier.model_copy(update={"timeout_s": 2.0})})
    async with misbehaving(clock, authority, seed=20261121) as ledger:
        monkeypatch.setattr(outgoing, "AresLookup", lambda: LyingNames(ledger))
        monkeypatch.setattr("httpx.create_ssl_context", lambda: authority.client)
        async with running(url, clock=clock, own=own) as notifier, running(url, clock=clock, own=own):
            endpoint_id, secret = await notifier.endpoint(ledger.url)
            began = clock.now
            await live(notifier, clock)
            entries = await notifier.deliveries(endpoint_id)
            times = {each["delivery_id"]: await times_of_attempts(notifier, each["delivery_id"]) for each in entries}
            exhausted = {each["delivery_id"]: each for each in await notifier.published("delivery.exhausted.v1")}
    await databases.drop(url)

    assert clock.now - began > timedelta(days=3)
    assert len(entries) == EVENTS
    assert ledger.most_at_once == 1
    check_times(ledger, times)
    for entry in entries:
        check_entry(entry, ledger.arrivals[entry["delivery_id"]], times[entry["delivery_id"]], secret)
    failed = {each["delivery_id"] for each in entries if each["status"] == "failed"}
    assert failed == exhausted.keys()
    assert 0 < len(failed) < EVENTS
    assert {each["attempts"] for each in exhausted.values()} == {len(STEPS_S)}
    seen = Counter(each.answer for arrivals in ledger.arrivals.values() for each in arrivals)
    assert seen.keys() == {"accept", *(fault.__name__ for fault in FAULTS)}
    assert ledger.lies.keys() == LIES.keys()
    # Every lie is an attempt in the log that never arrived.
    assert sum(map(len, times.values())) - sum(seen.values()) >= sum(ledger.lies.values())
    reasons = {attempt["reason"] for entry in entries for attempt in entry["attempts"]}
    assert reasons == {None, "http_status", "redirected", "unreachable", "url_refused"}


async def test_an_endpoint_is_warned_of_after_a_day_of_failure_and_disabled_after_five(databases: Databases) -> None:
    url, clock = await databases.migrated("notifier"), Simulated()
    async with running(url, clock=clock) as notifier, receiver(500) as failing, receiver() as other:
        failing_id, _ = await notifier.endpoint(failing.url, event_types=["job.completed"])
        await notifier.endpoint(other.url, event_types=["endpoint.warned", "endpoint.disabled"])
        began = clock.now
        await live(notifier, clock, events=12, every=timedelta(hours=12))
        shown = (await notifier.client.get(f"/v1/webhook-endpoints/{failing_id}")).json()
    await databases.drop(url)

    assert (shown["state"], shown["reason"]) == ("disabled", "endpoint_failing")
    told = [(each.type, int(each.headers["webhook-timestamp"]) - began.timestamp()) for each in other.received]
    assert [kind for kind, _ in told] == ["endpoint.warned", "endpoint.disabled"]
    day = 86_400
    for (_, after_s), promised in zip(told, (1 * day, 5 * day), strict=True):
        assert promised - 1 <= after_s <= promised + day  # with the first failure after that time
