"""Brings every secret under the newest key when the service starts, so that an older key can be taken away.

A row that no key of the settings opens is left as it is and counted in the log: its key may come back.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import structlog
from sqlalchemy import Row, func, or_, select, update
from telop_chassis.database import Database
from telop_chassis.failures import TransientError, describe
from telop_chassis.sealing import Sealer

from telop_notifier.endpoints import HEADERS
from telop_notifier.tables import endpoints

BATCH: Final = 200
RETRY_S: Final = 5.0
_BOUND_TO: Final = {"secret": (), "previous_secret": (), "headers": (HEADERS,)}
"""The sealed columns, and what each is bound to beside tenant and endpoint."""
_log = structlog.get_logger(__name__)


class Resealing:
    """Seals anew what is not under the first key. Two replicas may do it at once."""

    def __init__(self, database: Database, *, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and go on until it is done: the database may come later than the service."""
        self._task = asyncio.create_task(self._until_done(), name="reseal")

    async def stop(self) -> None:
        """Stop between two batches."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _until_done(self) -> None:
        while True:
            try:
                return await self.reseal()
            except Exception as error:  # noqa: BLE001 - it goes on when the database is there and migrated
                _log.warning("reseal_failed", error=describe(error))
                await asyncio.sleep(RETRY_S)

    async def reseal(self) -> None:
        """Seal everything anew, batch after batch, in the order of the endpoints."""
        unreadable, after = 0, 0
        while found := await self._batch(after):
            unreadable += found[1]
            after = found[0]
        if unreadable:
            _log.error("secrets_unreadable", endpoints=unreadable)

    async def _batch(self, after: int) -> tuple[int, int] | None:
        """Return the position of the last endpoint of a batch and how many could not be opened; None at the end."""
        columns = [endpoints.c[name] for name in _BOUND_TO]
        # Without what is under the first key no seal may be left: a column may hold several.
        older = or_(*(func.replace(column, self._sealer.mark, "").contains(".") for column in columns))
        rows = (
            select(endpoints.c.id, endpoints.c.tenant, endpoints.c.position, *columns)
            .where(endpoints.c.position > after, endpoints.c.state != "deleted", older)
            .order_by(endpoints.c.position)
            .limit(BATCH)
            .with_for_update()
        )
        unreadable = position = 0
        async with self._database.transaction("reseal secrets") as transaction:
            for row in await transaction.execute(rows):
                position = row.position
                try:
                    values = dict(self._anew(row))
                except TransientError:
                    unreadable += 1
                    continue
                await transaction.execute(update(endpoints).where(endpoints.c.id == row.id).values(values))
        return (position, unreadable) if position else None

    def _anew(self, row: Row[Any]) -> Iterator[tuple[str, str]]:
        for name, more in _BOUND_TO.items():
            sealed = row._mapping[name]
            if sealed is not None:
                texts = [self._sealer.open(each, row.tenant, row.id, *more) for each in sealed.split()]
                yield name, " ".join(self._sealer.seal(text, row.tenant, row.id, *more) for text in texts)
