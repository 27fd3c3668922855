"""Creates the Kafka topics of `topics.toml`, as a step of deployment: `python -m telop_chassis.topics`.

Existing topics are left as they are; the step may run any number of times.
"""

import asyncio
import os
import sys
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from telop_contracts.catalogue import Topic, load_topics
from telop_contracts.codec import MAX_ATTRIBUTE_BYTES, MAX_VALUE_BYTES

DAY_MS: Final = 24 * 3600 * 1000
MAX_MESSAGE_BYTES: Final = MAX_VALUE_BYTES + 16 * MAX_ATTRIBUTE_BYTES


def _new_topic(topic: Topic, prefix: str, replication: int, most_partitions: int) -> NewTopic:
    cleanup = "compact" if topic.compacted else "delete"
    configs = {
        "cleanup.policy": cleanup,
        "retention.ms": str(topic.retention_days * DAY_MS),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
    }
    return NewTopic(prefix + topic.name, min(topic.partitions, most_partitions), replication, topic_configs=configs)


async def create_topics(
    bootstrap: str, *, prefix: str = "", replication: int = 1, most_partitions: int = sys.maxsize
) -> None:
    """Create every topic that is missing; raises `KafkaError`. `most_partitions` is for a broker of one machine."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        response = await admin.create_topics(
            [_new_topic(topic, prefix, replication, most_partitions) for topic in load_topics()]
        )
        for answer in response.topic_errors:
            error = for_code(answer[1])
            if answer[1] and error is not TopicAlreadyExistsError:
                raise error(answer[0])
    finally:
        await admin.close()


if __name__ == "__main__":
    try:
        asyncio.run(
            create_topics(
                os.environ["TELOP_KAFKA__BOOTSTRAP"],
                prefix=os.environ.get("TELOP_KAFKA__TOPIC_PREFIX", ""),
                replication=int(os.environ.get("TELOP_KAFKA_REPLICATION", "1")),
            )
        )
    except (KafkaError, KeyError, ValueError) as failure:
        sys.stderr.write(f"topics: {type(failure).__name__}: set TELOP_KAFKA__BOOTSTRAP to a broker that answers\n")
        raise SystemExit(69) from None
