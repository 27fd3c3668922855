"""What waits can be seen from outside."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from telop_chassis.backlog import Backlog
from telop_chassis.database import Database

from tests.integration.chassis.harness import Harness


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
    data = reader.get_metrics_data()
    assert data is not None
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        for point in metric.data.data_points:
            values[metric.name, "".join(map(str, (point.attributes or {}).values()))] = point.value  # type: ignore[union-attr]
    assert values["telop.inbox.rows", "waiting"] == 2
    assert values["telop.inbox.rows", "dead"] == 3
    assert values["telop.inbox.rows", "leased"] == 0
    assert 110 < values["telop.inbox.oldest_waiting", ""] < 180
    assert values["telop.outbox.rows", "pending"] == 0
