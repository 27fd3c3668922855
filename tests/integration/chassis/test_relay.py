"""The relay keeps the order of every key, parks what the broker refuses, and never blocks a shard."""

import asyncio
import json
from collections import defaultdict

from sqlalchemy import text
from telop_chassis.database import Database
from telop_chassis.relay import Relay
from telop_contracts.segment.v1 import SegmentFailed

from tests.integration.chassis.harness import TENANT, Harness, new_job

JOBS, WRITERS, ROUNDS = 20, 8, 60
PENDING = "SELECT count(*) FROM outbox WHERE parked_at IS NULL"


def failed(job_id: str, index: int, reason: str = "ordered") -> SegmentFailed:
    return SegmentFailed(job_id=job_id, stage="ocr", index=index, reason=reason, attempts=1)


async def _write(database: Database, jobs: list[str]) -> None:
    """Append the next number of a job while holding the job's row, as every service does."""
    for round_number in range(ROUNDS):
        job = jobs[round_number % len(jobs)]
        async with database.transaction("write") as transaction:
            query = text(
                "UPDATE ended_jobs SET ended_at = ended_at + interval '1 s' WHERE job_id = :job RETURNING ended_at"
            )
            ended = (await transaction.execute(query, {"job": job})).scalar_one()
            await transaction.append(failed(job, round(ended.timestamp())), tenant=TENANT)


async def _with_relays(database: Database, chassis: Harness, count: int) -> list[asyncio.Task[None]]:
    relays = [Relay(database, chassis.settings.kafka) for _ in range(count)]
    await database.start()
    return [asyncio.create_task(relay.run()) for relay in relays]


async def _end(database: Database, relays: list[asyncio.Task[None]]) -> None:
    for relay in relays:
        relay.cancel()
    await asyncio.gather(*relays, return_exceptions=True)
    await database.stop()


async def test_order_per_key_holds_with_two_relays_while_writers_hold_the_jobs_row(chassis: Harness) -> None:
    databases = [Database(chassis.settings.database, service="ocr") for _ in range(2)]
    jobs = [new_job() for _ in range(JOBS)]
    for job in jobs:
        await chassis.rows("INSERT INTO ended_jobs VALUES (:job, to_timestamp(0)) RETURNING 1", job=job)
    relays = [await _with_relays(database, chassis, 1) for database in databases]
    await asyncio.gather(*(_write(databases[writer % 2], jobs) for writer in range(WRITERS)))
    await chassis.until(PENDING, 0)
    records = await chassis.consume(SegmentFailed.TYPE, WRITERS * ROUNDS)
    for database, tasks in zip(databases, relays, strict=True):
        await _end(database, tasks)
    order: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for record in records:
        body = json.loads(record.value)
        order[record.partition, body["job_id"]].append(body["index"])
    assert len(order) == JOBS
    assert [numbers for numbers in order.values() if numbers != list(range(1, len(numbers) + 1))] == []


async def test_a_row_that_the_broker_refuses_is_parked_and_its_shard_goes_on(chassis: Harness) -> None:
    database = Database(chassis.settings.database, service="ocr")
    relays = await _with_relays(database, chassis, 1)
    job = new_job()
    async with database.transaction("write") as transaction:
        for index in range(10):  # the outbox refuses what is too large, so one row is made so behind its back
            await transaction.append(failed(job, index), tenant=TENANT)
        statement = text("UPDATE outbox SET value = convert_to(repeat('x', 1200000), 'UTF8') WHERE id % 10 = 4")
        await transaction.execute(statement)
    await chassis.until(PENDING, 0)
    records = await chassis.consume(SegmentFailed.TYPE, 9)
    await _end(database, relays)
    (parked,) = await chassis.rows("SELECT reason, topic FROM outbox")
    assert parked.reason == "MessageSizeTooLargeError"
    numbers = [json.loads(record.value)["index"] for record in records]
    assert sorted(set(numbers)) == sorted(set(range(10)) - {3})
    assert numbers == sorted(numbers)
