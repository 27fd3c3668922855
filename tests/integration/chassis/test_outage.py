"""PostgreSQL away for longer than every limit: no record is lost, and the group does not rebalance."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from telop_chassis.consumer import SESSION_TIMEOUT_MS

from tests.integration.chassis.harness import Harness, new_job, planned, record_of
from tests.support.eventually import time_passes

RECORDS = 300


async def _allow(chassis: Harness, allowed: bool) -> None:
    """Shut the test's database for everybody, or open it again."""
    name = chassis.engine.url.database
    await chassis.engine.dispose()
    admin = create_async_engine(chassis.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(allowed).lower()}"))
        if not allowed:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            await connection.execute(text(query), {"name": name})
    await admin.dispose()


async def test_an_outage_loses_no_record_and_starts_no_rebalance(
    chassis: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="aiokafka")
    async with chassis.running():
        await chassis.publish(record_of(planned(new_job())))
        await chassis.until("SELECT count(*) FROM effects", 1)
        await _allow(chassis, False)
        await chassis.publish(*(record_of(planned(new_job())) for _ in range(RECORDS)))
        await time_passes(SESSION_TIMEOUT_MS / 1000 + chassis.settings.work.lease_s + 3)
        await chassis.publish(*(record_of(planned(new_job())) for _ in range(RECORDS)))
        await _allow(chassis, True)
        await chassis.until("SELECT count(*) FROM effects", 1 + 2 * RECORDS, within_s=60)
    assert await chassis.scalar("SELECT count(*) FROM inbox WHERE status = 'done'") == 1 + 2 * RECORDS
    joined = [line for line in caplog.messages if line.startswith("Joined group")]
    assert len(joined) == 1
