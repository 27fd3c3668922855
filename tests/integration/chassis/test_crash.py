"""A process that is killed anywhere loses nothing, repeats no effect, and repeats only the work that was in flight."""

import signal
from collections import Counter

import pytest
from telop_chassis.failures import MAX_DEATHS, REASON_WORKER_DIED
from telop_contracts.telops.v1 import TelopsRead

from tests.integration.chassis.harness import Harness, Process, new_job, planned, record_of

SEGMENTS = 6
EFFECTS = "SELECT count(*) FROM effects"


async def _publish(chassis: Harness) -> str:
    job = new_job()
    await chassis.publish(*(record_of(planned(job, index)) for index in range(SEGMENTS)))
    return job


@pytest.mark.parametrize("point", ["work", "recorded", "sent"])
async def test_sigkill_loses_nothing_and_repeats_no_effect(chassis: Harness, process: Process, point: str) -> None:
    process.hold(point)
    await process.start()
    job = await _publish(chassis)
    await process.reached(point)
    assert await process.end(signal.SIGKILL) == -signal.SIGKILL
    done_before = await chassis.scalar(EFFECTS)
    process.release(point)
    await process.start()
    await chassis.until(EFFECTS, SEGMENTS, within_s=40)
    records = await chassis.consume(TelopsRead.TYPE, SEGMENTS)
    await chassis.until("SELECT count(*) FROM outbox", 0)
    bodies = {(dict(record.headers)["ce_id"], record.value) for record in records}
    assert len(bodies) == SEGMENTS  # a repeated record is the same to the byte
    calls = Counter(process.calls())
    assert set(calls) == {f"{job}:{index}" for index in range(SEGMENTS)}
    repeated = sum(calls.values()) - SEGMENTS
    assert repeated <= process.chassis.settings.work.concurrency
    if point != "work":
        assert repeated <= SEGMENTS - done_before


async def test_sigterm_during_work_returns_the_lease_uncounted(chassis: Harness, process: Process) -> None:
    process.hold("work")
    await process.start()
    await chassis.publish(record_of(planned(new_job())))
    await process.reached("work")
    assert await process.end(signal.SIGTERM) == 0
    (row,) = await chassis.rows("SELECT status, attempts, deaths, lease_token FROM inbox")
    assert (row.status, row.attempts, row.deaths, row.lease_token) == ("waiting", 0, 0, None)


async def test_sigterm_lets_work_finish_that_is_nearly_done(chassis: Harness, process: Process) -> None:
    chassis.settings = chassis.settings.model_copy(
        update={"work": chassis.settings.work.model_copy(update={"drain_s": 20.0})}
    )
    process.hold("work")
    await process.start()
    await chassis.publish(record_of(planned(new_job())))
    await process.reached("work")
    assert process.process is not None
    process.process.send_signal(signal.SIGTERM)
    process.release("work")
    assert await process.process.wait() == 0
    assert await chassis.scalar(EFFECTS) == 1


async def test_a_row_whose_worker_dies_each_time_ends_through_give_up(chassis: Harness, process: Process) -> None:
    chassis.settings = chassis.settings.model_copy(
        update={"work": chassis.settings.work.model_copy(update={"lease_s": 3.0})}
    )
    process.hold("work")
    job = new_job()
    await chassis.publish(record_of(planned(job)))
    for death in (0, 1, MAX_DEATHS - 1):
        (process.folder / "reached-work").unlink(missing_ok=True)
        await process.start()
        await process.reached("work")
        assert await chassis.scalar("SELECT deaths FROM inbox") == death
        await process.end(signal.SIGKILL)
        if death == 1:  # two real deaths show the count; the ones between are not waited for
            await chassis.rows("UPDATE inbox SET deaths = :deaths RETURNING 1", deaths=MAX_DEATHS - 2)
    await process.start()
    await chassis.until("SELECT status FROM inbox", "dead", within_s=60)
    (row,) = await chassis.rows("SELECT reason, attempts, deaths FROM inbox")
    assert (row.reason, row.deaths) == (REASON_WORKER_DIED, MAX_DEATHS)
    (failed,) = await chassis.consume("segment.failed.v1", 1)
    assert failed.key == job.encode()
    assert REASON_WORKER_DIED.encode() in failed.value
    assert len(process.calls()) == 3
