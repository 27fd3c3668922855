"""How long the log lasts: messages that are older go, with their deliveries and attempts, a few at a time.

What is in flight stays until it is recorded. A job's webhooks are kept longer than any schedule of attempts, so only
an endpoint that was paused for the whole time loses what waits for it.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, text
from telop_chassis.database import Database

from telop_notifier import lanes

BATCH: Final = 200
"""Each message may have a hundred deliveries of twenty attempts."""

_PURGE: Final = text("""
    DELETE FROM messages WHERE id IN (
        SELECT m.id FROM messages m WHERE m.created_at < :older_than
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id AND d.lease_until IS NOT NULL)
        ORDER BY m.created_at LIMIT :batch FOR UPDATE SKIP LOCKED)
""").bindparams(bindparam("older_than", type_=lanes.TIME))


async def purge(database: Database, *, older_than: datetime) -> int:
    """Delete what was announced before a time, one short transaction after the other; return how many messages went."""
    gone = 0
    while True:
        async with database.transaction("purge log") as transaction:
            deleted = (await transaction.execute(_PURGE, {"older_than": older_than, "batch": BATCH})).rowcount
        gone += deleted
        if deleted < BATCH:
            return gone
