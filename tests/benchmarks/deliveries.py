"""The notifier's whole path, from the claim over the request to the record, against bare requests in the same run.

The receiver answers after 20 ms, in a process of its own on loopback. Three questions: how many deliveries a second
drain, and does memory stay flat; what a claim costs when the log is long; and what healthy endpoints notice of one that
hangs and one that fails.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import psutil
from sqlalchemy import text
from telop_chassis.service import Service
from telop_notifier import claiming, recording
from telop_notifier.app import build
from telop_notifier.claiming import Claimed
from telop_notifier.endpoints import Endpoints
from telop_notifier.settings import NotifierWork

from tests.benchmarks.receiving import receiving
from tests.integration.notifier import harness
from tests.support.databases import Databases
from tests.support.eventually import time_passes

DELIVERIES: Final = int(os.environ.get("TELOP_BENCH_DELIVERIES", "100000"))
CONCURRENCY, ENDPOINTS, PROBE = 100, 10, 2_000
BODY: Final = b'{"type":"job.completed","timestamp":"2026-11-21T10:00:00Z","data":{"job_id":"j1","sequence":9}}'
CASES: Final = {
    "1,000 rows in the log": (1_000, 1),
    "200,000 rows in the log": (200_000, 1),
    "1,000 rows in the log and 100,000 behind an open breaker": (1_000, 100_000),
}
"""Rows in the log, and deliveries that may not be sent."""
CLAIMS: Final = 200
ROUNDS: Final = 3
TENANT: Final = "acme"


@asynccontextmanager
async def _notifier(databases: Databases) -> AsyncIterator[Service]:
    url = await databases.migrated("notifier")
    work = NotifierWork(concurrency=CONCURRENCY)
    service = build(harness.settings(url).model_copy(update={"work": work, "role": "worker"}))
    await service.database.start()
    yield service
    for resource in service.resources:
        await resource.stop()
    await service.database.stop()
    await databases.drop(url)


async def _endpoints(service: Service, urls: Sequence[str]) -> list[str]:
    made = next(each for each in service.provides if isinstance(each, Endpoints))
    values = {"event_types": None, "description": "", "max_concurrency": CONCURRENCY // ENDPOINTS}
    return [(await made.create(TENANT, values | {"url": url}, headers={}, signature="v1"))[0].id for url in urls]


async def _execute(service: Service, statement: str, **parameters: Any) -> Any:
    async with service.database.engine.begin() as connection:
        result = await connection.execute(text(statement), parameters)
        return result.scalar() if result.returns_rows else None


async def _queue(service: Service, endpoint_ids: Sequence[str], each: int, *, status: str = "pending") -> None:
    """Queue deliveries, or write a log of old ones."""
    name = f"{status}-{time.perf_counter_ns()}"
    await _execute(
        service,
        "INSERT INTO messages (tenant, event_id, type, body)"
        " SELECT :tenant, :name || n, 'job.completed', :body FROM generate_series(1, :each) n",
        tenant=TENANT, name=name, body=BODY, each=each,
    )  # fmt: skip
    due = "clock_timestamp()" if status == "pending" else "NULL"
    await _execute(
        service,
        "INSERT INTO deliveries (id, tenant, endpoint_id, message_id, status, next_attempt_at, finished_at)"
        f" SELECT md5(m.event_id || e), :tenant, e, m.id, :status, {due}, CASE WHEN {due} IS NULL THEN now() END"
        " FROM messages m, unnest(CAST(:ids AS text[])) e WHERE m.event_id LIKE :name || '%'",
        tenant=TENANT, ids=list(endpoint_ids), name=name, status=status,
    )  # fmt: skip
    await _execute(service, "UPDATE lanes SET due_at = clock_timestamp()")


async def _bare(url: str, count: int) -> float:
    """Requests a second of aiohttp alone, the connections kept."""
    connector = aiohttp.TCPConnector(limit=CONCURRENCY)
    async with aiohttp.ClientSession(connector=connector) as session:
        left = iter(range(count))

        async def send() -> None:
            for _ in left:
                async with session.post(url, data=BODY) as answer:
                    await answer.read()

        started = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(CONCURRENCY)))
        return count / (time.perf_counter() - started)


async def _drain(service: Service, wanted: int) -> tuple[float, list[int]]:
    """Run the dispatcher until all is delivered; returns deliveries a second and the resident size on the way."""
    (dispatcher,) = service.loops
    sizes: list[int] = []
    done, step = 0, max(1, wanted // 20)
    started = time.perf_counter()
    running = asyncio.create_task(dispatcher.run())
    while done < wanted:
        await time_passes(0.5)
        done = await _execute(service, "SELECT count(*) FROM attempts")
        if done >= step * (len(sizes) + 1):
            sizes.append(psutil.Process().memory_info().rss)
    rate = done / (time.perf_counter() - started)
    await dispatcher.stop()
    await running
    return rate, sizes


async def _throughput(databases: Databases, address: str) -> None:
    before = await _bare(address + "/ok", 5_000)
    async with _notifier(databases) as service:
        ids = await _endpoints(service, [address + "/ok"] * ENDPOINTS)
        await _queue(service, ids, DELIVERIES // ENDPOINTS)
        used = time.process_time()
        rate, sizes = await _drain(service, DELIVERIES // ENDPOINTS * ENDPOINTS)
        used = (time.process_time() - used) / DELIVERIES
        lost = await _execute(service, "SELECT count(*) FROM deliveries WHERE status <> 'succeeded' OR attempts <> 1")
    early, late = sizes[len(sizes) // 10], sizes[-1]
    bare = (before + await _bare(address + "/ok", 5_000)) / 2  # a machine that others use is not as fast throughout
    print(
        f"deliveries  {DELIVERIES:,} queued: {rate:,.0f}/s, {rate / bare:.2f}x bare aiohttp ({bare:,.0f}/s);"
        f" {used * 1e6:.0f} us of the notifier's processor time for one;"
        f" not delivered exactly once: {lost}; memory {late / early:.2f}x from a tenth of the way to its end"
    )


async def _claim_ms(service: Service) -> float:
    """The time of one claim of a batch, in milliseconds."""
    now = datetime.now(UTC)
    started = time.perf_counter()
    found = await claiming.claim(service.database, limit=CONCURRENCY, slow_free=0, lease_s=60, now=now)
    took = (time.perf_counter() - started) * 1000
    attempts: Sequence[Claimed] = found.attempts
    assert len(attempts) == CONCURRENCY, len(attempts)
    await recording.give_back(service.database, attempts, now=now)
    return took


async def _claimable(service: Service, log: int, blocked: int) -> Service:
    """Queue what is claimed, beside a log of old deliveries and what waits behind an open breaker."""
    ids = await _endpoints(service, ["http://127.0.0.1:9/ok"] * ENDPOINTS)
    await _queue(service, ids, 200)
    await _queue(service, ids, log // ENDPOINTS, status="succeeded")
    (other,) = await _endpoints(service, ["http://127.0.0.1:9/ok"])
    await _queue(service, [other], blocked)
    later = "now() + interval '1 h'"
    await _execute(
        service, f"UPDATE lanes SET open_until = {later}, due_at = {later} WHERE endpoint_id = :id", id=other
    )
    await _execute(service, "ANALYZE")
    return service


async def _claims(databases: Databases) -> None:
    """Claims from databases that differ in what else they hold, in turns: what disturbs one disturbs all."""
    async with AsyncExitStack() as opened:
        cases = {
            name: await _claimable(await opened.enter_async_context(_notifier(databases)), log, blocked)
            for name, (log, blocked) in CASES.items()
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(CLAIMS):
            for name, service in cases.items():
                times[name].append(await _claim_ms(service))
    first = statistics.median(times[next(iter(CASES))])
    for name, each in times.items():
        cost = statistics.median(each)
        print(
            f"deliveries  a claim of {CONCURRENCY} with {name}: {cost:.1f} ms, {cost / first:.2f}x (median of {CLAIMS})"
        )


async def _waits(databases: Databases, address: str, others: Sequence[str]) -> float:
    """The 99th percentile of the time from a delivery's making to its record, at healthy endpoints, in milliseconds."""
    async with _notifier(databases) as service:
        well = await _endpoints(service, [address + "/ok"] * (ENDPOINTS - 2))
        ill = await _endpoints(service, [address + path for path in others])
        (dispatcher,) = service.loops
        running = asyncio.create_task(dispatcher.run())
        for _ in range(PROBE // len(well) // 5):
            await _queue(service, [*well, *ill], 5)
            service.database.notifications.send([("telop_deliveries", "")])
            await time_passes(5 * len(well) / 200)
        await time_passes(3)
        await dispatcher.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return float(
            await _execute(
                service,
                "SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM"
                " finished_at - created_at) * 1000) FROM deliveries WHERE endpoint_id = ANY(CAST(:ids AS text[]))",
                ids=well,
            )
        )


async def measure(databases: Databases) -> None:
    """Print ratios of this run."""
    with receiving() as address:
        await _throughput(databases, address)
        await _claims(databases)
        alone, beside = [], []
        for _ in range(ROUNDS):
            alone.append(await _waits(databases, address, []))
            beside.append(await _waits(databases, address, ["/hang", "/fail"]))
        quiet, disturbed = min(alone), min(beside)
        print(
            f"deliveries  p99 at healthy endpoints beside one that hangs and one that fails: {disturbed / quiet:.2f}x"
            f" ({quiet:.0f} ms and {disturbed:.0f} ms, 200 a second, the best of {ROUNDS} rounds each)"
        )
