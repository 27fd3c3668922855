"""A database and topics of its own for every test of the chassis."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.integration.chassis import harness
from tests.support.brokers import Broker
from tests.support.databases import Databases

TOPICS = (
    "segment.planned.v1",
    "telops.read.v1",
    "segment.failed.v1",
    "job.failed.v1",
    "job.cancelled.v1",
    "access.changed.v1",
)


@pytest.fixture
async def chassis(databases: Databases, broker: Broker, prefix: str) -> AsyncIterator[harness.Harness]:
    """The test service's database, migrated, and its topics."""
    url = await databases.empty()
    settings = harness.settings(url, broker.bootstrap, prefix)
    await harness.migrate(settings)
    await broker.create(prefix + topic for topic in TOPICS)
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await producer.start()
    yield harness.Harness(settings, engine, producer)
    await producer.stop()
    await engine.dispose()
    await databases.drop(url)


@pytest.fixture
async def process(chassis: harness.Harness, tmp_path: Path) -> AsyncIterator[harness.Process]:
    """The test service as a process, not started yet; killed at the end."""
    process = harness.Process(chassis, tmp_path)
    yield process
    if process.process is not None:
        await process.end(signal.SIGKILL)
