"""A whole Telopcheck on this machine, as processes: PostgreSQL, Kafka and the five services.

`local_stack` yields when every service is ready and leaves nothing running. The data folder holds everything:
databases, records, media, keys and ports, so that the next stack on it goes on where this one ended, however it ended.
Two at a time on one folder are refused.
"""

import asyncio
import fcntl
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from telop_cli.failures import Refused
from telop_cli.stack import embedded, kafka, ports, postgres, services, topics
from telop_cli.stack.jars import JarsMissing
from telop_cli.stack.nursery import Nursery
from telop_cli.stack.ports import HOST
from telop_cli.stack.processes import Folders, Program
from telop_cli.stack.services import SERVICES, Service, Surroundings
from telop_cli.stack.supervisor import Kept, Report, Supervisor

LOCAL_PARTITIONS = 3
"""Enough for two replicas of a service; each costs the broker time at every start."""
IN_USE = 75  # EX_TEMPFAIL of sysexits.h


@dataclass(frozen=True)
class Stack:
    """The addresses of a running stack."""

    ingest_url: str
    notifier_url: str
    api_key: str
    kafka: str
    broker_kind: str
    """`apache`, `embedded`, or `external` for a broker that was named by its address."""
    databases: dict[str, str]
    data: Path
    urls: dict[str, str]
    """Every service's base URL."""

    def line(self) -> str:
        """Returns the stack as one line of JSON."""
        return json.dumps({**asdict(self), "data": str(self.data)})


@asynccontextmanager
async def local_stack(
    data: Path,
    *,
    broker: str = "apache",
    report: Report,
    members: Sequence[Service] = SERVICES,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Stack]:
    """Runs a stack on the folder `data` for as long as the context lasts.

    `broker` is `apache`, `embedded` or `HOST:PORT`; `environment` is added to every service's. `report` gets a line
    whenever a person should know of something. Must be entered on the main thread. Raises Refused when it cannot start;
    when the embedded broker dies, for nobody could go on, the body is cancelled and Refused is raised.
    """
    folders = Folders(data)
    folders.create()
    with _alone(folders), _first_error():
        async with _warm_nursery() as nursery, Supervisor(folders, report) as supervisor:
            start = _Start(supervisor, broker, report, members, environment or {}, nursery)
            stack, mortal = await start.run()
            with _announced(folders, stack):
                async with _while_alive(mortal):
                    yield stack


@dataclass
class _Start:
    """How a stack comes up: what does not need each other comes up at the same time."""

    supervisor: Supervisor
    broker: str
    report: Report
    members: Sequence[Service]
    environment: Mapping[str, str]
    nursery: Nursery

    async def run(self) -> tuple[Stack, Kept | None]:
        """Returns the running stack, and the process without which it is lost, if there is one."""
        data = self.supervisor.folders.data
        (data / "objects").mkdir(exist_ok=True)
        keys = _secret(data / "api_key"), _secret(data / "cursor_key"), _secret(data / "secret_key", _sealing_key)
        chosen = ports.choose(data / "run" / "ports.json", [member.name for member in self.members])
        urls = {name: f"http://{HOST}:{port}" for name, port in chosen.items()}
        ingest, notifier = urls.get("ingest", ""), urls.get("notifier", "")
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.TaskGroup() as group:
            kafka_up = group.create_task(self._kafka(address))
            databases = await self._databases(keys[2])
            # The services take seconds to start: they do it while Kafka does, and wait for its topics themselves.
            around = Surroundings(data, await address, ingest, *keys, self.environment)
            for member in self.members:
                program = services.program(member, around, databases[member.name], chosen[member.name], self.nursery)
                group.create_task(self._serve(program, client, chosen[member.name], keys[0]))
        bootstrap, kind, mortal = kafka_up.result()
        return Stack(ingest, notifier, keys[0], bootstrap, kind, databases, data, urls), mortal

    async def _databases(self, sealing_key: str) -> dict[str, str]:
        await asyncio.gather(*(self.supervisor.clear(services.leftover(member)) for member in self.members))
        server = await postgres.start(self.supervisor)
        urls = {member.name: server.url(member.name) for member in self.members}
        await server.create(urls)
        await self.supervisor.run(services.migration(self.members, urls, sealing_key, self.nursery))
        return urls

    async def _kafka(self, address: asyncio.Future[str]) -> tuple[str, str, Kept | None]:
        if self.broker == "apache":
            try:
                bootstrap = await kafka.start(self.supervisor, address.set_result)
                return await self._with_topics(bootstrap, 1, LOCAL_PARTITIONS), "apache", None
            except JarsMissing as error:
                self.report(f"the jars of Apache Kafka cannot be had ({error}); the embedded broker stands in")
        elif self.broker != "embedded":
            address.set_result(self.broker)
            return await self._with_topics(self.broker, topics.BROKERS_DEFAULT, sys.maxsize), "external", None
        self.report(f"the embedded broker is not a real one: {embedded.LIMITS}")
        bootstrap, mortal = await embedded.start(self.supervisor)
        address.set_result(bootstrap)
        return bootstrap, "embedded", mortal

    async def _with_topics(self, bootstrap: str, replication: int, most_partitions: int) -> str:
        await topics.create(bootstrap, replication=replication, most_partitions=most_partitions)
        return bootstrap

    async def _serve(self, program: Program, client: httpx.AsyncClient, port: int, key: str) -> None:
        kept = await self.supervisor.keep(program, stage=services.STAGE)
        await kept.until(lambda: services.ready(client, port, key))


@contextmanager
def _announced(folders: Folders, stack: Stack) -> Iterator[None]:
    """Keeps `run/stack.json`, by which the other commands find the stack, for as long as it runs."""
    file = folders.data / "run" / "stack.json"
    _write_secret(file, stack.line())
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@asynccontextmanager
async def _warm_nursery() -> AsyncIterator[Nursery]:
    nursery = Nursery()
    await nursery.warm()
    try:
        yield nursery
    finally:
        await nursery.stop()


@asynccontextmanager
async def _while_alive(mortal: Kept | None) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(_watch(mortal)) if mortal else None
        yield
        if watch:
            watch.cancel()


async def _watch(mortal: Kept) -> None:
    await mortal.ended.wait()
    raise Refused("the embedded broker died, and every record with it; start again")


@contextmanager
def _first_error() -> Iterator[None]:
    try:
        yield
    except BaseExceptionGroup as group:
        refused = group.subgroup(Refused)
        error: BaseException = refused or group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def _access_key() -> str:
    return f"telop_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"  # 256 random bits, right for a cursor key too


def _sealing_key() -> str:
    return secrets.token_hex(32)  # AES-256, see telop_chassis.sealing


def _secret(file: Path, make: Callable[[], str] = _access_key) -> str:
    with suppress(FileNotFoundError):
        return file.read_text().strip()
    secret = make()
    _write_secret(file, secret)
    return secret


def _write_secret(file: Path, line: str) -> None:
    """Writes a file that its owner alone may read, all of it or nothing."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(line + "\n")
    unfinished.replace(file)


@contextmanager
def _alone(folders: Folders) -> Iterator[None]:
    with (folders.data / "run" / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Refused(f"a stack runs on {folders.data} already (process {holder})", status=IN_USE) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
        lock.truncate(0)
