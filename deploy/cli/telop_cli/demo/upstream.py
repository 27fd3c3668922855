"""An upstream system that announces media over Kafka: one `media.published.v1`, as CloudEvents in binary mode."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from confluent_kafka import KafkaError, Message, Producer
from pydantic import ValidationError
from telop_contracts.codec import encode
from telop_contracts.envelope import Envelope
from telop_contracts.media.v1 import MediaPublished

from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection
from telop_cli.failures import Refused

SOURCE: Final = "//telop/cli"
PATIENCE_S: Final = 15.0
POLL_S: Final = 0.2
TENANT: Final = "demo"
"""The tenant of a local stack; ingest maps its topic to it, whatever the event says."""


def start(connection: Connection, client: Client, request: Mapping[str, Any], *, tenant: str = TENANT) -> str:
    """Publish a check request on the connection's broker and return the id of the job that comes of it."""
    newest = next(client.jobs(), {}).get("job_id")
    publish(connection.kafka, request, tenant=tenant)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        job_id = next(client.jobs(), {}).get("job_id")
        if job_id != newest:
            return str(job_id)
        time.sleep(POLL_S)
    raise Refused(f"no job came of the event within {PATIENCE_S:.0f} s: look at the dead letters of ingest")


def publish(bootstrap: str, request: Mapping[str, Any], *, event_id: str | None = None, tenant: str = TENANT) -> str:
    """Publish a check request and return the event's id, once the broker has it; raises `Refused`.

    The id makes the job idempotent: the same id with the same request starts no second job.
    """
    try:
        event = MediaPublished.model_validate(dict(request))
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"not a check request: {'/'.join(map(str, first['loc']))}: {first['msg']}", status=2) from None
    event_id = event_id or str(uuid4())
    record = encode(Envelope(event_id, SOURCE, event.TYPE, datetime.now(UTC), event.subject, tenant, None, event))
    refusals: list[str] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        refusals.extend([error.str()] if error else [])

    settings = {"bootstrap.servers": bootstrap, "acks": "all", "delivery.timeout.ms": int(PATIENCE_S * 1000)}
    producer = Producer(settings | {"log_level": 0})
    producer.produce(record.topic, record.value, record.key, headers=list(record.headers), on_delivery=delivered)
    unsent = producer.flush(PATIENCE_S + 1)
    if unsent or refusals:
        raise Refused(f"the broker at {bootstrap} did not take the event: {next(iter(refusals), 'no answer')}")
    return event_id
