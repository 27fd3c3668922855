"""Follows the stored events of jobs, for as long as somebody watches, without holding a database connection.

Watchers of a process share its one LISTEN connection; a notification only wakes them, and what they yield is read from
the table, so that every replica sees what any replica stored. A poll covers notifications that were lost.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row
from telop_chassis.database import Database

from telop_ingest import read_model
from telop_ingest.job_rows import CHANNEL


class JobWatch:
    """Wakes the watchers of a job. Create it before the database starts to listen."""

    def __init__(self, database: Database, poll_s: float) -> None:
        self._database = database
        self._poll_s = poll_s
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        database.notifications.listen(CHANNEL, self._wake)

    async def follow(self, job_id: str, after: int) -> AsyncIterator[Row[Any]]:
        """Yield the job's events with a sequence above `after`, up to and with those of its end."""
        changed = asyncio.Event()
        self._watchers[job_id].add(changed)
        try:
            while True:
                changed.clear()
                async with self._database.transaction("read job events") as transaction:
                    events, ended = await read_model.events_after(transaction, job_id, after)
                for event in events:
                    yield event
                    after = event.sequence
                if len(events) == read_model.EVENT_BATCH:
                    continue
                if ended:
                    return
                await self._changed(changed)
        finally:
            self._watchers[job_id].discard(changed)
            if not self._watchers[job_id]:
                del self._watchers[job_id]

    async def _changed(self, changed: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await changed.wait()
        except TimeoutError:
            pass

    def _wake(self, job_id: str) -> None:
        # An empty payload comes after a reconnect: anything may have happened.
        watched = [self._watchers.get(job_id, ())] if job_id else list(self._watchers.values())
        for watchers in watched:
            for changed in watchers:
                changed.set()
