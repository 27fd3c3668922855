"""The outbox: events leave a service only as rows that commit together with the state that they announce.

`append` refuses what the broker would refuse for its size. A row keeps the `traceparent` of the span that caused it.
Its shard is a stable hash of its key, so that one relay at a time sends the events of a key, in order of their ids.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from telop_contracts.codec import Undecodable, encode
from telop_contracts.envelope import Envelope, Event

from telop_chassis.failures import PermanentError
from telop_chassis.tables import outbox

if TYPE_CHECKING:
    from telop_chassis.database import Transaction

CHANNEL: Final = "telop_outbox"
SHARDS: Final = 16
"""How many relays can send side by side; stored rows name their shard, so it may only grow after a drain."""


def shard_of(key: bytes) -> int:
    """Return the shard of a key; the same in every process and version."""
    return zlib.crc32(key) % SHARDS


async def append(transaction: Transaction, event: Event, tenant: str) -> str:
    """Insert the event and return its `ce_id`; raises `PermanentError` (`event_too_large`) over 512 KiB."""
    envelope = Envelope[Event](
        id=uuid4().hex,
        source=transaction.source,
        type=event.TYPE,
        time=datetime.now(UTC),
        subject=event.subject,
        tenant=tenant,
        traceparent=transaction.traceparent,
        data=event,
    )
    try:
        record = encode(envelope)
    except Undecodable as error:
        raise PermanentError("event_too_large", f"{event.TYPE}: {error.detail}") from None
    await transaction.execute(
        outbox.insert().values(
            shard=shard_of(record.key),
            event_id=envelope.id,
            topic=record.topic,
            key=record.key,
            value=record.value,
            headers={name: value.decode() for name, value in record.headers},
        )
    )
    transaction.notify(CHANNEL)
    return envelope.id
