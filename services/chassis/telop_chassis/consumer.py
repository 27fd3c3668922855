"""The intake: writes raw Kafka records into the inbox, then commits exactly what it has written.

It never raises and nothing slow happens in it: while the database is away it holds its batch and tries again, and
acknowledges nothing later before. Whatever is wrong with a record, the record is stored, and its partition goes on.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, cast

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from telop_contracts.codec import (
    REASON_BAD_ATTRIBUTE,
    REASON_MISSING_ATTRIBUTE,
    Undecodable,
    decode_attributes,
    decode_payload,
    header_texts,
    require_type,
)
from telop_contracts.envelope import Event

from telop_chassis import inbox_writes
from telop_chassis.database import Database
from telop_chassis.failures import describe
from telop_chassis.inbox_writes import Arrival
from telop_chassis.settings import KafkaSettings

SESSION_TIMEOUT_MS: Final = 6_000
"""The broker's least: after a SIGKILL another member takes over 8 s later, with 10 s it is 13 s (measured)."""
HEARTBEAT_INTERVAL_MS: Final = 1_500
MAX_POLL_INTERVAL_MS: Final = 24 * 3600 * 1000
"""The session heartbeat shows life: intake may wait for its database for a day without a rebalance."""
BATCH_TIMEOUT_MS: Final = 5
"""FastStream sleeps this long after an empty poll, so it is part of every record's latency."""
RETRY_FIRST_S: Final = 0.1
STOP_LIMIT_S: Final = 8.0
RETRY_LIMIT_S: Final = 2.0
REASON_UNKNOWN_TENANT: Final = "unknown_tenant"
_log = structlog.get_logger(__name__)
Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


@dataclass(frozen=True)
class Subscription:
    """What a topic carries. `tenant` is set where outsiders write: the topic's ACL is their authentication."""

    model: type[Event]
    outlives_job: bool
    tenant: str | None = None


class Intake:
    """Consumes the topics of one service into its inbox."""

    def __init__(
        self, database: Database, kafka: KafkaSettings, *, service: str, subscriptions: Mapping[str, Subscription]
    ) -> None:
        self._database = database
        self._subscriptions = dict(subscriptions)
        self._stopping = False
        self._bootstrap = kafka.bootstrap
        self.broker = KafkaBroker(
            kafka.bootstrap,
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,  # two lines for each batch
            allow_auto_create_topics=False,
            graceful_timeout=5.0,
            client_id=f"telop-{service}",
        )
        self._subscriber = self.broker.subscriber(
            *self._subscriptions,
            batch=True,
            group_id=f"{kafka.group_prefix}-{service}",
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_records=kafka.max_records,
            batch_timeout_ms=BATCH_TIMEOUT_MS,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_INTERVAL_MS,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            parser=_keep_raw,
            decoder=_keep_body,
        )
        self._subscriber(self._receive)

    async def start(self) -> None:
        """Connect and consume; raises `KafkaError` where the broker does not answer or lacks a topic.

        A consumer that starts before its topics exist would learn of them minutes later.
        """
        starting = asyncio.ensure_future(self._start())
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Cancelled in the middle of its start, a client would leave open what its `stop` does not know of yet.
            await asyncio.wait({starting}, timeout=STOP_LIMIT_S)
            starting.cancel()
            raise

    async def _start(self) -> None:
        probe = AIOKafkaConsumer(bootstrap_servers=self._bootstrap)
        try:
            await probe.start()
            missing = set(self._subscriptions) - await probe.topics()
        finally:
            await probe.stop()
        if missing:
            raise UnknownTopicOrPartitionError(min(missing))
        await self.broker.start()

    async def stop(self) -> None:
        """Leave the group cleanly, so that others need not wait for the session to time out."""
        self._stopping = True
        try:
            async with asyncio.timeout(STOP_LIMIT_S):  # leaving the group of a broker that is gone takes 40 s
                await self.broker.stop()
        except TimeoutError:
            _log.warning("group_not_left")

    async def ping(self) -> bool:
        """Whether the broker answers."""
        return await self.broker.ping(timeout=2.0)

    async def _receive(self, message: KafkaMessage) -> None:
        records = cast("tuple[Record, ...]", message.raw_message)
        arrivals = [self._arrival(record) for record in records]
        if not await self._store(arrivals):
            return
        self._database.notifications.send([(inbox_writes.CHANNEL, "")])
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            offsets[place] = max(offsets.get(place, 0), record.offset + 1)
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        try:
            if consumer is not None:
                await consumer.commit(offsets)
        except KafkaError as error:
            # Whoever owns the partition now reads these records again, and their ids are known.
            _log.warning("offset_commit_failed", error=describe(error))

    async def _store(self, arrivals: Sequence[Arrival]) -> bool:
        """Store all of them, whatever it takes; False only if the process stops first."""
        delay = RETRY_FIRST_S
        while not self._stopping:
            try:
                async with self._database.driver() as connection:
                    await _insert_or_split(connection, arrivals)
                return True
            except Exception as error:  # noqa: BLE001 - raising here would let the next batch commit past this one
                _log.warning("intake_delayed", records=len(arrivals), error=describe(error))
                await asyncio.sleep(delay)
                delay = min(RETRY_LIMIT_S, delay * 2)
        return False

    def _arrival(self, record: Record) -> Arrival:
        raw = Incoming(record.topic, record.key, tuple(record.headers), record.value)
        place = f"{record.topic}:{record.partition}:{record.offset}:{record.timestamp}"
        return decode(raw, self._subscriptions[record.topic], place)


@dataclass(frozen=True)
class Incoming:
    """A record as it was read."""

    topic: str
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None


def decode(record: Incoming, subscription: Subscription, place: str) -> Arrival:
    """Return what goes into the inbox; a record that is no event carries its reason, and is known by its place."""
    known = Arrival(
        tenant="",
        source="kafka",
        event_id="",
        type=subscription.model.TYPE,
        subject="",
        topic=record.topic,
        key=record.key,
        headers={name: text for name, text in header_texts(record.headers).items() if "\x00" not in name + text},
        traceparent=None,
        payload=record.value if record.value is not None else b"",
        outlives_job=subscription.outlives_job,
    )
    try:
        attributes = decode_attributes(record.headers)
        tenant = subscription.tenant or attributes.tenant or ""
        known = replace(known, tenant=tenant, traceparent=attributes.traceparent, subject=attributes.subject)
        if subscription.tenant and attributes.tenant not in (None, subscription.tenant):
            raise Undecodable(REASON_UNKNOWN_TENANT)
        if not tenant:
            raise Undecodable(REASON_MISSING_ATTRIBUTE, "ce_tenantid")
        if attributes.source in inbox_writes.OWN_SOURCES:
            raise Undecodable(REASON_BAD_ATTRIBUTE, "ce_source is a reserved word")
        require_type(attributes, subscription.model)
        data = decode_payload(subscription.model, record.value, from_outside=subscription.tenant is not None)
    except Undecodable as error:
        return _named(known).poisoned(error, place)
    return replace(
        known,
        source=attributes.source,
        event_id=attributes.id,
        subject=data.subject,
        segment_index=int(getattr(data, "index", None) or 0),
        affinity=_media_sha256(data),
    )


def _named(arrival: Arrival) -> Arrival:
    """Take tenant and subject of a broken record from whatever headers can be read, so that its job can be ended."""
    subject, tenant = arrival.headers.get("ce_subject", ""), arrival.headers.get("ce_tenantid", "")
    if not (len(subject) <= 128 and subject.isprintable() and len(tenant) <= 63 and tenant.isprintable()):
        return arrival
    return replace(arrival, subject=arrival.subject or subject, tenant=arrival.tenant or tenant)


def _media_sha256(data: Event) -> str | None:
    sha256 = getattr(getattr(getattr(data, "media", None), "object", None), "sha256", None)
    return str(sha256) if sha256 else None


async def _insert_or_split(connection: "asyncpg.Connection[asyncpg.Record]", arrivals: Sequence[Arrival]) -> None:
    """Insert a batch; where its data are refused, halve it until the offender is found, and bury that."""
    try:
        await inbox_writes.insert(connection, arrivals)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeEncodeError) as error:
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            await _insert_or_split(connection, arrivals[:middle])
            await _insert_or_split(connection, arrivals[middle:])
        else:
            _log.error("record_not_storable", error=describe(error))
            bare = replace(arrivals[0], subject="", tenant="", headers={}, traceparent=None, detail=None)
            await inbox_writes.bury(connection, bare, inbox_writes.REASON_NOT_STORABLE)


async def _keep_raw(message: tuple[Record, ...]) -> KafkaMessage:
    """Parse nothing: FastStream's parser fails on a null or non-UTF-8 header, and its decoder hides bad JSON."""
    return KafkaMessage(body=b"", raw_message=message, consumer=FAKE_CONSUMER)


async def _keep_body(message: KafkaMessage) -> KafkaMessage:
    return message
