"""The command line against a running stack, as an operator types it."""

import subprocess
import sys
from uuid import uuid4

import httpx
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
