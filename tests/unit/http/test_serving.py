"""A served process ends without dropping what it had taken on."""

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi.sse import ServerSentEvent
from telop_chassis.health import Life

ENDS_S = 20.0
"""However busy the machine is; what must not happen in these tests never ends by itself, or after `drain_s`."""


@asynccontextmanager
async def _served(drain_s: float, shutdown_s: float = 5) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.http.served", "0", str(drain_s), str(shutdown_s),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert process.stderr is not None
    async for line in process.stderr:
        if b"Uvicorn running" in line:
            break
    port = int(re.findall(rb"127\.0\.0\.1:(\d+)", line)[0])
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ENDS_S) as client:
        try:
            yield process, client
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), ENDS_S)).decode().strip()


async def test_while_draining_readiness_is_503_and_the_listener_still_accepts() -> None:
    async with _served(drain_s=30) as (process, client):
        assert (await client.get("/readyz")).status_code == 200
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(ENDS_S):
            while (ready := await client.get("/readyz")).status_code == 200:
                pass
        assert (ready.status_code, ready.headers["connection"]) == (503, "close")
        assert (await client.get("/healthz")).status_code == 200


async def test_a_running_request_finishes_and_only_then_the_lifespan_closes() -> None:
    async with _served(drain_s=0.2) as (process, client):
        running = asyncio.create_task(client.get("/until-closing"))
        assert await _line(process) == "request started"
        process.send_signal(signal.SIGTERM)
        assert (await running).json() == "done"
        assert [await _line(process) for _ in range(3)] == ["request works on", "lifespan closed", "returned"]
        assert await process.wait() == 0


async def test_a_stream_ends_with_a_hint_to_come_back() -> None:
    async with _served(drain_s=0.2) as (process, client), client.stream("GET", "/events") as answer:
        chunks = answer.aiter_text()
        assert 'data: "first"' in await anext(chunks)
        process.send_signal(signal.SIGTERM)
        rest = "".join([chunk async for chunk in chunks])
        assert "retry: 1000" in rest
        assert await asyncio.wait_for(process.wait(), ENDS_S) == 0


async def test_a_request_that_never_ends_is_cut_off_at_the_limit() -> None:
    async with _served(drain_s=0, shutdown_s=1) as (process, client):
        running = asyncio.create_task(client.get("/for-ever"))
        assert await _line(process) == "request started"
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert (await running).status_code == 500
        assert [await _line(process) for _ in range(2)] == ["lifespan closed", "returned"]
        assert 0.9 <= time.monotonic() - asked < ENDS_S


async def test_a_second_signal_does_not_wait() -> None:
    async with _served(drain_s=60, shutdown_s=60) as (process, client):
        running = asyncio.create_task(client.get("/for-ever"))
        assert await _line(process) == "request started"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(ENDS_S):
            while (await client.get("/readyz")).status_code == 200:
                pass
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), ENDS_S) == 0
        assert (await running).status_code == 500


async def test_a_stream_whose_reader_leaves_closes_its_source() -> None:
    closed = asyncio.Event()

    async def source() -> AsyncIterator[ServerSentEvent]:
        try:
            yield ServerSentEvent(id="1")
            await asyncio.Event().wait()
        finally:
            closed.set()

    stream = Life().stream(source())
    assert (await anext(stream)).id == "1"
    reading = asyncio.ensure_future(anext(stream))
    await asyncio.wait([reading], timeout=0.01)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert closed.is_set()
