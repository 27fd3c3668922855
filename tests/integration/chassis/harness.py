"""Runs the test service on a real database and a real broker, and looks at both from outside."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from telop_chassis import migrating
from telop_chassis.database import Database
from telop_chassis.health import Life
from telop_chassis.service import Service
from telop_chassis.settings import (
    DatabaseSettings,
    HttpSettings,
    KafkaSettings,
    ObjectSettings,
    ServiceSettings,
    WorkSettings,
)
from telop_contracts.codec import Record, encode
from telop_contracts.envelope import Envelope, Event
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.segment.v1 import SegmentPlanned, segment_id
from telop_contracts.values import ObjectRef

from tests.integration.chassis import relay_service
from tests.support.eventually import eventually

TENANT = "acme"


def settings(database_url: str, bootstrap: str, prefix: str, **work: Any) -> ServiceSettings:
    """Settings with short times, so that tests are quick."""
    return ServiceSettings(
        database=DatabaseSettings(url=SecretStr(database_url)),
        kafka=KafkaSettings(bootstrap=bootstrap, group_prefix=prefix, topic_prefix=prefix),
        objects=ObjectSettings(url="memory:///"),
        http=HttpSettings(cursor_key=SecretStr("test" * 8), drain_s=0),
        work=WorkSettings(**({"lease_s": 4, "poll_s": 0.1, "drain_s": 0.2} | work)),
    )


def planned(job_id: str, index: int = 0) -> SegmentPlanned:
    """A segment of a job."""
    ref = ObjectRef(key="tenants/acme/media/1", sha256="0" * 64, bytes=1)
    facts = MediaFacts(object=ref, format="mp4", duration_s=30, has_video=True, has_audio=True)
    return SegmentPlanned(
        job_id=job_id,
        segment_id=segment_id(job_id, index),
        index=index,
        start_s=0,
        end_s=30,
        stages=("ocr",),
        language="en",
        media=facts,
        rules=ref,
    )


def new_job() -> str:
    """A job id that no other test uses."""
    return f"job-{uuid4().hex}"


def record_of(event: Event, *, event_id: str | None = None, tenant: str = TENANT) -> Record:
    """The record that a producer of our own would send."""
    envelope = Envelope[Event](
        id=event_id or uuid4().hex,
        source="/services/ingest",
        type=event.TYPE,
        time=datetime.now(UTC),
        subject=event.subject,
        tenant=tenant,
        traceparent=None,
        data=event,
    )
    return encode(envelope)


@dataclass
class Harness:
    """One test's database and topics."""

    settings: ServiceSettings
    engine: AsyncEngine
    producer: AIOKafkaProducer

    async def publish(self, *records: Record) -> None:
        """Send records and wait until the broker has them."""
        for record in records:
            topic = self.settings.kafka.topic_prefix + record.topic
            await self.producer.send_and_wait(topic, record.value, record.key, headers=list(record.headers))

    async def publish_raw(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Sequence[tuple[str, bytes | None]]
    ) -> None:
        """Send a record that need not be an event."""
        await self.producer.send_and_wait(self.settings.kafka.topic_prefix + topic, value, key, headers=list(headers))

    async def rows(self, query: str, **parameters: Any) -> list[Any]:
        """Query the service's database."""
        async with self.engine.begin() as connection:
            return list((await connection.execute(text(query), parameters)).all())

    async def scalar(self, query: str, **parameters: Any) -> Any:
        """Query one value."""
        async with self.engine.begin() as connection:
            return await connection.scalar(text(query), parameters)

    async def until(self, query: str, expected: object, within_s: float = 20, **parameters: Any) -> None:
        """Wait until a query gives a value."""

        async def holds() -> bool:
            return bool(await self.scalar(query, **parameters) == expected)

        await eventually(holds, within_s=within_s)

    @asynccontextmanager
    async def running(self, work: relay_service.Work | None = None, **pace: Any) -> AsyncIterator[Service]:
        """Run a replica of the test service; `pace` changes how its workers work."""
        settings = self.settings.model_copy(update={"work": self.settings.work.model_copy(update=pace)})
        service = relay_service.build(settings, work) if work else relay_service.build(settings)
        life = Life()
        app = service.app(life)
        async with app.router.lifespan_context(app):
            yield service
            life.drain()

    async def consume(self, topic: str, count: int, within_s: float = 20) -> list[Any]:
        """Read a topic from its beginning until it has given records with `count` different ids; return all of them."""
        consumer = AIOKafkaConsumer(
            self.settings.kafka.topic_prefix + topic,
            bootstrap_servers=self.settings.kafka.bootstrap,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        found: list[Any] = []

        async def enough() -> bool:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found.extend(records)
            return len({dict(record.headers)["ce_id"] for record in found}) >= count

        try:
            await eventually(enough, within_s=within_s)
        finally:
            await consumer.stop()
        return found


@dataclass
class Process:
    """The test service as a process of its own, with points at which it can be held and killed."""

    chassis: Harness
    folder: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process."""
        settings = self.chassis.settings
        environment = {
            **os.environ,
            "TELOP_TEST_FOLDER": str(self.folder),
            "TELOP_DATABASE__URL": settings.database.url.get_secret_value(),
            "TELOP_KAFKA__BOOTSTRAP": settings.kafka.bootstrap,
            "TELOP_KAFKA__GROUP_PREFIX": settings.kafka.group_prefix,
            "TELOP_KAFKA__TOPIC_PREFIX": settings.kafka.topic_prefix,
            "TELOP_OBJECTS__URL": settings.objects.url,
            "TELOP_HTTP__CURSOR_KEY": "test" * 8,
            "TELOP_HTTP__PORT": "0",
            "TELOP_HTTP__DRAIN_S": "0",
            "TELOP_WORK__LEASE_S": str(settings.work.lease_s),
            "TELOP_WORK__POLL_S": str(settings.work.poll_s),
            "TELOP_WORK__DRAIN_S": str(settings.work.drain_s),
        }
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.chassis.relay_service"), env=environment
        )

    def hold(self, point: str) -> None:
        """Make the process stand at a point."""
        (self.folder / f"hold-{point}").touch()

    def release(self, point: str) -> None:
        """Let it go on."""
        (self.folder / f"hold-{point}").unlink()

    async def reached(self, point: str) -> None:
        """Wait until the process stands at a point."""

        async def stands() -> bool:
            return (self.folder / f"reached-{point}").exists()

        await eventually(stands, within_s=30)

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.process.wait()

    def calls(self) -> list[str]:
        """The engine calls so far, by segment."""
        return (self.folder / "calls").read_text().split()


async def migrate(settings: ServiceSettings) -> None:
    """Create the test service's tables."""
    database = Database(settings.database, service="ocr")
    await migrating.migrate(database, "tests.integration.chassis.migrations")
    await database.stop()
