"""Whatever stands in a topic: it becomes a dead letter once, its job ends, and its neighbours go on."""

import json

import pytest
from telop_chassis.dead_letters import DeadLetters, JobHasEnded, StillUndecodable
from telop_chassis.ended_jobs import end_job
from telop_chassis.failures import PermanentError
from telop_chassis.problems import NotFound
from telop_contracts.codec import Record
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned

from tests.integration.chassis.harness import TENANT, Harness, new_job, planned, record_of

TOPIC = SegmentPlanned.TYPE


def _changed(record: Record, **headers: bytes | None) -> list[tuple[str, bytes | None]]:
    names = {name.replace("_", "-") if name == "content_type" else name: value for name, value in headers.items()}
    return [*((name, value) for name, value in record.headers if name not in names), *names.items()]


def _with_value(record: Record, **fields: object) -> bytes:
    return json.dumps(json.loads(record.value) | fields).encode()


def poisons(record: Record) -> dict[str, tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]], str]]:
    """Value, key, headers and the expected reason of every poison that can still tell its job."""
    key = record.key
    headers: list[tuple[str, bytes | None]] = list(record.headers)
    deep = b'{"job_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    return {
        "not JSON": (b"not json", key, headers, "not_json"),
        "null value": (None, key, headers, "not_json"),
        "wrong type of a field": (_with_value(record, index="0"), key, headers, "invalid_payload"),
        "over-long id": (_with_value(record, job_id="j" * 10_000), key, headers, "invalid_payload"),
        "NUL in an id": (_with_value(record, segment_id="a\x00b"), key, headers, "invalid_payload"),
        "lone surrogate": (record.value.replace(b'"en"', b'"\\ud800"'), key, headers, "not_json"),
        "raw surrogate bytes": (record.value.replace(b'"en"', b'"\xed\xa0\x80"'), key, headers, "not_json"),
        "100,000-deep nesting": (deep, key, headers, "not_json"),
        "unknown version": (record.value, key, _changed(record, ce_type=b"segment.planned.v9"), "unknown_version"),
        "unknown type": (record.value, key, _changed(record, ce_type=b"cat.fed.v1"), "unknown_type"),
        "null header": (record.value, key, _changed(record, ce_id=None), "missing_attribute"),
        "non-UTF-8 header": (record.value, key, _changed(record, ce_source=b"\xff\xfe"), "missing_attribute"),
        "non-UTF-8 key": (b"not json", b"\xff\xfe\x00", headers, "not_json"),
        "null key": (b"not json", None, headers, "not_json"),
        "source of a task": (record.value, key, _changed(record, ce_source=b"task"), "bad_attribute"),
    }


NAMES = tuple(poisons(record_of(planned("job-x"))))


async def test_every_poison_becomes_one_dead_letter_and_ends_its_job_while_neighbours_finish(chassis: Harness) -> None:
    jobs = {name: new_job() for name in NAMES}
    neighbours = [record_of(planned(new_job())) for _ in range(2 * len(NAMES))]
    async with chassis.running() as service:
        for position, (name, job) in enumerate(jobs.items()):
            value, key, headers, _ = poisons(record_of(planned(job)))[name]
            await chassis.publish(neighbours[2 * position])
            await chassis.publish_raw(TOPIC, value, key, headers)
            await chassis.publish(neighbours[2 * position + 1])
        await chassis.until("SELECT count(*) FROM effects", len(neighbours))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead'", len(jobs))
        failures = await chassis.consume(SegmentFailed.TYPE, len(jobs))
        listed = await DeadLetters(service.database, service.subscriptions()).newest(TENANT, limit=100, before=None)
    ended = {(failed := json.loads(record.value))["job_id"]: failed["reason"] for record in failures}
    assert ended == {jobs[name]: poisons(record_of(planned("job-x")))[name][3] for name in NAMES}
    assert {letter.subject: letter.reason for letter in listed} == ended
    assert all("job-" not in letter.detail for letter in listed)
    assert await chassis.scalar("SELECT count(*) FROM inbox") == len(jobs) + len(neighbours)


async def test_a_poison_without_a_readable_job_or_tenant_is_a_dead_letter_all_the_same(chassis: Harness) -> None:
    neighbour = record_of(planned(new_job()))
    async with chassis.running():
        await chassis.publish_raw(TOPIC, b"\x00", None, [])
        await chassis.publish_raw(TOPIC, b"\x00", None, [("ce_subject", b"\x00\x01"), ("ce_tenantid", b"\xff")])
        await chassis.publish(neighbour)
        await chassis.until("SELECT count(*) FROM effects", 1)
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead' AND subject = ''", 2)


async def test_requeue_of_a_dead_letter_works(chassis: Harness) -> None:
    attempts: list[str] = []

    async def work(item: object) -> None:
        attempts.append("try")
        if len(attempts) == 1:
            raise PermanentError("media_not_recognised")

    async with chassis.running(work) as service:
        record = record_of(planned(new_job()))
        await chassis.publish(record)
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead'", 1)
        letters = DeadLetters(service.database, service.subscriptions())
        (letter,) = await letters.newest(TENANT, limit=10, before=None)
        assert letter.reason == "media_not_recognised"
        await letters.requeue(TENANT, letter.event_id)
        await chassis.until("SELECT count(*) FROM effects", 1)
        assert await letters.newest(TENANT, limit=10, before=None) == []


async def test_requeue_is_refused_for_an_ended_job_and_for_what_still_is_no_event(chassis: Harness) -> None:
    job = new_job()
    async with chassis.running() as service:
        await chassis.publish_raw(TOPIC, b"nonsense", b"k", list(record_of(planned(job)).headers))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead'", 1)
        letters = DeadLetters(service.database, service.subscriptions())
        (letter,) = await letters.newest(TENANT, limit=10, before=None)
        with pytest.raises(StillUndecodable):
            await letters.requeue(TENANT, letter.event_id)
        async with service.database.transaction("end") as transaction:
            await end_job(transaction, job)
        with pytest.raises(JobHasEnded):
            await letters.requeue(TENANT, letter.event_id)
    assert await chassis.scalar("SELECT count(*) FROM effects") == 0


async def test_another_tenants_dead_letter_cannot_be_seen_or_requeued(chassis: Harness) -> None:
    async with chassis.running() as service:
        await chassis.publish_raw(TOPIC, b"nonsense", b"k", list(record_of(planned(new_job())).headers))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'dead'", 1)
        letters = DeadLetters(service.database, service.subscriptions())
        (letter,) = await letters.newest(TENANT, limit=10, before=None)
        assert await letters.newest("other", limit=10, before=None) == []
        with pytest.raises(NotFound):
            await letters.requeue("other", letter.event_id)
