"""A whole stack, with services that cost nothing: what happens to its processes, and what stays on the disk."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.support.eventually import eventually

TOPIC = "media.published.v1"
STARTS_WITHIN_S = 120  # on a machine that does other things; 4 s on an idle one


@dataclass
class Run:
    """A stack in a process of its own."""

    process: asyncio.subprocess.Process
    data: Path

    async def stack(self) -> dict[str, Any]:
        """Waits for the first line of standard output."""
        assert self.process.stdout
        async with asyncio.timeout(STARTS_WITHIN_S):
            line = await self.process.stdout.readline()
        assert line, await self.said()
        return dict(json.loads(line))

    async def said(self) -> str:
        """Returns what it wrote to standard error, once it has ended."""
        async with asyncio.timeout(STARTS_WITHIN_S):
            return (await self.process.communicate())[1].decode()

    async def reported(self, part: str) -> str:
        """Waits for a line on standard error that contains `part`."""
        assert self.process.stderr
        async with asyncio.timeout(STARTS_WITHIN_S):
            while part not in (line := (await self.process.stderr.readline()).decode()):
                assert line
        return line

    def pid(self, program: str) -> int:
        """Returns the id that the pid file of a program holds."""
        return int((self.data / "run" / f"{program}.pid").read_text())

    def pids(self) -> list[int]:
        """Returns the ids of all pid files."""
        return [int(file.read_text()) for file in (self.data / "run").glob("*.pid")]


@asynccontextmanager
async def running(data: Path, broker: str = "embedded", **environment: str) -> AsyncIterator[Run]:
    """Runs a stack, and ends it if the test did not."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.stack.runner", str(data), broker),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environment,
    )
    run = Run(process, data)
    try:
        yield run
    finally:
        if process.returncode is None:
            process.terminate()
        await run.said()


def alive(pid: int) -> bool:
    """Returns whether a process runs; one that has ended and was not asked about does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_sigterm_ends_every_process_and_is_no_error(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as run:
        await run.stack()
        pids = run.pids()
        assert len(pids) == 4
        run.process.terminate()
        assert await run.process.wait() == 0
    assert not any(alive(pid) for pid in pids)
    assert run.pids() == []


async def test_a_service_that_is_killed_is_reported_and_started_again(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as run:
        await run.stack()
        before = run.pid("ocr")
        os.kill(before, signal.SIGKILL)
        assert "SIGKILL" in await run.reported("ocr ended")

        async def another() -> bool:
            return run.pid("ocr") != before and alive(run.pid("ocr"))

        await eventually(another)


async def test_a_database_server_that_is_killed_comes_back_with_its_data(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as run:
        url = (await run.stack())["databases"]["ingest"]
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        os.kill(run.pid("postgres"), signal.SIGKILL)
        connection.terminate()
        await run.reported("postgres ended")

        async def answers() -> bool:
            try:
                again = await asyncpg.connect(url)
            except (OSError, asyncpg.PostgresError):
                return False
            number = await again.fetchval("SELECT number FROM kept")
            await again.close()
            return bool(number == 1)

        await eventually(answers, within_s=30)


async def test_a_second_stack_on_the_same_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as first:
        await first.stack()
        async with running(tmp_path / "data") as second:
            said = await second.said()
            assert second.process.returncode == 75
            assert said.splitlines() == [
                f"telop: a stack runs on {tmp_path / 'data'} already (process {first.process.pid})"
            ]


async def test_a_service_that_cannot_start_ends_the_stack_with_its_last_words(tmp_path: Path) -> None:
    async with running(tmp_path / "data", TELOP_TEST_LAST_WORDS="the model is missing") as run:
        said = await run.said()
        assert run.process.returncode == 1
        assert "does not start: the model is missing" in said.splitlines()[-1]
        assert "Traceback" not in said
    assert run.pids() == []


async def test_the_end_of_the_embedded_broker_ends_the_stack(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as run:
        await run.stack()
        os.kill(run.pid("embedded"), signal.SIGKILL)
        assert "the embedded broker died" in (await run.said()).splitlines()[-1]
        assert run.process.returncode == 1
    assert run.pids() == []


async def test_after_sigkill_of_everything_the_next_stack_has_the_same_keys_rows_and_records(tmp_path: Path) -> None:
    async with running(tmp_path / "data", "apache") as run:
        first = await run.stack()
        connection = await asyncpg.connect(first["databases"]["ingest"])
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        await connection.close()
        if first["broker_kind"] != "apache":
            pytest.skip("Kafka's jars cannot be had")
        async with AIOKafkaProducer(bootstrap_servers=first["kafka"]) as producer:
            await producer.send_and_wait(TOPIC, b"kept")
        before = run.pids()
        run.process.kill()
        for pid in before[1:]:  # the first is left for the next stack to end
            with suppress(ProcessLookupError):  # it ended with its starter
                os.kill(pid, signal.SIGKILL)
        await run.said()

    async with running(tmp_path / "data", "apache") as run:
        second = await run.stack()
        assert second == first
        assert not any(alive(pid) for pid in before)
        connection = await asyncpg.connect(second["databases"]["ingest"])
        assert await connection.fetchval("SELECT number FROM kept") == 1
        await connection.close()
        async with AIOKafkaConsumer(TOPIC, bootstrap_servers=second["kafka"], auto_offset_reset="earliest") as consumer:
            assert (await consumer.getone()).value == b"kept"
