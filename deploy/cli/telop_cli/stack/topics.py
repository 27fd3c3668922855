"""The topics of `topics.toml` on a stack's broker, and whether a broker answers at all.

The embedded broker cannot create topics by request; it makes one, in its own shape, when somebody asks about it.
"""

import asyncio
import time
from collections.abc import Iterable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from telop_contracts.catalogue import load_topics

from telop_cli.failures import Refused

BROKERS_DEFAULT = -1
"""As replication: what the broker's own configuration says."""
ANSWER_WITHIN_S = 15.0


async def create(bootstrap: str, *, replication: int, most_partitions: int) -> None:
    """Creates the topics that the broker lacks; existing ones stay as they are. Raises Refused."""
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - half a second that the broker needs meanwhile to start
    from telop_chassis.topics import create_topics  # noqa: PLC0415

    deadline = time.monotonic() + ANSWER_WITHIN_S
    while not await asyncio.to_thread(answers, bootstrap):
        if time.monotonic() > deadline:
            raise Refused(f"no Kafka broker answers at {bootstrap}")
    try:
        await create_topics(bootstrap, replication=replication, most_partitions=most_partitions)
    except KafkaError as error:
        raise Refused(f"the broker at {bootstrap} did not create the topics: {type(error).__name__}") from None


def touch(bootstrap: str, names: Iterable[str] | None = None) -> None:
    """Makes the embedded broker create topics: those named, else all of `topics.toml`. Blocks."""
    client = _client(bootstrap)
    for name in names or [topic.name for topic in load_topics()]:
        client.list_topics(name, timeout=ANSWER_WITHIN_S)


def answers(bootstrap: str) -> bool:
    """Returns whether a broker answers within a second. Blocks."""
    try:
        return bool(_client(bootstrap).list_topics(timeout=1.0).brokers)
    except KafkaException:
        return False


def _client(bootstrap: str) -> AdminClient:
    # librdkafka would log every refused connection to standard error, and wait longer after each.
    quiet = {"log_level": 0, "reconnect.backoff.max.ms": 200}
    return AdminClient({"bootstrap.servers": bootstrap, "allow.auto.create.topics": True, **quiet})
