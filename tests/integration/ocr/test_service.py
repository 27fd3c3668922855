"""The service as it runs: segments in over the broker, telops out over the broker, with the real engine."""

import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic import SecretStr
from sqlalchemy import select
from structlog.testing import capture_logs
from telop_chassis.database import Database
from telop_chassis.health import Life
from telop_chassis.objects import ObjectStore
from telop_chassis.settings import CacheSettings, DatabaseSettings, HttpSettings, KafkaSettings, ObjectSettings
from telop_chassis.tables import inbox
from telop_cli.demo.truth import ASSETS, CLIP
from telop_contracts.codec import encode
from telop_contracts.envelope import Envelope
from telop_contracts.job.v1 import MediaFacts
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned, segment_id
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import ObjectRef
from telop_ocr.app import build
from telop_ocr.settings import OcrSettings, Settings

from tests.support.brokers import Broker
from tests.support.databases import Databases
from tests.support.eventually import eventually

TENANT = "demo"
RANGES = ((0.0, 3.3), (2.5, 5.0), (100.0, 105.0))


def settings(database_url: str, bootstrap: str, prefix: str, folder: Path) -> Settings:
    return Settings(
        database=DatabaseSettings(url=SecretStr(database_url)),
        kafka=KafkaSettings(bootstrap=bootstrap, group_prefix=prefix, topic_prefix=prefix),
        objects=ObjectSettings(url=f"file://{folder}/objects"),
        cache=CacheSettings(dir=folder / "cache"),
        http=HttpSettings(cursor_key=SecretStr("test" * 8), drain_s=0),
    )


def planned(job_id: str, index: int, span: tuple[float, float], stored: ObjectRef) -> SegmentPlanned:
    facts = MediaFacts(object=stored, format="mov", duration_s=28.97, has_video=True, has_audio=True)
    return SegmentPlanned(
        job_id=job_id,
        segment_id=segment_id(job_id, index),
        index=index,
        start_s=span[0],
        end_s=span[1],
        stages=("ocr", "asr"),
        language="en",
        media=facts,
        rules=stored,
    )


async def publish(broker: Broker, prefix: str, event: SegmentPlanned, *, times: int = 1) -> None:
    envelope = Envelope(
        id=uuid4().hex,
        source="/services/ingest",
        type=event.TYPE,
        time=datetime.now(UTC),
        subject=event.job_id,
        tenant=TENANT,
        traceparent=None,
        data=event,
    )
    record = encode(envelope)
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for _ in range(times):
            await producer.send_and_wait(prefix + record.topic, record.value, record.key, headers=list(record.headers))


@dataclass
class Answers:
    """What ocr has published."""

    consumer: AIOKafkaConsumer
    read: list[TelopsRead] = field(default_factory=list)
    failed: list[SegmentFailed] = field(default_factory=list)

    async def are_there(self) -> bool:
        """Reads on; returns whether every range and the failure were answered."""
        for records in (await self.consumer.getmany(timeout_ms=100)).values():
            for record in records:
                assert record.value is not None
                if record.topic.endswith(TelopsRead.TYPE):
                    self.read.append(TelopsRead.model_validate_json(record.value))
                else:
                    self.failed.append(SegmentFailed.model_validate_json(record.value))
        return len(self.read) >= len(RANGES) and bool(self.failed)

    async def are_all_read(self) -> bool:
        """Reads on; returns whether three segments were answered."""
        await self.are_there()
        return len(self.read) + len(self.failed) >= 3


def starve(child: psutil.Process) -> None:
    """Take away the rest of its memory."""
    child.rlimit(psutil.RLIMIT_AS, (1, 1))


def is_decoding(child: psutil.Process) -> bool:
    """Whether it has loaded what it needs and has opened the medium."""
    return any(file.path.startswith("/") and "/cache/ocr/" in file.path for file in child.open_files())


async def a_decoder_came_to_harm(harm: Callable[[psutil.Process], None]) -> bool:
    """Does harm to a sandboxed child of this process that is at work, if there is one."""
    for server in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any("serve_forks" in argument for argument in server.cmdline()):
                for child in filter(is_decoding, server.children()):
                    harm(child)
                    return True
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (psutil.Process.kill, "child_died"),
        (psutil.Process.suspend, "child_timeout"),
        (starve, "child_out_of_memory"),
    ],
)
async def test_a_decoder_that_dies_hangs_or_starves_costs_one_attempt_of_one_segment(
    broker: Broker,
    prefix: str,
    databases: Databases,
    tmp_path: Path,
    harm: Callable[[psutil.Process], None],
    reason: str,
) -> None:
    url = await databases.migrated("ocr")  # with the results of another case nothing would be decoded
    own = settings(url, broker.bootstrap, prefix, tmp_path)
    own = own.model_copy(update={"ocr": OcrSettings(decode_s=20.0)})
    service = build(own)
    await broker.create(service.subscriptions())
    outcomes = [prefix + TelopsRead.TYPE, prefix + SegmentFailed.TYPE]
    await broker.create(outcomes)
    stored = await ObjectStore(own.objects).put_file(f"tenants/{TENANT}/media/clip", ASSETS / CLIP)
    database, app = Database(own.database, service="test"), service.app(Life())
    consumer = AIOKafkaConsumer(*outcomes, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    answers = Answers(consumer)
    async with app.router.lifespan_context(app), consumer:
        await publish(broker, prefix, planned("job-killed", 0, (0.0, 20.0), stored))
        with capture_logs() as said:
            await eventually(lambda: a_decoder_came_to_harm(harm), within_s=60)  # to a long one: it needs more memory
            for index, span in enumerate(((20.0, 22.0), (22.0, 24.0)), 1):
                await publish(broker, prefix, planned("job-killed", index, span, stored))
            await eventually(answers.are_all_read, within_s=120)
        asked = select(inbox.c.attempts, inbox.c.status).where(inbox.c.subject == "job-killed")
        async with database.transaction("attempts") as transaction:
            attempts = (await transaction.execute(asked)).all()
    await database.stop()
    await databases.drop(url)

    assert sorted(each.index for each in answers.read) == [0, 1, 2]
    assert answers.failed == []
    assert sorted(attempts) == [(1, "done"), (1, "done"), (2, "done")]
    assert [(each["reason"], each["attempt"]) for each in said if each["event"] == "work_failed"] == [(reason, 1)]


async def test_each_segment_of_a_job_is_answered_once(
    broker: Broker, prefix: str, database_url: Callable[[str], Awaitable[str]], tmp_path: Path
) -> None:
    own = settings(await database_url("ocr"), broker.bootstrap, prefix, tmp_path)
    service = build(own)
    await broker.create(service.subscriptions())
    outcomes = [prefix + TelopsRead.TYPE, prefix + SegmentFailed.TYPE]
    await broker.create(outcomes)
    stored = await ObjectStore(own.objects).put_file(f"tenants/{TENANT}/media/clip", ASSETS / CLIP)
    damaged = await ObjectStore(own.objects).put_bytes(f"tenants/{TENANT}/media/damaged", b"\0" * 4096)
    app = service.app(Life())
    consumer = AIOKafkaConsumer(*outcomes, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    answers = Answers(consumer)
    async with app.router.lifespan_context(app), consumer:
        for index, span in enumerate(RANGES):
            await publish(broker, prefix, planned("job-1", index, span, stored), times=2)
        await publish(broker, prefix, planned("job-2", 0, (0.0, 5.0), damaged))
        await eventually(answers.are_there, within_s=120)

    texts = {each.index: [telop.text for telop in each.telops] for each in answers.read}
    assert texts == {
        0: ["EVENING NEWS", "The government will announce a new budget on Friday"],
        1: [
            "EVENING NEWS",
            "The government will announce a new budget on Friday",
            "The central bank left intrest rates unchanged",
        ],
        2: [],
    }
    assert len(answers.read) == len(RANGES)
    assert [(each.job_id, each.index, each.reason) for each in answers.failed] == [("job-2", 0, "media_damaged")]
    assert not list((tmp_path / "cache").rglob("*.npy"))
