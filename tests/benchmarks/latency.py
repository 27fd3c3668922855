"""From the commit of an event in one service to the start of its handler in another, at 50 events a second."""

import statistics
import time

from tests.integration.chassis import harness
from tests.support.eventually import eventually, time_passes

EVENTS, PER_SECOND = 500, 50


async def measure(chassis: harness.Harness) -> None:
    """Print the quantiles in milliseconds."""
    sent: dict[str, float] = {}
    delays: list[float] = []

    async def work(item: object) -> None:
        subject = str(getattr(item, "subject", ""))
        delays.append((time.perf_counter() - sent[subject]) * 1000)

    async with chassis.running(work, concurrency=16) as service:
        await chassis.until("SELECT count(*) FROM inbox", 0)
        for _ in range(EVENTS):
            job = harness.new_job()
            sent[job] = float("inf")
            async with service.database.transaction("write") as transaction:
                await transaction.append(harness.planned(job), tenant=harness.TENANT)
            sent[job] = time.perf_counter()
            await time_passes(1 / PER_SECOND)

        async def all_started() -> bool:
            return len(delays) == EVENTS

        await eventually(all_started, within_s=60)
    quantiles = statistics.quantiles(delays[50:], n=100)
    p50, p95, p99 = quantiles[49], quantiles[94], quantiles[98]
    print(f"latency  commit to handler start: p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f} ms")
