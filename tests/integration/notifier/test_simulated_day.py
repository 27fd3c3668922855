"""A day of events to a receiver that misbehaves in every way, in simulated time, with two processes that deliver.

The clock stands still while anything is under way and then jumps to the next time at which something is due, so that
the days that a schedule takes pass in seconds, and an attempt that came early by a microsecond would show.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from standardwebhooks import Webhook
from telop_contracts.job.v1 import JobCompleted
from telop_notifier import lanes
from telop_notifier.delivery import MAX_RETRY_AFTER_S, STEPS_S

from tests.integration.notifier.harness import Notifier, running, settings
from tests.integration.notifier.misbehaving import FAULTS, Ledger, misbehaving
from tests.support.databases import Databases

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


async def live(notifier: Notifier, clock: Simulated) -> None:
    """Publish through a day and go on until nothing is due any more."""
    start, published = clock.now, 0
    while True:
        await notifier.until_idle()
        due = await next_due(notifier)
        event_at = start + published * EVERY if published < EVENTS else None
        times = [each for each in (due, event_at) if each is not None]
        if not times:
            return
        clock.now = max(clock.now, min(times))
        if event_at is not None and event_at <= clock.now:
            published += 1
            job = f"job-{published}"
            await notifier.publish(JobCompleted(job_id=job, sequence=9, verdict="pass", counts={}, unchecked=()))
        notifier.service.database.notifications.send([(lanes.CHANNEL, "")])


def check_times(ledger: Ledger) -> None:
    """No attempt came before its time, nor was any put off for ever."""
    for arrivals in ledger.arrivals.values():
        for number, (before, after) in enumerate(pairwise(arrivals), 1):
            waited = after.at - before.at
            assert waited >= timedelta(seconds=STEPS_S[number]), (number, waited)
            assert before.not_before is None or after.at >= before.not_before
            # A breaker that is open may add up to five minutes for each probe that stands before it in the queue.
            assert waited <= timedelta(seconds=MAX_RETRY_AFTER_S * 1.1) + timedelta(minutes=5) * EVENTS


async def test_every_event_of_a_day_is_delivered_or_exhausted_never_early_and_never_twice_at_once(
    databases: Databases,
) -> None:
    url, clock = await databases.migrated("notifier"), Simulated()
    own = settings(url)
    own = own.model_copy(update={"notifier": own.notifier.model_copy(update={"timeout_s": 1.0})})
    async with (
        running(url, clock=clock, own=own) as notifier,
        running(url, clock=clock, own=own),
        misbehaving(clock, seed=20261121) as ledger,
    ):
        endpoint_id, secret = await notifier.endpoint(ledger.url)
        began = clock.now
        await live(notifier, clock)
        entries = await notifier.deliveries(endpoint_id)
        exhausted = {each["delivery_id"]: each for each in await notifier.published("delivery.exhausted.v1")}
    await databases.drop(url)

    assert clock.now - began > timedelta(days=3)
    assert len(entries) == len(ledger.arrivals) == EVENTS
    assert ledger.most_at_once == 1
    check_times(ledger)
    for entry in entries:
        arrivals = ledger.arrivals[entry["delivery_id"]]
        assert len(arrivals) == len(entry["attempts"])
        assert len({each.received.body for each in arrivals}) == 1
        assert [each.accepted for each in arrivals[:-1]] == [False] * (len(arrivals) - 1)
        for each in arrivals:
            at = datetime.fromtimestamp(int(each.received.headers["webhook-timestamp"]), UTC)
            assert at == each.at.replace(microsecond=0)
            expected = Webhook(secret).sign(entry["delivery_id"], at, each.received.body.decode())
            assert each.received.headers["webhook-signature"] == expected
        if entry["status"] == "succeeded":
            assert arrivals[-1].accepted
        else:
            assert (entry["status"], len(arrivals)) == ("failed", len(STEPS_S))
            assert exhausted[entry["delivery_id"]]["attempts"] == len(STEPS_S)
    seen = Counter(each.answer for arrivals in ledger.arrivals.values() for each in arrivals)
    assert seen.keys() == {"accept", *(fault.__name__ for fault in FAULTS)}
    assert {entry["status"] for entry in entries} == {"succeeded", "failed"}
    assert len(exhausted) == sum(entry["status"] == "failed" for entry in entries)
