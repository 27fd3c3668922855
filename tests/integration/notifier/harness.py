"""Runs the notifier's handlers and API on a real database, without a broker: events go straight into its inbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import httpx
from pydantic import SecretStr
from sqlalchemy import text
from telop_chassis import access, inbox, inbox_writes
from telop_chassis.auth import hash_key, new_key
from telop_chassis.consumer import Incoming, decode
from telop_chassis.handlers import Handler
from telop_chassis.service import Loop, Service
from telop_chassis.settings import DatabaseSettings, HttpSettings, KafkaSettings, ObjectSettings, UrlSettings
from telop_chassis.worker import Worker
from telop_contracts.access.v1 import AccessChanged
from telop_contracts.codec import encode
from telop_contracts.envelope import Envelope, Event
from telop_notifier import lanes
from telop_notifier.app import build
from telop_notifier.clock import Clock, utc_now
from telop_notifier.settings import NotifierSettings, NotifierWork, Settings

from tests.support.eventually import eventually

TENANT = "acme"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def settings(database_url: str) -> Settings:
    """Settings with short times, which allow loopback."""
    return Settings(
        role="api",
        database=DatabaseSettings(url=SecretStr(database_url)),
        kafka=KafkaSettings(bootstrap="127.0.0.1:1"),
        objects=ObjectSettings(url="memory:///"),
        http=HttpSettings(cursor_key=SecretStr("test")),
        urls=UrlSettings(allowed_networks=(ip_network("127.0.0.0/8"),)),
        work=NotifierWork(lease_s=10, poll_s=0.05, drain_s=0.2),
        notifier=NotifierSettings(
            public_url="https://telop.example",
            secret_keys=SecretStr("5e" * 32),
            timeout_s=3,
            trace_url="https://traces.example/{trace_id}?all",
        ),
    )


@dataclass
class Notifier:
    """A running notifier. `client` calls its API with a key of `TENANT` that opens everything."""

    service: Service
    client: httpx.AsyncClient
    clock: Clock

    async def publish(self, event: Event, *, tenant: str = TENANT, event_id: str | None = None) -> str:
        """Put an event into the inbox, as the intake does, and return its id."""
        envelope = Envelope[Event](
            id=event_id or uuid4().hex,
            source="/services/ingest",
            type=event.TYPE,
            time=datetime.now(UTC),
            subject=event.subject,
            tenant=tenant,
            traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01",
            data=event,
        )
        record = encode(envelope)
        incoming = Incoming(record.topic, record.key, tuple(record.headers), record.value)
        arrival = decode(incoming, self.service.subscriptions()[event.TYPE], "test")
        async with self.service.database.driver() as connection:
            await inbox_writes.insert(connection, [arrival])
        self.service.database.notifications.send([(inbox_writes.CHANNEL, "")])
        return envelope.id

    async def key(self, *scopes: str, tenant: str = TENANT) -> str:
        """Make a known access key and return its text."""
        made = new_key().text.get_secret_value()
        known = AccessChanged(key_id=uuid4().hex, sequence=1, key_sha256=hash_key(made), tenant=tenant, scopes=scopes)
        async with self.service.database.transaction("store key") as transaction:
            await access.store(transaction, known)
        return made

    async def endpoint(self, url: str, **more: Any) -> tuple[str, str]:
        """Create an endpoint; returns its id and secret."""
        answer = await self.client.post("/v1/webhook-endpoints", json={"url": url, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["endpoint_id"], answer.json()["secret"]

    async def deliveries(self, endpoint_id: str) -> list[dict[str, Any]]:
        """The endpoint's log, newest first."""
        answer = await self.client.get(f"/v1/webhook-endpoints/{endpoint_id}/deliveries", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def until_log(self, endpoint_id: str, *expected: tuple[str, str]) -> list[dict[str, Any]]:
        """Wait until the log holds exactly these types and statuses, newest first, and return it."""

        async def holds() -> bool:
            found = [(each["event_type"], each["status"]) for each in await self.deliveries(endpoint_id)]
            return found == list(expected)

        await eventually(holds)
        return await self.deliveries(endpoint_id)

    async def until_idle(self) -> None:
        """Wait until nothing waits or runs; what is due later may be left."""
        busy = (
            "SELECT (SELECT count(*) FROM inbox WHERE status IN ('waiting', 'leased'))"
            " + (SELECT count(*) FROM deliveries WHERE lease_until IS NOT NULL)"
            " + (SELECT count(*) FROM lanes WHERE due_at <= :now)"
        )

        async def holds() -> bool:
            return bool(await self.scalar(busy, now=self.clock()) == 0)

        await eventually(holds)

    async def bring_forward(self) -> None:
        """Make every attempt due now that is due later, and every breaker closed."""
        await self.scalar("UPDATE inbox SET due_at = clock_timestamp() WHERE status = 'scheduled' RETURNING 1")
        await self.scalar(
            "UPDATE deliveries SET next_attempt_at = :now WHERE status = 'pending' RETURNING 1", now=self.clock()
        )
        await self.scalar("UPDATE lanes SET due_at = :now, open_until = NULL RETURNING 1", now=self.clock())
        self.service.database.notifications.send([(lanes.CHANNEL, "")])

    async def scalar(self, statement: str, **parameters: Any) -> Any:
        """Run one statement in the service's database."""
        async with self.service.database.engine.begin() as connection:
            return await connection.scalar(text(statement), parameters)

    async def published(self, topic: str) -> list[dict[str, Any]]:
        """What waits in the outbox for a topic."""
        async with self.service.database.engine.begin() as connection:
            query = text("SELECT convert_from(value, 'UTF8')::json FROM outbox WHERE topic = :topic ORDER BY id")
            return list((await connection.scalars(query, {"topic": topic})).all())


@asynccontextmanager
async def running(database_url: str, *, clock: Clock = utc_now, own: Settings | None = None) -> AsyncIterator[Notifier]:
    """Run workers and API until the end of the block."""
    service = build(own or settings(database_url), clock=clock)
    database = service.database
    handlers: dict[str, Handler[Any, Any]] = {each.model.TYPE: each for each in service.handlers}
    worker = Worker(database, handlers, service.settings.work, concurrency=16)
    await database.start()
    workers: list[Loop] = [worker, *service.loops]
    tasks = [*(asyncio.create_task(each.run()) for each in workers), asyncio.create_task(_tend(service))]
    transport = httpx.ASGITransport(app=service.app())
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            notifier = Notifier(service, client, clock)
            key = await notifier.key("webhooks:read", "webhooks:write", "admin")
            client.headers["authorization"] = f"Bearer {key}"
            yield notifier
    finally:
        await asyncio.gather(*(each.stop() for each in workers))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for resource in service.resources:
            await resource.stop()
        await database.stop()


async def _tend(service: Service) -> None:
    while True:
        async with service.database.driver() as connection:
            if await inbox.tend(connection):
                service.database.notifications.send([(inbox_writes.CHANNEL, "")])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), service.settings.work.poll_s)
