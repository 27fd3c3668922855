"""The use cases of webhook endpoints, each in one transaction, each for one tenant only.

A secret leaves here twice: when it is made and when it is rotated; it is stored sealed. An endpoint is active, paused
(its owner holds its deliveries back) or disabled (a receiver answered 410, what was pending failed).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from telop_chassis.database import Database, Transaction
from telop_chassis.problems import Conflict, NotFound
from telop_chassis.sealing import Sealer

from telop_notifier import ledger
from telop_notifier.clock import Clock
from telop_notifier.delivery import endpoint_test_message, webhook_id
from telop_notifier.signing import new_secret
from telop_notifier.tables import endpoints
from telop_notifier.tasks import SendMissed

MAX_ENDPOINTS: Final = 100
"""Per tenant: every event is stored and sent once for each."""


class TooManyEndpoints(Conflict):
    """The tenant has as many endpoints as it may."""

    code = "too_many_endpoints"
    title = "There are too many webhook endpoints"


class EndpointNotActive(Conflict):
    """The endpoint is paused or disabled."""

    code = "endpoint_not_active"
    title = "The webhook endpoint is not active"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as its owner sees it: without its secret. `event_types` None means all but progress."""

    id: str
    position: int
    url: str
    event_types: Sequence[str] | None
    description: str
    state: str
    reason: str | None
    state_since: datetime
    created_at: datetime


_SHOWN: Final = tuple(endpoints.c[name] for name in Endpoint.__dataclass_fields__)


class Endpoints:
    """Creates, shows and changes endpoints."""

    def __init__(self, database: Database, *, sealer: Sealer, clock: Clock, overlap_s: float) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock
        self._overlap = timedelta(seconds=overlap_s)

    async def create(
        self, tenant: str, *, url: str, event_types: Sequence[str] | None, description: str
    ) -> tuple[Endpoint, str]:
        """Create an active endpoint and return it with its secret."""
        secret, made_id = new_secret(), f"ep_{uuid.uuid4().hex}"
        sealed = self._sealer.seal(secret, tenant, made_id)
        values = {"id": made_id, "tenant": tenant, "url": url, "secret": sealed}
        async with self._database.transaction("create endpoint") as transaction:
            count = await transaction.execute(select(func.count()).where(endpoints.c.tenant == tenant))
            if count.scalar_one() >= MAX_ENDPOINTS:
                raise TooManyEndpoints(f"A tenant may have {MAX_ENDPOINTS}")
            made = await transaction.execute(
                insert(endpoints).values(**values, event_types=event_types, description=description).returning(*_SHOWN)
            )
            return _endpoint(made.one()), secret

    async def page(self, tenant: str, *, after: int | None, limit: int) -> list[Endpoint]:
        """Return up to `limit` endpoints in the order of their creation, after a position."""
        async with self._database.transaction("list endpoints") as transaction:
            found = await transaction.execute(
                select(*_SHOWN)
                .where(endpoints.c.tenant == tenant, endpoints.c.position > (after or 0))
                .order_by(endpoints.c.position)
                .limit(limit)
            )
            return [_endpoint(row) for row in found]

    async def get(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Return one endpoint; raises `NotFound`."""
        async with self._database.transaction("get endpoint") as transaction:
            return _endpoint(await _one(transaction, tenant, endpoint_id))

    async def change(
        self, tenant: str, endpoint_id: str, changes: Mapping[str, Any], *, paused: bool | None
    ) -> Endpoint:
        """Change columns, pause or resume; what a paused endpoint missed is sent on resuming."""
        async with self._database.transaction("change endpoint") as transaction:
            before = await _one(transaction, tenant, endpoint_id, for_update=True)
            values = dict(changes)
            state = before.state if paused is None else "paused" if paused else "active"
            if state != before.state:
                values |= {"state": state, "reason": None, "state_since": func.clock_timestamp()}
            if not values:
                return _endpoint(before)
            changed = await transaction.execute(
                update(endpoints).where(_is(tenant, endpoint_id)).values(values).returning(*_SHOWN)
            )
            after = _endpoint(changed.one())
            if state == "active" != before.state:
                since = before.state_since if before.state == "paused" else after.state_since
                await self._send_missed(transaction, tenant, endpoint_id, since, failed_too=False)
            return after

    async def delete(self, tenant: str, endpoint_id: str) -> None:
        """Delete an endpoint with its secret, its deliveries and their log; raises `NotFound`."""
        async with self._database.transaction("delete endpoint") as transaction:
            gone = await transaction.execute(
                delete(endpoints).where(_is(tenant, endpoint_id)).returning(endpoints.c.id)
            )
            if gone.one_or_none() is None:
                raise NotFound

    async def rotate_secret(self, tenant: str, endpoint_id: str) -> tuple[str, datetime]:
        """Return a new secret, and until when the old one signs too."""
        secret, until = new_secret(), self._clock() + self._overlap
        sealed = self._sealer.seal(secret, tenant, endpoint_id)
        async with self._database.transaction("rotate secret") as transaction:
            changed = await transaction.execute(
                update(endpoints)
                .where(_is(tenant, endpoint_id))
                .values(secret=sealed, previous_secret=endpoints.c.secret, previous_secret_until=until)
                .returning(endpoints.c.id)
            )
            if changed.one_or_none() is None:
                raise NotFound
        return secret, until

    async def test(self, tenant: str, endpoint_id: str) -> str:
        """Send a test webhook and return the id of its delivery; raises `EndpointNotActive`."""
        message = endpoint_test_message(endpoint_id, event_id=f"endpoint.test:{uuid.uuid4().hex}", now=self._clock())
        async with self._database.transaction("test endpoint") as transaction:
            await _active(transaction, tenant, endpoint_id)
            for each in await ledger.announce_to(transaction, message, endpoint_id, tenant=tenant):
                await transaction.schedule(each.task, tenant=tenant, due_at=each.due_at)
        return webhook_id(message.event_id, endpoint_id)

    async def recover(self, tenant: str, endpoint_id: str, *, since: datetime) -> None:
        """Send again what failed or was missed since a time; raises `EndpointNotActive`."""
        async with self._database.transaction("recover endpoint") as transaction:
            await _active(transaction, tenant, endpoint_id)
            await self._send_missed(transaction, tenant, endpoint_id, since, failed_too=True)

    async def _send_missed(
        self, transaction: Transaction, tenant: str, endpoint_id: str, since: datetime, *, failed_too: bool
    ) -> None:
        task = SendMissed(run=uuid.uuid4().hex, endpoint_id=endpoint_id, since=since, failed_too=failed_too)
        await transaction.schedule(task, tenant=tenant)


def _is(tenant: str, endpoint_id: str) -> ColumnElement[bool]:
    return and_(endpoints.c.tenant == tenant, endpoints.c.id == endpoint_id)


async def _one(transaction: Transaction, tenant: str, endpoint_id: str, *, for_update: bool = False) -> Row[Any]:
    statement = select(*_SHOWN).where(_is(tenant, endpoint_id))
    found = await transaction.execute(statement.with_for_update() if for_update else statement)
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return row


async def _active(transaction: Transaction, tenant: str, endpoint_id: str) -> None:
    if (await _one(transaction, tenant, endpoint_id)).state != "active":
        raise EndpointNotActive


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(**row._mapping)
