"""The relay: sends outbox rows to Kafka, in order per key, and deletes what the broker has acknowledged.

A relay takes a shard with an advisory lock of its transaction, sends the shard's rows in order of their ids with an
idempotent producer, awaits every acknowledgement and commits. A crash repeats rows, never loses them. A row that the
broker refuses for good is parked and its shard goes on. There is no cursor: an id cursor loses late commits.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Final, TypeAlias

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)
from telop_contracts.codec import MAX_ATTRIBUTE_BYTES, MAX_VALUE_BYTES

from telop_chassis.database import Database
from telop_chassis.failures import describe
from telop_chassis.outbox import CHANNEL, SHARDS
from telop_chassis.settings import KafkaSettings

BATCH_ROWS: Final = 5000
"""A transaction a batch: fewer, fuller ones come nearer to a bare producer's rate (`just bench relay`)."""
BATCH_BYTES: Final = 16 * 1024 * 1024
"""How much one relay holds in memory, but for the last row."""
POLL_S: Final = 1.0
RETRY_S: Final = 1.0
STOP_LIMIT_S: Final = 5.0
LOCK_CLASS: Final = 0x7E10
PRODUCER_BATCH_BYTES: Final = 512 * 1024
"""aiokafka's 16 KiB overflows under load; larger batches made no difference (measured)."""
_REFUSALS: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
)
_PENDING_SHARDS: Final = """
    SELECT s.shard FROM generate_series(0, $1 - 1) AS s (shard)
    WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.shard = s.shard AND o.parked_at IS NULL)
"""
_ROWS: Final = """
    SELECT id, topic, key, value, headers::text AS headers FROM (
        SELECT *, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS bytes_before FROM outbox
        WHERE shard = $1 AND parked_at IS NULL ORDER BY id LIMIT $2
    ) AS oldest WHERE bytes_before < $3 ORDER BY id
"""
_PARK: Final = "UPDATE outbox SET parked_at = clock_timestamp(), reason = $2 WHERE id = $1"
_log = structlog.get_logger(__name__)
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Row: TypeAlias = asyncpg.Record


class Relay:
    """Sends the outbox of one database. Any number may run, in any number of processes."""

    def __init__(self, database: Database, kafka: KafkaSettings) -> None:
        self._database = database
        self._kafka = kafka
        self._signal = database.notifications.signal(CHANNEL)
        self._producer: AIOKafkaProducer | None = None

    async def run(self) -> None:
        """Send for ever; errors of database and broker are waited out."""
        try:
            while True:
                self._signal.clear()
                try:
                    sent = await self.drain()
                except Exception as error:  # noqa: BLE001 - nothing is lost: the rows stay, and are tried again
                    _log.warning("relay_failed", error=describe(error))
                    await self._drop_producer()
                    await asyncio.sleep(RETRY_S)
                    continue
                if not sent:
                    await self._wait()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Close the producer; whoever drains by hand calls it."""
        await self._drop_producer()

    async def drain(self) -> int:
        """Send one batch of every shard that has rows and no other relay; return how many rows were dealt with."""
        async with self._database.driver() as connection:
            shards = [row["shard"] for row in await connection.fetch(_PENDING_SHARDS, SHARDS)]
            random.shuffle(shards)  # so that two relays do not queue up for the same shard
            return sum([await self._send_shard(connection, shard) for shard in shards])

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._signal.wait()
        except TimeoutError:
            pass

    async def _send_shard(self, connection: Connection, shard: int) -> int:
        async with connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", LOCK_CLASS, shard):
                return 0
            rows = await connection.fetch(_ROWS, shard, BATCH_ROWS, BATCH_BYTES)
            refused = await self._send(rows)
            for row_id, reason in refused.items():
                _log.error("outbox_row_parked", row=row_id, reason=reason)
                await connection.execute(_PARK, row_id, reason)
            sent = [row["id"] for row in rows if row["id"] not in refused]
            await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", sent)
            return len(rows)

    async def _send(self, rows: Sequence[Row]) -> dict[int, str]:
        """Send the rows and await every acknowledgement; return the rows that are refused for good, with reasons."""
        producer = await self._started_producer()
        pending = [await self._hand_over(producer, row) for row in rows]
        results = await asyncio.gather(*pending, return_exceptions=True)
        failed = [row for row, result in zip(rows, results, strict=True) if isinstance(result, BaseException)]
        if not failed:
            return {}
        errors = [result for result in results if isinstance(result, BaseException)]
        if not any(isinstance(error, _REFUSALS) for error in errors):
            raise errors[0]
        return await self._send_one_by_one(failed)

    async def _send_one_by_one(self, rows: Sequence[Row]) -> dict[int, str]:
        """Find the offenders: the broker refuses whole batches, and what follows in the partition fails with them."""
        refused: dict[int, str] = {}
        await self._drop_producer()
        for row in rows:
            try:
                await (await self._hand_over(await self._started_producer(), row))
            except _REFUSALS as error:
                refused[row["id"]] = type(error).__name__
                await self._drop_producer()
        return refused

    async def _started_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._kafka.bootstrap,
                enable_idempotence=True,
                acks="all",
                max_batch_size=PRODUCER_BATCH_BYTES,
                max_request_size=MAX_VALUE_BYTES + 10 * MAX_ATTRIBUTE_BYTES,
                request_timeout_ms=15_000,
            )
            starting = asyncio.ensure_future(producer.start())
            try:
                await asyncio.shield(starting)
            except BaseException:
                # Cancelled in the middle of its start, a producer would leave its first connection open.
                await asyncio.wait({starting}, timeout=STOP_LIMIT_S)
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer:
            try:
                async with asyncio.timeout(STOP_LIMIT_S):
                    await producer.stop()
            except (KafkaError, TimeoutError) as error:
                _log.warning("producer_stop_failed", error=describe(error))

    async def _hand_over(self, producer: AIOKafkaProducer, row: Row) -> asyncio.Future[object]:
        """Queue one record; a record that is refused at once gives a failed future like a later refusal does."""
        headers = [(name, text.encode()) for name, text in json.loads(row["headers"]).items()]
        try:
            future: asyncio.Future[object] = await producer.send(
                self._kafka.topic_prefix + row["topic"], value=row["value"], key=row["key"], headers=headers
            )
        except _REFUSALS as error:
            future = asyncio.get_running_loop().create_future()
            future.set_exception(error)
        return future
