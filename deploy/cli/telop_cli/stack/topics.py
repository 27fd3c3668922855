"""Creates the topics of `topics.toml` on a broker, with their partitions, retention and compaction.

A topic that exists is left as it is: partitions cannot be taken away, and records of one key would change place.
The embedded broker cannot create topics by request; it makes one, in its own shape, when somebody asks about it.
"""

import time
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic
from telop_contracts.catalogue import Topic, load_topics

from telop_cli.failures import Refused

DAY_MS = 24 * 3600 * 1000
MAX_MESSAGE_BYTES = 1024 * 1024  # a value has at most 512 KiB; headers and a key come on top
BROKERS_DEFAULT = -1


def create(bootstrap: str, *, topics: Iterable[Topic] | None = None, within_s: float = 30.0) -> None:
    """Waits until the broker answers and creates the topics that it lacks. Blocks; raises Refused."""
    client = _client(bootstrap)
    existing = _existing(client, bootstrap, within_s)
    missing = [topic for topic in (load_topics() if topics is None else topics) if topic.name not in existing]
    if not missing:
        return
    for name, created in client.create_topics([_new(topic) for topic in missing]).items():
        try:
            created.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise Refused(f"the broker did not create topic {name}: {error.args[0].str()}") from None


def touch(bootstrap: str, *, within_s: float = 30.0) -> None:
    """Makes the embedded broker create every topic. Blocks; raises Refused."""
    client = _client(bootstrap)
    _existing(client, bootstrap, within_s)
    for topic in load_topics():
        client.list_topics(topic.name, timeout=within_s)


def answers(bootstrap: str, *, timeout_s: float = 1.0) -> bool:
    """Returns whether a broker answers. Blocks."""
    try:
        return bool(_client(bootstrap).list_topics(timeout=timeout_s).brokers)
    except KafkaException:
        return False


def _client(bootstrap: str) -> AdminClient:
    # librdkafka logs every refused connection to standard error, and waits longer after each.
    return AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "log_level": 0,
            "reconnect.backoff.max.ms": 200,
            "allow.auto.create.topics": True,
        }
    )


def _existing(client: AdminClient, bootstrap: str, within_s: float) -> set[str]:
    deadline = time.monotonic() + within_s
    while True:
        try:
            return set(client.list_topics(timeout=1.0).topics)
        except KafkaException:
            if time.monotonic() > deadline:
                raise Refused(f"no Kafka broker answers at {bootstrap}") from None


def _new(topic: Topic) -> NewTopic:
    configuration = {"max.message.bytes": str(MAX_MESSAGE_BYTES)}
    if topic.compacted:
        configuration["cleanup.policy"] = "compact"
    else:
        configuration["retention.ms"] = str(topic.retention_days * DAY_MS)
    return NewTopic(topic.name, topic.partitions, BROKERS_DEFAULT, config=configuration)
