"""A record has one effect, whatever is delivered twice."""

import asyncio
import gc

from telop_contracts.telops.v1 import TelopsRead

from tests.integration.chassis.harness import Harness, new_job, planned, record_of
from tests.support.eventually import time_passes

EFFECTS = "SELECT count(*) FROM effects"


async def test_a_record_becomes_an_effect_and_an_event(chassis: Harness) -> None:
    job = new_job()
    async with chassis.running():
        await chassis.publish(record_of(planned(job)))
        (read,) = await chassis.consume(TelopsRead.TYPE, 1)
        await chassis.until("SELECT count(*) FROM outbox", 0)
    headers = dict(read.headers)
    assert read.key == job.encode()
    assert headers["ce_subject"] == job.encode()
    assert headers["ce_tenantid"] == b"acme"
    assert await chassis.scalar(EFFECTS) == 1


async def test_a_record_delivered_twice_has_one_effect(chassis: Harness) -> None:
    record = record_of(planned(new_job()))
    neighbour = record_of(planned(new_job()))
    async with chassis.running():
        await chassis.publish(record, record, neighbour, record)
        await chassis.until(EFFECTS, 2)
    assert await chassis.scalar("SELECT count(*) FROM inbox") == 2
    assert await chassis.scalar("SELECT count(*) FROM inbox WHERE status = 'done' AND payload IS NULL") == 2


async def test_the_same_id_with_another_payload_is_a_dead_letter(chassis: Harness) -> None:
    job = new_job()
    async with chassis.running():
        other = planned(job).model_copy(update={"end_s": 20.0})
        await chassis.publish(record_of(planned(job), event_id="one"), record_of(other, event_id="one"))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead'", 1)
        await chassis.until(EFFECTS, 1)
    (dead,) = await chassis.rows("SELECT reason, payload FROM inbox WHERE status = 'dead'")
    assert dead.reason == "id_reused"
    assert b'"end_s":20.0' in dead.payload


async def test_two_replicas_share_the_work_and_do_none_of_it_twice(chassis: Harness) -> None:
    calls: list[str] = []

    async def work(item: object) -> None:
        calls.append(item.data.segment_id)  # type: ignore[attr-defined]
        await asyncio.sleep(0)

    job = new_job()
    async with chassis.running(work), chassis.running(work):
        await chassis.publish(*(record_of(planned(job, index)) for index in range(40)))
        await chassis.until(EFFECTS, 40)
    assert sorted(calls) == sorted({f"{job}:{index}" for index in range(40)})


async def test_a_service_that_stops_while_it_starts_leaves_no_connection_open(chassis: Harness) -> None:
    for pause_s in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        async with chassis.running():
            await time_passes(pause_s)
        gc.collect()  # what was left open warns now, and a warning is an error
