"""What waits, and what fails, can be seen from outside."""

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from telop_chassis.backlog import Backlog
from telop_chassis.database import Database
from telop_chassis.failures import TransientError
from telop_contracts.segment.v1 import SegmentPlanned

from tests.integration.chassis.harness import Harness, new_job, planned, record_of


def points(reader: InMemoryMetricReader) -> list[tuple[str, dict[str, str], float]]:
    """Name, attributes and value of all that was measured."""
    data = reader.get_metrics_data()
    assert data is not None
    return [
        (metric.name, {name: str(value) for name, value in (point.attributes or {}).items()}, point.value)  # type: ignore[union-attr]
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        for point in metric.data.data_points
    ]


async def test_attempts_that_fail_are_counted_by_their_reason(
    chassis: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("test")
    monkeypatch.setattr("telop_chassis.worker.get_meter", lambda *_: meter)

    async def work(item: object) -> None:
        if item.attempt == 1:  # type: ignore[attr-defined]
            raise TransientError("child_died", "exit status -9")

    async with chassis.running(work):
        await chassis.publish(record_of(planned(new_job())))
        await chassis.until("SELECT count(*) FROM inbox WHERE status = 'done'", 1)
    failed = {"type": SegmentPlanned.TYPE, "reason": "child_died"}
    assert points(reader) == [("telop.work.failures", failed, 1)]


async def test_the_gauges_tell_what_the_database_holds(chassis: Harness) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("test")
    insert = (
        "INSERT INTO inbox (tenant, source, event_id, type, subject, digest, status, priority_at, due_at, received_at)"
        " SELECT 'acme', 's', n::text, 't', 'j', '', CASE WHEN n > 2 THEN 'dead' ELSE 'waiting' END, now(), now(),"
        " now() - n * interval '1 minute' FROM generate_series(1, 5) n RETURNING 1"
    )
    await chassis.rows(insert)
    database = Database(chassis.settings.database, service="ocr")
    async with database.driver() as connection:
        await Backlog(meter).measure(connection)
    await database.stop()
    values: dict[tuple[str, str], float] = {}
    for name, attributes, value in points(reader):
        values[name, "".join(attributes.values())] = value
    assert values["telop.inbox.rows", "waiting"] == 2
    assert values["telop.inbox.rows", "dead"] == 3
    assert values["telop.inbox.rows", "leased"] == 0
    assert 110 < values["telop.inbox.oldest_waiting", ""] < 180
    assert values["telop.outbox.rows", "pending"] == 0
