"""`telop webhook` against a running notifier, as a subscriber types it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from tests.integration.notifier.harness import Notifier
from tests.integration.notifier.receiver import receiver
from tests.support.eventually import eventually


class Subscriber:
    """Runs commands with the address of the notifier and a key."""

    def __init__(self, url: str, key: str) -> None:
        self._reach = ("--url", url, "--key", key)

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        command = ("-m", "telop_cli", "webhook", *arguments, *self._reach)
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=pipe, stderr=pipe, env=os.environ | {"COLUMNS": "200"}
        )

    async def run(self, *arguments: str) -> tuple[int | None, str, str]:
        """Returns exit status, output and errors."""
        process = await self.start(*arguments)
        async with asyncio.timeout(60):
            said, errors = await process.communicate()
        return process.returncode, said.decode(), errors.decode()


@pytest.fixture
async def subscriber(notifier: Notifier) -> AsyncIterator[Subscriber]:
    config = uvicorn.Config(notifier.service.app(), port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Subscriber(f"http://127.0.0.1:{port}", await notifier.key("webhooks:read", "webhooks:write"))
    server.should_exit = True
    await serving


@asynccontextmanager
async def listening(subscriber: Subscriber) -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """`telop webhook listen --register`: the id of its endpoint, and what it prints."""
    process = await subscriber.start("listen", "--register", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while b"registered as" not in (line := await process.stderr.readline()):
            assert line, "it ended before it was registered"
        yield line.decode().split()[-1], process.stdout
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_a_subscriber_listens_sends_a_test_and_replays_it(notifier: Notifier, subscriber: Subscriber) -> None:
    async with listening(subscriber) as (endpoint, heard):
        status, said, errors = await subscriber.run("send-test", endpoint)
        assert (status, errors) == (0, "")
        attempt, end = said.splitlines()
        assert attempt.startswith("attempt 1 ")
        assert "HTTP 204" in attempt
        delivery = end.split()[1]
        assert end == f"delivery {delivery} succeeded"
        first = json.loads(await heard.readline())
        assert (first["webhook-id"], first["verified"]) == (delivery, True)

        status, said, _ = await subscriber.run("replay", delivery, "--json")
        assert status == 0
        attempt, end = map(json.loads, said.splitlines())
        assert (attempt["number"], attempt["status_code"], end["status"]) == (2, 204, "succeeded")
        assert json.loads(await heard.readline()) | {"webhook-timestamp": ""} == first | {"webhook-timestamp": ""}

        status, said, _ = await subscriber.run("replay", "--endpoint", endpoint, "--since", "2h", "--missed")
        assert (status, said.startswith(f"sending again what failed at {endpoint} since ")) == (0, True)
    listed = (await notifier.client.get("/v1/webhook-endpoints")).json()["items"]
    assert listed == []


async def test_a_test_that_does_not_arrive_is_told_with_its_next_attempt(
    notifier: Notifier, subscriber: Subscriber
) -> None:
    async with receiver(500) as here:
        endpoint, _ = await notifier.endpoint(here.url)
        status, said, errors = await subscriber.run("send-test", endpoint, "--wait", "2")
    assert (status, errors) == (1, "")
    assert "HTTP 500" in said
    assert "pending (http_status), next attempt at 20" in said


@pytest.mark.parametrize("arguments", [("send-test", "ep_unknown"), ("replay", "msg_unknown")])
async def test_what_does_not_exist_is_one_line(subscriber: Subscriber, arguments: tuple[str, str]) -> None:
    status, said, errors = await subscriber.run(*arguments)
    assert (status, said) == (1, "")
    assert errors.startswith("telop: HTTP 404")
    assert errors.count("\n") == 1
