"""Runs ingest's API and handlers on a real database, without a broker: events go straight into its inbox."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from telop_chassis import access, inbox, inbox_writes
from telop_chassis.auth import hash_key, new_key
from telop_chassis.consumer import Incoming, decode
from telop_chassis.handlers import Recorder
from telop_chassis.health import Life
from telop_chassis.objects import ObjectStore
from telop_chassis.service import Service
from telop_chassis.settings import (
    AuthSettings,
    CacheSettings,
    DatabaseSettings,
    HttpSettings,
    KafkaSettings,
    ObjectSettings,
    UrlSettings,
    WorkSettings,
)
from telop_chassis.worker import Worker
from telop_contracts.access.v1 import SCOPES, AccessChanged
from telop_contracts.check.v1 import CheckedTelop, CheckResult
from telop_contracts.codec import encode
from telop_contracts.envelope import Envelope, Event
from telop_contracts.finding.v1 import Finding, WrongSpan
from telop_contracts.job.v1 import JobChecked
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import Reading, TelopsRead
from telop_contracts.values import Box, Cost, EngineFingerprint, ObjectRef
from telop_ingest.app import build
from telop_ingest.settings import IngestSettings, Settings

from tests.support.eventually import eventually

TENANT = "acme"
SEED_KEY = new_key().text.get_secret_value()
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
ENGINE = EngineFingerprint(name="test", version="1", model="none", settings_sha256="0" * 64)
COST = Cost(wall_s=0.1, media_s=1.0, engine_calls=1, device="cpu")
BOX = Box(x=1, y=2, width=3, height=4)


def settings(database_url: str, folder: Path, **ingest: Any) -> Settings:
    """Settings with short times, which allow loopback."""
    return Settings(
        role="api",
        database=DatabaseSettings(url=SecretStr(database_url)),
        kafka=KafkaSettings(bootstrap="127.0.0.1:1"),
        objects=ObjectSettings(url=f"file://{folder}/objects"),
        cache=CacheSettings(dir=folder / "cache"),
        http=HttpSettings(cursor_key=SecretStr("test")),
        auth=AuthSettings(seed_key=SecretStr(SEED_KEY), seed_tenant=TENANT),
        urls=UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),)),
        work=WorkSettings(lease_s=10, poll_s=0.05, drain_s=0.2),
        ingest=IngestSettings(**({"fetch_attempts": 1, "probe_attempts": 1, "events_poll_s": 0.5} | ingest)),
    )


@dataclass
class Ingest:
    """A running ingest, and what it logs. `client` shows it the seed key of `TENANT`."""

    service: Service
    app: FastAPI
    client: httpx.AsyncClient
    log: io.StringIO

    async def publish(self, event: Event, *, tenant: str = TENANT, event_id: str | None = None) -> str:
        """Put an event into the inbox, as the intake does, and return its id."""
        envelope = Envelope[Event](
            id=event_id or uuid4().hex,
            source="/services/test",
            type=event.TYPE,
            time=datetime.now(UTC),
            subject=event.subject,
            tenant=tenant,
            traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01",
            data=event,
        )
        record = encode(envelope)
        await self.publish_raw(record.topic, record.key, record.headers, record.value)
        return envelope.id

    async def publish_raw(
        self, topic: str, key: bytes | None, headers: tuple[tuple[str, bytes], ...], value: bytes
    ) -> None:
        """Put a record into the inbox, whatever it is."""
        arrival = decode(Incoming(topic, key, headers, value), self.service.subscriptions()[topic], uuid4().hex)
        async with self.service.database.driver() as connection:
            await inbox_writes.insert(connection, [arrival])
        self.service.database.notifications.send([(inbox_writes.CHANNEL, "")])

    async def stranger(self, *scopes: str, tenant: str = "other") -> httpx.AsyncClient:
        """Return a client with a key of another tenant; all scopes, if none are named."""
        made = new_key().text.get_secret_value()
        known = AccessChanged(
            key_id=uuid4().hex, sequence=1, key_sha256=hash_key(made), tenant=tenant, scopes=scopes or SCOPES
        )
        async with self.service.database.transaction("store key") as transaction:
            await access.store(transaction, known)
        return client_of(self.app, made)

    async def upload(self, content: bytes) -> str:
        """Upload a file and return its id."""
        answer = await self.client.post("/v1/media", content=content)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["media_id"])

    async def start(self, content: bytes, **more: Any) -> str:
        """Upload a file, start a job on it and return the job's id."""
        body = {"media": {"media_id": await self.upload(content)}, "language": "en", **more}
        answer = await self.client.post("/v1/jobs", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    async def job(self, job_id: str) -> dict[str, Any]:
        """The job as the API shows it."""
        answer = await self.client.get(f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """Wait until the job has one of these statuses, and return it."""

        async def holds() -> bool:
            return (await self.job(job_id))["status"] in statuses

        await eventually(holds)
        return await self.job(job_id)

    async def until_idle(self) -> None:
        """Wait until no row waits or runs; rows that are due later may be left."""

        async def holds() -> bool:
            return bool(await self.scalar("SELECT count(*) FROM inbox WHERE status IN ('waiting', 'leased')") == 0)

        await eventually(holds)

    async def scalar(self, statement: str, **parameters: Any) -> Any:
        """Run one statement in the service's database."""
        async with self.service.database.engine.begin() as connection:
            return await connection.scalar(text(statement), parameters)

    async def published(self, topic: str) -> list[dict[str, Any]]:
        """What waits in the outbox for a topic, in order."""
        async with self.service.database.engine.begin() as connection:
            statement = text("SELECT value FROM outbox WHERE topic = :topic ORDER BY id")
            return [json.loads(row.value) for row in await connection.execute(statement, {"topic": topic})]

    async def read(self, job_id: str, index: int = 0) -> None:
        """Say that a segment was read."""
        segment = f"{job_id}:{index}"
        await self.publish(
            TelopsRead(job_id=job_id, segment_id=segment, index=index, telops=(), engine=ENGINE, cost=COST)
        )

    async def heard(self, job_id: str, index: int = 0, *, cost: Cost = COST, not_biased: tuple[str, ...] = ()) -> None:
        """Say that a segment was transcribed."""
        event = SpeechTranscribed(
            job_id=job_id,
            segment_id=f"{job_id}:{index}",
            index=index,
            words=(),
            engine=ENGINE,
            cost=cost,
            not_biased=not_biased,
        )
        await self.publish(event)

    async def checked(self, job_id: str, result: CheckResult, **more: Any) -> str:
        """Say that a job was checked with this result; returns the event's id."""
        ref = await self.put(f"tenants/{TENANT}/jobs/{job_id}/result.json", result.model_dump_json().encode())
        event = JobChecked(
            job_id=job_id,
            **({"verdict": "warn", "counts": {"issue": len(result.findings)}, "unchecked": (), "result": ref} | more),
        )
        return await self.publish(event)

    async def put(self, key: str, data: bytes) -> ObjectRef:
        """Store an object."""
        return await ObjectStore(self.service.settings.objects).put_bytes(key, data)


def a_result(job_id: str, *, findings: int = 2, still: ObjectRef | None = None, pieces: int = 3) -> CheckResult:
    """Make a result whose findings come in reverse order of time."""
    return CheckResult(
        findings=tuple(
            Finding(
                finding_id=f"{job_id}:f{index}",
                kind="spelling",
                severity="issue",
                start_s=float(findings - index),
                end_s=float(findings - index) + 0.5,
                written=f"teh {index}\u0000",
                heard="the",
                wrong=WrongSpan(text="teh", start=0, end=3),
                suggestion="the",
                relation="verbatim",
                blame="caption",
                confidence=0.9,
                reasons=("not_a_word",),
                box=BOX,
                still=still,
                mistake_id=f"mistake-{index}",
            )
            for index in range(findings)
        ),
        telops=tuple(map(_a_ticker, range(pieces))),
        words=tuple(
            Word(text=f"word{index}", start_s=float(index), end_s=float(index) + 0.5, confidence=1.0)
            for index in range(pieces)
        ),
    )


def _a_ticker(index: int) -> CheckedTelop:
    text, at_s = f"telop {index}", float(index)
    return CheckedTelop(
        text=text,
        kind="ticker",
        box=BOX,
        start_s=at_s,
        end_s=at_s + 1,
        confidence=0.8,
        frames=25,
        readings=(Reading(text=text, confidence=0.8, at_s=at_s),),
    )


def client_of(app: FastAPI, key: str) -> httpx.AsyncClient:
    """Return a client of the application that shows this key."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers, timeout=20)


@asynccontextmanager
async def running(found: Settings, log: io.StringIO) -> AsyncIterator[Ingest]:
    """Run ingest's API and workers until the block ends."""
    service = build(found)
    await service.database.start()
    for resource in service.resources:
        await resource.start()
    recorders = {each.model.TYPE: each for each in service.handlers if isinstance(each, Recorder)}
    others = {each.model.TYPE: each for each in service.handlers if not isinstance(each, Recorder)}
    workers = [
        Worker(service.database, recorders, found.work, concurrency=2),
        Worker(service.database, others, found.work, concurrency=2),
    ]
    tasks = [asyncio.create_task(each) for each in (*(worker.run() for worker in workers), _tend(service))]
    app = service.app(Life())
    try:
        async with client_of(app, SEED_KEY) as client:
            yield Ingest(service, app, client, log)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for resource in service.resources:
            await resource.stop()
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
