"""A poison record in any topic of a running job: the job ends with its reason, and its neighbour succeeds."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.otlp import SpanReceiver
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth

from tests.support.eventually import eventually

truth = Truth.read(ASSETS / TRUTH)


def poison(connection: Connection, topic: str, job_id: str, value: bytes = b"\x00 no event") -> None:
    """Publish something that claims to belong to a job and is no event."""
    headers: list[tuple[str, str | bytes | None]] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", uuid4().hex.encode()),
        ("ce_source", b"/somebody"),
        ("ce_type", topic.encode()),
        ("ce_time", b"2026-01-01T00:00:00Z"),
        ("ce_subject", job_id.encode()),
        ("ce_tenantid", b"demo"),
    ]
    producer = Producer({"bootstrap.servers": connection.kafka})
    producer.produce(topic, value=value, key=job_id.encode(), headers=headers)
    assert producer.flush(20) == 0


@pytest.mark.parametrize("topic", ["segment.planned.v1", "telops.read.v1", "job.checked.v1"])
def test_a_poison_record_ends_its_job_and_nobody_elses(client: Client, connection: Connection, topic: str) -> None:
    media_id = client.upload(ASSETS / CLIP)
    request: dict[str, Any] = {"media": {"media_id": media_id}, **truth.request}
    poisoned, neighbour = client.start(request)["job_id"], client.start(request)["job_id"]

    poison(connection, topic, poisoned)

    *_, ended = client.follow(poisoned)
    *_, fine = client.follow(neighbour)
    assert (ended["status"], ended["error"]["reason"]) == ("failed", "not_json")
    assert fine["status"] == "succeeded"
    assert [letter["reason"] for letter in client.dead_letters() if letter["subject"] == poisoned] in ([], ["not_json"])


async def test_no_log_line_and_no_span_repeats_what_a_poison_holds(
    client: Client, connection: Connection, spans: SpanReceiver
) -> None:
    job_id = f"job-{uuid4().hex}"
    poison(connection, "telops.read.v1", job_id, b'{"job_id": 1, "MARKERFIELD": "MARKER of a caption"}')

    async def is_dead() -> bool:
        with connection.client_of("matcher") as matcher:
            return any(letter["subject"] == job_id for letter in matcher.dead_letters())

    await eventually(is_dead)
    logs = "".join(path.read_text("utf-8", "replace") for path in (Path(connection.data) / "log").glob("*.log"))
    assert '"dead_letter"' in logs
    assert "MARKER" not in logs
    assert "MARKER" not in repr(spans.all())
    with connection.client_of("matcher") as matcher:
        assert "MARKER" not in repr(list(matcher.dead_letters()))
