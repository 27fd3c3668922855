"""The relay against sending row by row, and against a bare idempotent producer, on one broker and one database.

Also counts inversions: records of a key that arrive in another order than their rows were written in, while two
relays send.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic import SecretStr
from telop_chassis.database import Database
from telop_chassis.outbox import shard_of
from telop_chassis.relay import PRODUCER_BATCH_BYTES, Relay
from telop_chassis.settings import DatabaseSettings, KafkaSettings
from telop_contracts.segment.v1 import SegmentFailed

from tests.support.brokers import Broker
from tests.support.databases import Databases

ROWS, ROWS_ONE_BY_ONE, KEYS, BYTES = 150_000, 1_000, 500, 600
TOPIC = SegmentFailed.TYPE


def _record(number: int) -> tuple[bytes, bytes]:
    key = f"job-{number % KEYS}".encode()
    return key, json.dumps({"n": number // KEYS, "pad": "x" * BYTES}).encode()


async def _fill(database: Database, rows: int) -> None:
    records = [(shard_of(key), key, value) for key, value in map(_record, range(rows))]
    columns = [list(column) for column in zip(*records, strict=True)]
    async with database.driver() as connection:
        await connection.execute(
            "INSERT INTO outbox (shard, event_id, topic, key, value, headers)"
            " SELECT s, md5(k::text), $1, k, v, '{}' FROM unnest($2::int[], $3::bytea[], $4::bytea[]) AS r (s, k, v)",
            TOPIC,
            *columns,
        )
        await connection.execute("VACUUM ANALYZE outbox")


@asynccontextmanager
async def _producer(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        enable_idempotence=True,
        acks="all",
        max_batch_size=PRODUCER_BATCH_BYTES,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def _relays(database: Database, kafka: KafkaSettings, count: int) -> float:
    await _fill(database, ROWS)
    sent = 0

    async def pump(relay: Relay) -> None:
        nonlocal sent
        while sent < ROWS:
            dealt_with = await relay.drain()
            sent += dealt_with
        await relay.stop()

    # Asking the table whether it is empty would cost more than the relays do: dead rows stay until a vacuum.
    started = time.perf_counter()
    await asyncio.gather(*(pump(Relay(database, kafka)) for _ in range(count)))
    return ROWS / (time.perf_counter() - started)


async def _row_by_row(database: Database, kafka: KafkaSettings) -> float:
    await _fill(database, ROWS_ONE_BY_ONE)
    async with _producer(kafka) as producer, database.driver() as connection:
        started = time.perf_counter()
        for _ in range(ROWS_ONE_BY_ONE):
            async with connection.transaction():
                row = await connection.fetchrow("SELECT * FROM outbox ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
                await producer.send_and_wait(kafka.topic_prefix + row["topic"], row["value"], row["key"])
                await connection.execute("DELETE FROM outbox WHERE id = $1", row["id"])
        return ROWS_ONE_BY_ONE / (time.perf_counter() - started)


async def _bare(kafka: KafkaSettings) -> float:
    records = [_record(number) for number in range(ROWS)]
    async with _producer(kafka) as producer:
        started = time.perf_counter()
        for first in range(0, ROWS, 2000):
            batch = records[first : first + 2000]
            pending = [await producer.send(kafka.topic_prefix + TOPIC, value, key) for key, value in batch]
            await asyncio.gather(*pending)
        return ROWS / (time.perf_counter() - started)


async def _inversions(kafka: KafkaSettings) -> int:
    consumer = AIOKafkaConsumer(
        kafka.topic_prefix + TOPIC, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    newest: defaultdict[bytes, int] = defaultdict(lambda: -1)
    seen = inversions = 0
    while seen < ROWS:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                number = json.loads(record.value)["n"]
                inversions += number < newest[record.key]
                newest[record.key] = max(newest[record.key], number)
                seen += 1
    await consumer.stop()
    return inversions


async def measure(databases: Databases, broker: Broker) -> None:
    """Print rows per second as ratios."""
    url = await databases.migrated("ocr")
    database = Database(DatabaseSettings(url=SecretStr(url)), service="ocr")
    results: dict[str, float] = {}
    inversions = 0
    for name in ("row by row", "bare producer", "one relay", "two relays"):
        kafka = KafkaSettings(bootstrap=broker.bootstrap, topic_prefix=f"b{uuid4().hex[:8]}.")
        await broker.create([kafka.topic_prefix + TOPIC], partitions=12)
        if name == "row by row":
            results[name] = await _row_by_row(database, kafka)
        elif name == "bare producer":
            results[name] = await _bare(kafka)
        else:
            results[name] = await _relays(database, kafka, 1 if name == "one relay" else 2)
            inversions = await _inversions(kafka)
    await database.stop()
    await databases.drop(url)
    for name, rate in results.items():
        print(
            f"relay  {name:14} {rate:9,.0f} rows/s  {rate / results['row by row']:6.1f}x row by row"
            f"  {rate / results['bare producer']:5.2f}x bare producer"
        )
    print(f"relay  inversions under two relays: {inversions}")
