"""The service's own PostgreSQL database: pooled connections, short transactions, and what follows a commit.

A transaction is a span without parameters. Events and tasks are appended inside of it; notifications leave after its
commit, debounced, because `NOTIFY` inside of it halves the writers' throughput (measured).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import asyncpg
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from telop_contracts.envelope import Event

from telop_chassis import inbox_writes, outbox
from telop_chassis.notifications import Notifications
from telop_chassis.settings import DatabaseSettings
from telop_chassis.tasks import Task
from telop_chassis.telemetry import child_span, current_traceparent

_RETRYABLE_CLASSES: Final = ("08", "40", "53", "55", "57", "58", "XX")
"""SQLSTATE classes that pass: connection, rollback (deadlock), resources, locks, shutdown, system, internal.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""


class Transaction:
    """One open transaction. `traceparent` is the span that asked for it: what it appends becomes that span's child."""

    def __init__(self, connection: AsyncConnection, source: str, traceparent: str | None) -> None:
        self.connection = connection
        self.source = source
        self.traceparent = traceparent
        self.notifications: set[tuple[str, str]] = set()

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Execute a SQLAlchemy Core statement."""
        return await self.connection.execute(statement, parameters)

    async def append(self, event: Event, *, tenant: str) -> str:
        """Put an event into the outbox and return its `ce_id`; raises `PermanentError` if it is over 512 KiB."""
        return await outbox.append(self, event, tenant)

    async def schedule(self, task: Task, *, tenant: str, due_at: datetime | None = None) -> None:
        """Put a task into the inbox; nothing happens if its dedup key is there already."""
        await inbox_writes.schedule(self, task, tenant, due_at)

    def notify(self, channel: str, payload: str = "") -> None:
        """Wake whoever listens to the channel, in every process, once this transaction has committed."""
        self.notifications.add((channel, payload))


class Database:
    """The engine of one service, and its notifications. Creating it opens nothing."""

    def __init__(self, settings: DatabaseSettings, *, service: str) -> None:
        url = make_url(settings.url.get_secret_value()).set(drivername="postgresql+asyncpg")
        self.source = f"/services/{service}"
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=settings.pool_size,
            max_overflow=settings.max_overflow,
            pool_timeout=10,
            pool_recycle=300,  # balancers and firewalls forget connections that were idle for longer
            hide_parameters=True,
            connect_args={"timeout": 10, "server_settings": {"application_name": f"telop-{service}", "jit": "off"}},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self.notifications = Notifications(self.driver)

    @asynccontextmanager
    async def transaction(self, name: str) -> AsyncIterator[Transaction]:
        """Open a transaction that commits at the end of the block; `name` names its span."""
        traceparent = current_traceparent()
        transaction: Transaction
        if trace.get_current_span().is_recording():
            with child_span(f"db {name}", SpanKind.CLIENT, {"db.system.name": "postgresql", "db.operation.name": name}):
                async with self.engine.begin() as connection:
                    transaction = Transaction(connection, self.source, traceparent)
                    yield transaction
        else:
            async with self.engine.begin() as connection:
                transaction = Transaction(connection, self.source, traceparent)
                yield transaction
        self.notifications.send(transaction.notifications)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """Lend a pooled asyncpg connection, for the paths where SQLAlchemy's statements cost too much."""
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert isinstance(driver, asyncpg.Connection)
            yield driver

    async def start(self) -> None:
        """Start listening for notifications."""
        await self.notifications.start()

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self.notifications.stop()
        await self.engine.dispose()


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that the server closed. It is known already: to ask took three round trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def is_passing(error: BaseException) -> bool:
    """Whether a database error is one of the connection or the server's state, and not of the data or the statement."""
    if isinstance(error, PoolTimeoutError | OSError | TimeoutError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError):
            return True
        error = error.orig or error
    if isinstance(error, asyncpg.InterfaceError) and not isinstance(error, asyncpg.PostgresError | ValueError):
        return True
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
    return str(state)[:2] in _RETRYABLE_CLASSES
