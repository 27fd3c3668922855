"""Runs the matcher's handlers on a real database, without a broker: events go straight into its inbox."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import text
from telop_chassis import inbox, inbox_writes
from telop_chassis.consumer import Incoming, decode
from telop_chassis.handlers import Recorder
from telop_chassis.objects import ObjectStore
from telop_chassis.service import Service
from telop_chassis.settings import DatabaseSettings, HttpSettings, KafkaSettings, ObjectSettings
from telop_chassis.worker import Worker
from telop_contracts.check.v1 import CheckResult, Memory, Rules
from telop_contracts.codec import encode
from telop_contracts.envelope import Envelope, Event
from telop_contracts.job.v1 import JobChecked, JobPlanned, MediaFacts, SegmentRange, StagePlan
from telop_contracts.media.v1 import ScriptLine
from telop_contracts.segment.v1 import SegmentFailed, segment_id
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import Reading, Telop, TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, Box, Cost, EngineFingerprint, ObjectRef
from telop_matcher.app import build
from telop_matcher.settings import MatcherSettings, MatcherWork, Settings

from tests.support.eventually import eventually

TENANT = "acme"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
ENGINE = EngineFingerprint(name="test", version="1", model="none", settings_sha256="0" * 64)
COST = Cost(wall_s=0.1, media_s=1.0, engine_calls=1, device="cpu")
BOX = Box(x=100, y=440, width=700, height=48)
MEDIA = ObjectRef(key=f"tenants/{TENANT}/media/a", sha256="0" * 64, bytes=1)
STEP_S = 8.0
LENGTH_S = 10.0


def settings(database_url: str, folder: Path, second_look_s: float) -> Settings:
    """Settings with short times."""
    return Settings(
        role="worker",
        database=DatabaseSettings(url=SecretStr(database_url)),
        kafka=KafkaSettings(bootstrap="127.0.0.1:1"),
        objects=ObjectSettings(url=f"file://{folder}/objects"),
        http=HttpSettings(cursor_key=SecretStr("test")),
        matcher=MatcherSettings(second_look_s=second_look_s),
        work=MatcherWork(lease_s=10, poll_s=0.05, drain_s=0.2),
    )


def new_job() -> str:
    return f"job-{uuid4().hex}"


@dataclass
class Matcher:
    """A running matcher."""

    service: Service

    async def publish(self, *events: Event, tenant: str = TENANT) -> list[str]:
        """Put events into the inbox in one batch, as the intake does; return the span that published each."""
        arrivals, spans = [], []
        for event in events:
            span_id = uuid4().hex[:16]
            envelope = Envelope[Event](
                id=uuid4().hex,
                source="/services/test",
                type=event.TYPE,
                time=datetime.now(UTC),
                subject=event.subject,
                tenant=tenant,
                traceparent=f"00-{TRACE_ID}-{span_id}-01",
                data=event,
            )
            record = encode(envelope)
            incoming = Incoming(record.topic, record.key, record.headers, record.value)
            arrivals.append(decode(incoming, self.service.subscriptions()[record.topic], uuid4().hex))
            spans.append(span_id)
        await self.insert(arrivals)
        return spans

    async def publish_raw(self, event: Event, value: bytes) -> None:
        """Put a record into the inbox that has an event's attributes but another value."""
        envelope = Envelope[Event](
            uuid4().hex, "/services/test", event.TYPE, datetime.now(UTC), event.subject, TENANT, None, event
        )
        record = encode(envelope)
        incoming = Incoming(record.topic, record.key, record.headers, value)
        await self.insert([decode(incoming, self.service.subscriptions()[record.topic], uuid4().hex)])

    async def insert(self, arrivals: list[inbox_writes.Arrival]) -> None:
        async with self.service.database.driver() as connection:
            await inbox_writes.insert(connection, arrivals)
        self.service.database.notifications.send([(inbox_writes.CHANNEL, "")])

    async def until_idle(self) -> None:
        """Wait until no row waits or runs; rows that are due later may be left."""

        async def holds() -> bool:
            return bool(await self.scalar("SELECT count(*) FROM inbox WHERE status IN ('waiting', 'leased')") == 0)

        await eventually(holds, within_s=30)

    async def scalar(self, statement: str, **parameters: Any) -> Any:
        """Run one statement in the service's database."""
        async with self.service.database.engine.begin() as connection:
            return await connection.scalar(text(statement), parameters)

    async def published(self, event: type[Event], job_id: str) -> list[Any]:
        """What waits in the outbox of a type about a job, in order."""
        async with self.service.database.engine.begin() as connection:
            statement = text("SELECT value, headers FROM outbox WHERE topic = :topic ORDER BY id")
            rows = (await connection.execute(statement, {"topic": event.TYPE})).all()
        found = [event.model_validate_json(row.value) for row in rows]
        return [each for each in found if each.key == job_id]

    async def plan(
        self,
        job_id: str,
        segments: int = 1,
        *,
        rules: Rules | None = None,
        script: Sequence[ScriptLine] = (),
        memory: Memory | None = None,
        **skipped: str,
    ) -> JobPlanned:
        """A plan whose documents are stored. `asr="no_audio_track"` skips a stage."""
        objects = ObjectStore(self.service.settings.objects)

        async def put(name: str, content: str) -> ObjectRef:
            return await objects.put_bytes(f"tenants/{TENANT}/jobs/{job_id}/{name}.json", content.encode())

        lines = json.dumps([line.model_dump() for line in script])
        ranges = [SegmentRange(index=at, start_s=at * STEP_S, end_s=at * STEP_S + LENGTH_S) for at in range(segments)]
        end_s = ranges[-1].end_s
        return JobPlanned(
            job_id=job_id,
            language="en",
            media=MediaFacts(object=MEDIA, format="mp4", duration_s=end_s, has_video=True, has_audio=True),
            segments=tuple(ranges),
            stages=tuple(
                StagePlan(stage=stage, segments=0 if stage in skipped else segments, skipped=skipped.get(stage))
                for stage in (STAGE_OCR, STAGE_ASR)
            ),
            rules=await put("rules", (rules or Rules()).model_dump_json()),
            script=await put("script", lines) if script else None,
            memory=await put("memory", memory.model_dump_json()) if memory else None,
        )

    async def result(self, checked: JobChecked) -> CheckResult:
        """The result that a verdict names."""
        objects = ObjectStore(self.service.settings.objects)
        return CheckResult.model_validate(json.loads(await objects.get_bytes(checked.result)))


def read(job_id: str, index: int = 0, *texts: str, confidence: float = 0.99) -> TelopsRead:
    """A segment in which these captions were read, one after the other."""
    start_s = index * STEP_S + 1.0
    telops = tuple(
        Telop(
            text=each,
            box=BOX,
            start_s=start_s + at * 3.0,
            end_s=start_s + at * 3.0 + 2.5,
            confidence=confidence,
            frames=60,
            readings=(Reading(text=each, confidence=confidence, at_s=start_s + at * 3.0),),
        )
        for at, each in enumerate(texts)
    )
    segment = segment_id(job_id, index)
    return TelopsRead(job_id=job_id, segment_id=segment, index=index, telops=telops, engine=ENGINE, cost=COST)


def heard(job_id: str, index: int = 0, said: str = "") -> SpeechTranscribed:
    """A segment in which this was heard."""
    start_s = index * STEP_S + 1.0
    words = tuple(
        Word(text=word, start_s=start_s + at * 0.3, end_s=start_s + at * 0.3 + 0.25, confidence=0.9)
        for at, word in enumerate(said.split())
    )
    segment = segment_id(job_id, index)
    return SpeechTranscribed(job_id=job_id, segment_id=segment, index=index, words=words, engine=ENGINE, cost=COST)


def failed(job_id: str, index: int | None = 0, stage: str = STAGE_OCR) -> SegmentFailed:
    """A segment that a stage gave up on."""
    return SegmentFailed(job_id=job_id, stage=stage, index=index, reason="child_timeout", attempts=8)


@asynccontextmanager
async def running(found: Settings) -> AsyncIterator[Matcher]:
    """Run the matcher's workers until the block ends."""
    service = build(found)
    await service.database.start()
    for resource in service.resources:
        await resource.start()
    recorders = {each.model.TYPE: each for each in service.handlers if isinstance(each, Recorder)}
    others = {each.model.TYPE: each for each in service.handlers if not isinstance(each, Recorder)}
    workers = [
        Worker(service.database, recorders, found.work, concurrency=4),
        Worker(service.database, others, found.work, concurrency=2),
    ]
    tasks = [asyncio.create_task(each) for each in (*(worker.run() for worker in workers), _tend(service))]
    try:
        yield Matcher(service)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.database.stop()


async def _tend(service: Service) -> None:
    """Wake rows that are due, as a running service does."""
    while True:
        async with service.database.driver() as connection:
            if await inbox.tend(connection):
                service.database.notifications.send([(inbox_writes.CHANNEL, "")])
        try:
            await asyncio.wait_for(asyncio.Event().wait(), service.settings.work.poll_s)
        except TimeoutError:
            continue
