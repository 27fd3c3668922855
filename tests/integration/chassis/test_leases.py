"""Leases and ended jobs: a former holder is refused, and an ended job's work stops wherever it is."""

import asyncio

from telop_chassis import inbox
from telop_chassis.database import Database
from telop_chassis.handlers import Item
from telop_contracts.job.v1 import JobCancelled
from telop_contracts.segment.v1 import SegmentPlanned

from tests.integration.chassis.harness import Harness, new_job, planned, record_of
from tests.support.eventually import eventually

EFFECTS = "SELECT count(*) FROM effects"


class HeldWork:
    """Work that stands until the test lets it go, or until it is cancelled."""

    def __init__(self) -> None:
        self.started = 0
        self.cancelled = 0
        self.go = asyncio.Event()

    async def __call__(self, item: Item[SegmentPlanned]) -> None:
        self.started += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def until_started(self, count: int) -> None:
        async def enough() -> bool:
            return self.started >= count

        await eventually(enough)

    async def until_cancelled(self, count: int) -> None:
        async def enough() -> bool:
            return self.cancelled >= count

        await eventually(enough)


async def test_an_expired_lease_is_taken_over_and_the_late_result_is_refused(chassis: Harness) -> None:
    held = HeldWork()
    late: list[str] = []

    async def stubborn(item: Item[SegmentPlanned]) -> None:
        try:
            await held(item)
        except asyncio.CancelledError:
            await held.go.wait()
            late.append(item.data.segment_id)

    async with chassis.running(stubborn, concurrency=1):
        await chassis.publish(record_of(planned(new_job())))
        await held.until_started(1)
        async with chassis.running(concurrency=1) as service:
            # The holder lives and sends heartbeats, which a stopped process would not: its lease is made to run out,
            # and is taken back before the next of them.
            async with service.database.driver() as connection, connection.transaction():
                await connection.execute(
                    "UPDATE inbox SET lease_until = clock_timestamp() - interval '1 s' WHERE status = 'leased'"
                )
                assert await inbox.tend(connection) == 1
            await chassis.until(EFFECTS, 1)
        await held.until_cancelled(1)
        held.go.set()

        async def came_late() -> bool:
            return len(late) == 1

        await eventually(came_late)
    assert await chassis.scalar(EFFECTS) == 1
    assert await chassis.scalar("SELECT deaths FROM inbox") == 1
    assert await chassis.scalar("SELECT count(*) FROM outbox") + len(await chassis.consume("telops.read.v1", 1)) == 1


async def test_a_cancelled_jobs_running_work_is_cancelled_and_its_waiting_rows_are_closed(chassis: Harness) -> None:
    work = HeldWork()
    job, neighbour = new_job(), new_job()
    async with chassis.running(work):
        await chassis.publish(*(record_of(planned(job, index)) for index in range(10)))
        await work.until_started(chassis.settings.work.concurrency)
        await chassis.until("SELECT count(*) FROM inbox", 10)
        await chassis.publish(record_of(JobCancelled(job_id=job, sequence=9, reason="cancelled_by_user")))
        await work.until_cancelled(chassis.settings.work.concurrency)
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'closed' AND payload IS NULL", 10)
        await chassis.publish(record_of(planned(job, 10)), record_of(planned(neighbour)))
        work.go.set()
        await chassis.until(EFFECTS, 1)
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'closed'", 11)
    assert await chassis.scalar("SELECT segment_id FROM effects") == f"{neighbour}:0"


async def test_a_cancellation_before_the_work_it_cancels_closes_it_on_insert(chassis: Harness) -> None:
    work = HeldWork()
    job = new_job()
    async with chassis.running(work):
        await chassis.publish(record_of(JobCancelled(job_id=job, sequence=9, reason="cancelled_by_user")))
        await chassis.until("SELECT count(*) FROM ended_jobs", 1)
        await chassis.publish(record_of(planned(job)))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'closed'", 1)
    assert work.started == 0


async def test_a_short_job_is_not_stuck_behind_a_long_one(chassis: Harness) -> None:
    order: list[str] = []
    gate = HeldWork()

    async def work(item: Item[SegmentPlanned]) -> None:
        await gate(item)
        order.append(item.data.job_id)

    long, short = new_job(), new_job()
    async with chassis.running(work, concurrency=1):
        await chassis.publish(*(record_of(planned(long, index)) for index in range(30)))
        await gate.until_started(1)
        await chassis.until("SELECT count(*) FROM inbox", 30)
        await chassis.publish(record_of(planned(short)))
        await chassis.until("SELECT count(*) FROM inbox", 31)
        gate.go.set()
        await chassis.until(EFFECTS, 31)
    assert order.index(short) <= 4


async def test_media_that_are_at_hand_are_taken_first(chassis: Harness) -> None:
    """The claim prefers rows of media that the worker holds, by the length of two segments."""
    database = Database(chassis.settings.database, service="ocr")
    insert = (
        "INSERT INTO inbox (tenant, source, event_id, type, subject, digest, status, affinity, priority_at, due_at)"
        " SELECT 'acme', 's', n::text, 't', 'j', '', 'waiting', CASE n WHEN 3 THEN 'held' ELSE 'other' END,"
        " clock_timestamp() + n * interval '2 s', clock_timestamp() FROM generate_series(1, 4) n RETURNING 1"
    )
    await chassis.rows(insert)
    async with database.driver() as connection:
        arguments = {"types": ["t"], "limit": 1, "lease_s": 10.0}
        (first,) = await inbox.claim(connection, held=["held"], **arguments)  # type: ignore[arg-type]
        (second,) = await inbox.claim(connection, held=[], **arguments)  # type: ignore[arg-type]
    await database.stop()
    assert (first.event_id, second.event_id) == ("3", "1")


async def test_what_ended_longer_ago_than_ids_are_kept_is_deleted_and_nothing_else(chassis: Harness) -> None:
    database = Database(chassis.settings.database, service="ocr")
    insert = (
        "INSERT INTO inbox (tenant, source, event_id, type, subject, digest, status, priority_at, due_at, finished_at)"
        " SELECT 'acme', 's', status || age, 't', 'j', '', status, now(), now(), now() - age * interval '1 day'"
        " FROM unnest(ARRAY['done', 'closed', 'dead']) AS status, unnest(ARRAY[44, 46]) AS age RETURNING 1"
    )
    await chassis.rows(insert)
    await chassis.rows("INSERT INTO ended_jobs VALUES ('old', now() - interval '46 days'), ('new', now()) RETURNING 1")
    async with database.driver() as connection:
        await inbox.purge(connection)
    await database.stop()
    kept = {row.event_id for row in await chassis.rows("SELECT event_id FROM inbox")}
    assert kept == {"done44", "closed44", "dead44", "dead46"}
    assert await chassis.scalar("SELECT string_agg(job_id, ',') FROM ended_jobs") == "new"
