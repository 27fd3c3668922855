"""`kill -9` of the notifier at any point repeats at most the attempts in flight, with the same ids and bytes.

The fault is fired by the receiver itself, or while a lock in the database is waited for, so that it hits the point that
is meant: within a claim, while the receiver holds an answer back, within a record, in the moment in which the receiver
has answered, and at odd times.
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from sqlalchemy import text
from telop_contracts.job.v1 import JobAccepted
from telop_notifier.app import build
from telop_notifier.clock import utc_now
from telop_notifier.endpoints import Endpoints

from tests.integration.notifier.harness import TENANT, Notifier, settings
from tests.integration.notifier.receiver import Received, read_request
from tests.support.databases import Databases
from tests.support.eventually import eventually, time_passes

Kill = Callable[..., Awaitable[None]]

EVENTS = 80
CONCURRENCY = 4
ODD_TIMES_S = (0.0, 0.01, 0.03)
pytestmark = pytest.mark.timeout(280)


@dataclass
class HoldingReceiver:
    """Answers 204 while its gate is open, and calls `answered` the moment an answer is written."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    answered: Callable[[], None] = lambda: None


@asynccontextmanager
async def holding() -> AsyncIterator[HoldingReceiver]:
    here = HoldingReceiver()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                here.received.append(await read_request(reader))
                await here.gate.wait()
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
                here.answered()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield here
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def start(url: str) -> asyncio.subprocess.Process:
    """Run the notifier as production does, but for a broker, which it waits for while it delivers."""
    variables = {
        "TELOP_ROLE": "worker",
        "TELOP_DATABASE__URL": url,
        "TELOP_KAFKA__BOOTSTRAP": "127.0.0.1:1",
        "TELOP_OBJECTS__URL": "memory:///",
        "TELOP_HTTP__CURSOR_KEY": "0" * 43,
        "TELOP_HTTP__PORT": "0",
        "TELOP_HTTP__DRAIN_S": "0",
        "TELOP_URLS__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "TELOP_NOTIFIER__PUBLIC_URL": "https://telop.example",
        "TELOP_NOTIFIER__SECRET_KEYS": "5e" * 32,
        "TELOP_NOTIFIER__TIMEOUT_S": "2",
        "TELOP_WORK__CONCURRENCY": str(CONCURRENCY),
        "TELOP_WORK__LEASE_S": "2",
        "TELOP_LOG__LEVEL": "ERROR",
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "telop_notifier", env=os.environ | variables)


async def in_flight(notifier: Notifier) -> set[tuple[str, str]]:
    """The deliveries that are leased, each with the token of its lease."""
    leased = text("SELECT id, CAST(lease_token AS text) FROM deliveries WHERE lease_until IS NOT NULL")
    async with notifier.service.database.engine.connect() as connection:
        return {(row[0], row[1]) for row in await connection.execute(leased)}


@asynccontextmanager
async def stuck(notifier: Notifier, lock: str, statement: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Hold rows, and say whether somebody's statement waits for them."""
    async with notifier.service.database.engine.connect() as connection:
        await connection.execute(text(lock))
        waits = (
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE :like"
        )

        async def waiting() -> bool:
            return bool(await notifier.scalar(waits, like=statement))

        yield waiting


async def killed_claiming(notifier: Notifier, here: HoldingReceiver, process: asyncio.subprocess.Process) -> None:
    """Kill it within the statement that leases, before that is committed."""
    lock = "SELECT 1 FROM deliveries WHERE status = 'pending' FOR UPDATE"
    async with stuck(notifier, lock, "%AS granted%") as waiting:
        await eventually(waiting, within_s=30)
        process.kill()
        await process.wait()


async def held(here: HoldingReceiver) -> None:
    """Wait until the receiver holds as many answers as the process makes attempts at a time."""
    before = len(here.received)

    async def arrived() -> bool:
        return len(here.received) >= before + CONCURRENCY

    await eventually(arrived, within_s=30)


async def killed_holding(notifier: Notifier, here: HoldingReceiver, process: asyncio.subprocess.Process) -> None:
    """Kill it while the receiver holds its answers."""
    await held(here)
    process.kill()


async def killed_recording(notifier: Notifier, here: HoldingReceiver, process: asyncio.subprocess.Process) -> None:
    """Kill it within the transaction that records, before that is committed."""
    await held(here)
    async with stuck(notifier, "SELECT 1 FROM lanes FOR UPDATE", "%FROM lanes WHERE endpoint_id = ANY%") as waiting:
        here.gate.set()
        await eventually(waiting, within_s=30)
        process.kill()
        await process.wait()


async def killed_having_answered(
    notifier: Notifier, here: HoldingReceiver, process: asyncio.subprocess.Process
) -> None:
    """Kill it in the moment in which an answer is written, before it can be recorded."""
    fired = asyncio.Event()

    def fire() -> None:
        if not fired.is_set():
            process.kill()
            fired.set()

    here.answered = fire
    here.gate.set()
    async with asyncio.timeout(30):
        await fired.wait()
    here.answered = lambda: None


async def killed_at_an_odd_time(
    notifier: Notifier, here: HoldingReceiver, process: asyncio.subprocess.Process, after_s: float
) -> None:
    """Kill it some time after something arrived: in a claim, a request, a record, or between them."""
    before = len(here.received)

    async def arrived() -> bool:
        return len(here.received) > before

    await eventually(arrived, within_s=30)
    await time_passes(after_s + random.random() / 100)
    process.kill()


KILLS: tuple[Kill, ...] = (
    killed_holding,
    killed_claiming,
    killed_recording,
    killed_having_answered,
    *(partial(killed_at_an_odd_time, after_s=after_s) for after_s in ODD_TIMES_S),
)


async def subscribe_and_publish(notifier: Notifier, here: HoldingReceiver) -> None:
    endpoints = next(each for each in notifier.service.provides if isinstance(each, Endpoints))
    values = {"url": here.url, "event_types": None, "description": "", "max_concurrency": 100}
    await endpoints.create(TENANT, values, headers={}, signature="v1")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    for number in range(EVENTS):
        await notifier.publish(JobAccepted(job_id=f"job-{number}", sequence=1, language="en", created_at=at))


async def kill_again_and_again(notifier: Notifier, here: HoldingReceiver, url: str) -> Counter[str]:
    """Return how often each delivery was in flight when its process died."""
    in_flight_at_death, known = Counter[str](), set[tuple[str, str]]()
    for kill in KILLS:
        process = await start(url)
        try:
            await kill(notifier, here, process)
        except BaseException:
            process.kill()
            raise
        assert await process.wait() == -signal.SIGKILL
        left = await in_flight(notifier) - known  # without those of an earlier process that have not run out yet
        assert len(left) <= CONCURRENCY
        in_flight_at_death.update(each for each, _ in left)
        known |= left
    return in_flight_at_death


async def test_a_killed_notifier_repeats_at_most_what_was_in_flight_with_the_same_id_and_bytes(
    databases: Databases,
) -> None:
    url = await databases.migrated("notifier")
    service = build(settings(url))
    await service.database.start()
    async with holding() as here, httpx.AsyncClient() as client:
        notifier = Notifier(service, client, utc_now)
        await subscribe_and_publish(notifier, here)
        repeatable = await kill_again_and_again(notifier, here, url)
        process = await start(url)

        async def all_delivered() -> bool:
            statement = "SELECT count(*) FROM deliveries WHERE status = 'succeeded'"
            return bool(await notifier.scalar(statement) == EVENTS)

        await eventually(all_delivered, within_s=60)
        process.terminate()
        assert await process.wait() == 0
    await service.database.stop()
    await databases.drop(url)

    arrivals = Counter(each.id for each in here.received)
    repeats = Counter({each: count - 1 for each, count in arrivals.items() if count > 1})
    assert len(arrivals) == len({(each.id, each.body) for each in here.received}) == EVENTS
    assert all(count <= repeatable[each] for each, count in repeats.items())
    # Those that were held, those that were being recorded, and one that was answered: the faults fired.
    assert sum(repeats.values()) >= 2 * CONCURRENCY + 1
