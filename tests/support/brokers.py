"""The broker that a test run talks to, and topics of their own for tests."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code
from telop_cli.stack import topics


@dataclass(frozen=True)
class Broker:
    """A running broker. `chosen` says what it is and why."""

    bootstrap: str
    real: bool
    """False for the embedded one: in memory, four partitions a topic, one member a group."""
    chosen: str

    async def create(self, names: Iterable[str], *, partitions: int = 3) -> None:
        """Creates topics and waits until they can be used. The embedded broker gives each four partitions."""
        wanted = list(names)
        if not self.real:
            await asyncio.to_thread(topics.touch, self.bootstrap, wanted)
            return
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            answer = await admin.create_topics([NewTopic(name, partitions, 1) for name in wanted])
            for name, code, *_ in answer.topic_errors:
                if code:
                    raise for_code(code)(name)
        finally:
            await admin.close()
