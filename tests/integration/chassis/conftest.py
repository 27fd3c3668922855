"""A database and topics of its own for every test of the chassis."""

from collections.abc import AsyncIterator
from uuid import uuid4

import json
import pathlib
import signal
from pathlib import Path
import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.integration.chassis import harness


TOPICS = (
    "segment.planned.v1",
    "telops.read.v1",
    "segment.failed.v1",
    "job.failed.v1",
    "job.cancelled.v1",
    "access.changed.v1",
)


async def create_topics(bootstrap: str, prefix: str) -> None:
    """Create what the test service needs; few partitions, because a test's broker has one core."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + topic, 3, 1) for topic in TOPICS])
    await admin.close()


@pytest.fixture
async def chassis() -> AsyncIterator[harness.Harness]:
    env = json.loads(pathlib.Path("/tmp/dev/env.json").read_text())
    name = f"t{uuid4().hex}"
    admin = create_async_engine(env["pg"].replace("postgresql:", "postgresql+asyncpg:"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    url = env["pg"].replace("/postgres?", f"/{name}?")
    settings = harness.settings(url, env["kafka"], name)
    await harness.migrate(settings)
    await create_topics(env["kafka"], f"{name}.")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    producer = AIOKafkaProducer(bootstrap_servers=env["kafka"])
    await producer.start()
    yield harness.Harness(settings, engine, producer)
    await producer.stop()
    await engine.dispose()
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


@pytest.fixture
async def process(chassis: harness.Harness, tmp_path: Path) -> AsyncIterator[harness.Process]:
    """The test service as a process, not started yet; killed at the end."""
    process = harness.Process(chassis, tmp_path)
    yield process
    if process.process is not None:
        await process.end(signal.SIGKILL)
