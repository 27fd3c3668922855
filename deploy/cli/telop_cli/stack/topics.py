"""The topics of `topics.toml` on a stack's broker, and whether a broker answers at all.

The embedded broker cannot create topics by request; it makes one, in its own shape, when somebody asks about it.
"""

import asyncio
import time

from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from telop_chassis.topics import create_topics
from telop_contracts.catalogue import load_topics

from telop_cli.failures import Refused

BROKERS_DEFAULT = -1
"""As replication: what the broker's own configuration says."""
ANSWER_WITHIN_S = 15.0


async def create(bootstrap: str, *, replication: int = 1) -> None:
    """Creates the topics that the broker lacks; existing ones stay as they are. Raises Refused."""
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while not await asyncio.to_thread(answers, bootstrap):
        if time.monotonic() > deadline:
            raise Refused(f"no Kafka broker answers at {bootstrap}")
    try:
        await create_topics(bootstrap, replication)
    except KafkaError as error:
        raise Refused(f"the broker at {bootstrap} did not create the topics: {type(error).__name__}") from None


def touch(bootstrap: str) -> None:
    """Makes the embedded broker create every topic. Blocks."""
    client = _client(bootstrap)
    for topic in load_topics():
        client.list_topics(topic.name, timeout=ANSWER_WITHIN_S)


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
