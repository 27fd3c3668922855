"""`just bench [relay|latency|job|hearing|judging|deliveries|sending|beside]`: measure, and print ratios of one run."""

import asyncio
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import uvloop
from aiokafka import AIOKafkaProducer
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from telop_chassis.logs import configure_logs
from telop_chassis.main import tune_collector

from tests.benchmarks import deliveries, hearing, jobs, judging, latency, relaying, sending, side_by_side
from tests.integration.chassis import harness
from tests.integration.chassis.conftest import TOPICS
from tests.support import backing

NAMES = ("relay", "latency", "job", "hearing", "beside", "judging", "deliveries", "sending")


async def _on_servers(names: list[str]) -> None:
    no_containers = backing.why_no_containers()
    async with (
        backing.any_postgres(no_containers) as databases,
        backing.any_broker(no_containers) as broker,
    ):
        print(f"against {databases.chosen}; {broker.chosen}")
        if "relay" in names:
            await relaying.measure(databases, broker)
        if "latency" in names:
            url, prefix = await databases.empty(), f"t{uuid4().hex[:8]}."
            settings = harness.settings(url, broker.bootstrap, prefix)
            await harness.migrate(settings)
            await broker.create(prefix + topic for topic in TOPICS)
            engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
            producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
            await producer.start()
            await latency.measure(harness.Harness(settings, engine, producer))
            await producer.stop()
            await engine.dispose()


async def _deliveries() -> None:
    async with backing.any_postgres(backing.why_no_containers()) as databases:
        await deliveries.measure(databases)


def main() -> int:
    """Run the benchmarks that are named, or all."""
    names = sys.argv[1:] or list(NAMES)
    if unknown := set(names) - set(NAMES):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 64
    configure_logs("bench", "0", level="ERROR")
    tune_collector()  # as services do
    if {"relay", "latency"} & set(names):
        asyncio.run(_on_servers(names))
    if "sending" in names:
        uvloop.run(sending.measure())
    if "deliveries" in names:
        uvloop.run(_deliveries())
    if "job" in names:
        with tempfile.TemporaryDirectory(prefix="telop-bench-") as folder:
            jobs.measure(Path(folder))
    if "hearing" in names:
        hearing.measure()
    if "beside" in names:
        with tempfile.TemporaryDirectory(prefix="telop-bench-") as folder:
            side_by_side.measure(Path(folder))
    if "judging" in names:
        judging.measure()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
