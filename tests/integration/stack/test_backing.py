"""What the tests run against, tested itself."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.support.brokers import Broker
from tests.support.databases import Databases


async def test_two_databases_share_nothing(databases: Databases) -> None:
    first, second = await databases.empty(), await databases.empty()
    connection = await asyncpg.connect(first)
    await connection.execute("CREATE TABLE mine ()")
    await connection.close()
    connection = await asyncpg.connect(second)
    assert await connection.fetchval("SELECT to_regclass('mine')") is None
    await connection.close()
    await databases.drop(first)
    await databases.drop(second)


async def test_a_module_gets_one_migrated_database_of_a_service(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    url = await database_url("notifier")
    assert await database_url("notifier") == url
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM inbox") == 0
    await connection.close()


async def test_a_record_comes_back_from_a_topic_of_its_own(broker: Broker, prefix: str) -> None:
    topic = f"{prefix}words"
    await broker.create([topic])
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        await producer.send_and_wait(topic, b"said")
    async with AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).value == b"said"


@pytest.mark.real_kafka
async def test_the_broker_keeps_the_partitions_that_were_asked_for(broker: Broker, prefix: str) -> None:
    topic = f"{prefix}words"
    await broker.create([topic], partitions=7)
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        assert len(await producer.partitions_for(topic)) == 7
