"""The command line against a running stack, as an operator types it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import IO
from uuid import uuid4

import httpx
from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection

from tests.end_to_end.test_poison import poison
from tests.support.eventually import eventually


def telop(connection: Connection, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "telop_cli", *arguments, "--data", connection.data]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def status(connection: Connection, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{connection.ingest_url}/v1/jobs", headers=headers, trust_env=False).status_code


async def test_a_key_is_created_works_is_listed_and_is_refused_once_revoked(connection: Connection) -> None:
    key = telop(connection, "keys", "create", "playout", "--scope", "jobs:read").stdout.strip()
    assert status(connection, key) == 200
    (listed,) = [line for line in telop(connection, "keys", "list").stdout.splitlines() if line.endswith("\tplayout")]
    assert "jobs:read" in listed
    assert key not in listed
    assert telop(connection, "keys", "revoke", listed.split("\t")[0]).returncode == 0

    async def is_refused() -> bool:
        return status(connection, key) == 401

    await eventually(is_refused)


async def test_a_dead_letter_is_listed_with_its_reason_and_not_requeued_while_it_is_no_event(
    connection: Connection,
) -> None:
    job_id = f"job-{uuid4().hex}"
    poison(connection, "segment.planned.v1", job_id)
    found: list[str] = []

    async def is_listed() -> bool:
        lines = telop(connection, "dead-letters", "list", "--service", "ocr").stdout.splitlines()
        found[:] = [line for line in lines if job_id in line]
        return bool(found)

    await eventually(is_listed)
    assert found[0].split("\t")[4] == "not_json"
    refused = telop(connection, "dead-letters", "requeue", found[0].split("\t")[1], "--service", "ocr")
    assert refused.returncode != 0
    assert "still cannot be decoded" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_service_that_does_not_exist_is_refused_in_one_line(connection: Connection) -> None:
    refused = telop(connection, "dead-letters", "list", "--service", "cat")
    assert refused.returncode == 2
    assert refused.stderr.startswith("telop: there is no service cat")


def _forward(lines: IO[str], heard: "Queue[dict[str, object]]") -> None:
    for line in lines:
        heard.put(json.loads(line))


@contextmanager
def listening(connection: Connection) -> Iterator[tuple[str, Queue[dict[str, object]]]]:
    """`telop webhook listen --register`: the id of its endpoint, and what it prints."""
    command = [
        sys.executable,
        "-m",
        "telop_cli",
        "webhook",
        "listen",
        "--register",
        "--json",
        "--data",
        connection.data,
    ]
    heard: Queue[dict[str, object]] = Queue()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = ""
        while "registered as" not in said:
            said = process.stderr.readline()
            assert said, "it ended before it was registered"
        output = process.stdout
        reader = Thread(target=_forward, args=(output, heard))
        reader.start()
        yield said.split()[-1], heard
        process.terminate()
        assert process.wait(timeout=20) == 0
        reader.join()


def test_a_subscriber_listens_sends_a_test_and_replays_it(connection: Connection, client: Client) -> None:
    with listening(connection) as (endpoint, heard):
        sent = telop(connection, "webhook", "send-test", endpoint)
        assert sent.returncode == 0, sent.stderr
        attempt, end = sent.stdout.splitlines()
        assert attempt.startswith("attempt 1 ")
        assert "HTTP 204" in attempt
        delivery = end.split()[1]
        assert end == f"delivery {delivery} succeeded"
        first = heard.get(timeout=20)
        assert (first["webhook-id"], first["verified"]) == (delivery, True)

        again = telop(connection, "webhook", "replay", delivery)
        assert again.returncode == 0, again.stderr
        second = heard.get(timeout=20)
        assert (second["webhook-id"], second["verified"], second["body"]) == (delivery, True, first["body"])

        all_failed = telop(connection, "webhook", "replay", "--endpoint", endpoint, "--since", "2h")
        assert all_failed.returncode == 0, all_failed.stderr
        unknown = telop(connection, "webhook", "send-test", "ep_unknown")
        assert (unknown.returncode, len(unknown.stderr.splitlines())) == (1, 1)
    gone = telop(connection, "webhook", "send-test", endpoint)
    assert gone.returncode == 1
