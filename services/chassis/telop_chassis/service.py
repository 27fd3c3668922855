"""A service: what `build(settings)` returns, and its life from start to stop.

Building opens nothing. In the role `api` it serves HTTP; in the role `worker` it consumes, works and relays, with
HTTP for health and dead letters only; `all` does both in one process.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI
from opentelemetry.metrics import get_meter
from telop_contracts.envelope import Event
from telop_contracts.media.v1 import MediaPublished

from telop_chassis import inbox, migrating
from telop_chassis.auth import AccessKeys
from telop_chassis.backlog import EVERY_S as MEASURE_EVERY_S
from telop_chassis.backlog import Backlog
from telop_chassis.consumer import Intake, Subscription
from telop_chassis.database import Database
from telop_chassis.dead_letters import DeadLetters
from telop_chassis.failures import describe
from telop_chassis.handlers import Handler, Recorder
from telop_chassis.health import Life
from telop_chassis.http import create_app
from telop_chassis.relay import Relay
from telop_chassis.settings import ServiceSettings
from telop_chassis.version import VERSION
from telop_chassis.worker import Held, Worker

RELAYS: Final = 2
RECORDING_CONCURRENCY: Final = 4
PURGE_EVERY_S: Final = 3600.0
PURGE_AGAIN_S: Final = 60.0
RETRY_S: Final = 1.0
STOP_GRACE_S: Final = 5.0
_log = structlog.get_logger(__name__)


class Resource(Protocol):
    """Something heavy that is opened once in the service's life."""

    async def start(self) -> object:
        """Open it."""

    async def stop(self) -> object:
        """Close it."""


class Loop(Protocol):
    """Work of its own kind that a worker process does beside its inbox."""

    async def run(self) -> None:
        """Work until `stop`."""

    async def stop(self) -> None:
        """Finish or give back what runs; may be called more than once."""


@dataclass(frozen=True)
class Service:
    """Everything that makes up one service."""

    name: str
    settings: ServiceSettings
    database: Database
    handlers: Sequence[Handler[Any, Any]]
    publishes: frozenset[type[Event]]
    migrations: str
    """The package with the service's Alembic history."""
    routers: Sequence[APIRouter] = ()
    provides: Sequence[object] = ()
    resources: Sequence[Resource] = ()
    loops: Sequence[Loop] = ()
    purges: Sequence[Callable[[], Awaitable[object]]] = ()
    """What deletes what is too old: called when a worker process starts and every hour."""
    held: Held = tuple

    @property
    def works(self) -> bool:
        """Whether this process consumes, works and relays."""
        return self.settings.role in ("all", "worker")

    def subscriptions(self) -> dict[str, Subscription]:
        """Return what the service consumes, by topic; a topic that outsiders write is mapped to its tenant."""
        found: dict[str, Subscription] = {}
        for handler in self.handlers:
            model = handler.model
            if not issubclass(model, Event):
                continue
            if model is MediaPublished:
                for topic, tenant in self.settings.intake.tenants.items():
                    found[topic] = Subscription(model, handler.outlives_job, tenant)
            else:
                found[self.settings.kafka.topic_prefix + model.TYPE] = Subscription(model, handler.outlives_job)
        return found

    def app(self, life: Life | None = None) -> FastAPI:
        """Build the HTTP application; its lifespan is the service's life."""
        life = life or Life()
        running = _Running(self, life)
        return create_app(
            name=self.name,
            settings=self.settings.http,
            routers=self.routers if self.settings.role != "worker" else (),
            provides=self.provides,
            access_keys=AccessKeys(self.database),
            dead_letters=DeadLetters(
                self.database,
                self.subscriptions(),
                outliving={each.model.TYPE for each in self.handlers if each.outlives_job},
            ),
            life=life,
            checks={
                "database": running.check_database,
                "broker": running.check_broker,
                "migration": running.check_migration,
            },
            lifespan=running.lifespan,
        )


class _Running:
    """The running parts of one process."""

    def __init__(self, service: Service, life: Life) -> None:
        self._service = service
        self._life = life
        self._newest_migration = False
        self._intake_started = False
        settings, database = service.settings, service.database
        self._intake = Intake(database, settings.kafka, service=service.name, subscriptions=service.subscriptions())
        recorders = {each.model.TYPE: each for each in service.handlers if isinstance(each, Recorder)}
        workers = {each.model.TYPE: each for each in service.handlers if not isinstance(each, Recorder)}
        self._workers: list[Loop] = [
            Worker(database, recorders, settings.work, concurrency=RECORDING_CONCURRENCY),
            *service.loops,
        ]
        if workers:
            concurrency = settings.work.concurrency
            self._workers.append(Worker(database, workers, settings.work, concurrency=concurrency, held=service.held))
        self._relays = [Relay(database, settings.kafka) for _ in range(RELAYS)]

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        service = self._service
        async with AsyncExitStack() as stack:
            stack.push_async_callback(service.database.stop)
            try:
                await service.database.start()
                for resource in service.resources:
                    stack.push_async_callback(resource.stop)
                await asyncio.gather(*(resource.start() for resource in service.resources))
            except Exception:
                _log.error("start_failed", exc_info=True)  # uvicorn writes a traceback, of which no line may leave
                raise
            if service.works:
                await stack.enter_async_context(self._working())
            yield

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for relay in self._relays:
                stack.push_async_callback(_background(relay.run(), "relay"))
            stack.push_async_callback(_background(self._tend(), "tend"))
            stack.push_async_callback(_background(self._purge(), "purge"))
            for worker in self._workers:
                stack.push_async_callback(_background(worker.run(), "worker", grace_s=STOP_GRACE_S))
            stack.push_async_callback(self._stop_work)
            stack.push_async_callback(_background(self._drain(), "drain"))
            stack.push_async_callback(self._intake.stop)
            stack.push_async_callback(_background(self._start_intake(), "intake"))
            yield

    async def _start_intake(self) -> None:
        while True:
            try:
                await self._intake.start()
            except (KafkaError, OSError) as error:
                _log.warning("broker_unavailable", error=describe(error))
                await asyncio.sleep(RETRY_S)
            else:
                self._intake_started = True
                return

    async def _drain(self) -> None:
        """Stop claiming as soon as the process is told to end, while HTTP still answers."""
        await self._life.wait_draining()
        await self._stop_work()

    async def _stop_work(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def _tend(self) -> None:
        """Take back leases that ran out, wake rows that are due, and measure what waits."""
        database, loop = self._service.database, asyncio.get_running_loop()
        backlog, measured = Backlog(get_meter("telopcheck", VERSION)), 0.0
        while True:
            try:
                async with database.driver() as connection:
                    if await inbox.tend(connection):
                        database.notifications.send([("telop_inbox", "")])
                    if loop.time() - measured > MEASURE_EVERY_S:
                        await backlog.measure(connection)
                        measured = loop.time()
            except Exception as error:  # noqa: BLE001 - tending goes on when the database is back
                _log.warning("tend_failed", error=describe(error))
            await asyncio.sleep(self._service.settings.work.poll_s)

    async def _purge(self) -> None:
        """Now and then delete what is too old: beside everything else, for it may take minutes."""
        while True:
            try:
                async with self._service.database.driver() as connection:
                    await inbox.purge(connection)
                for purge in self._service.purges:
                    await purge()
            except Exception as error:  # noqa: BLE001 - it goes on when the database is back
                _log.warning("purge_failed", error=describe(error))
                await asyncio.sleep(PURGE_AGAIN_S)
            else:
                await asyncio.sleep(PURGE_EVERY_S)

    async def check_database(self) -> bool:
        async with self._service.database.driver() as connection:
            return bool(await connection.fetchval("SELECT true"))

    async def check_broker(self) -> bool:
        if not self._service.works:
            return True
        return self._intake_started and await self._intake.ping()

    async def check_migration(self) -> bool:
        if not self._newest_migration:
            self._newest_migration = await migrating.is_newest(self._service.database, self._service.migrations)
        return self._newest_migration


def _background(
    work: Coroutine[Any, Any, None], name: str, *, grace_s: float = 0.0
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Start a task and return what cancels it, after a time to end by itself, and waits for its end."""
    task = asyncio.create_task(work, name=name)

    async def end() -> None:
        if grace_s:
            await asyncio.wait({task}, timeout=grace_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return end
