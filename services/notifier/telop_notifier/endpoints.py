"""The use cases of webhook endpoints, each in one transaction, each for one tenant only.

A secret leaves here twice: when it is made and when it is rotated; it is stored sealed, like the values of custom
headers, which leave only towards the receiver. An endpoint is active, paused (what it gets waits in its lane),
disabled (a receiver answered 410 or failed for days; what waited failed) or deleted: then it has no lane, so nobody
finds it any more, and its row goes after its deliveries.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from telop_chassis.database import Database, Transaction
from telop_chassis.problems import Conflict, NotFound
from telop_chassis.sealing import Sealer

from telop_notifier import lanes
from telop_notifier.clock import Clock
from telop_notifier.delivery import endpoint_test_message, webhook_id
from telop_notifier.health import Breaker, breaker
from telop_notifier.ledger import Ledger, Recipient
from telop_notifier.signing import Key, Scheme, new_key
from telop_notifier.tables import endpoints
from telop_notifier.tables import lanes as lanes_table
from telop_notifier.tasks import RemoveEndpoint, SendMissed

MAX_ENDPOINTS: Final = 100
"""Per tenant: every event is stored and sent once for each."""
MAX_PREVIOUS: Final = 3
"""Rotated secrets that sign beside the newest one: each was promised to be valid for its time."""
HEADERS: Final = "headers"
"""What the sealed headers of an endpoint are bound to, beside tenant and endpoint."""


class TooManyEndpoints(Conflict):
    """The tenant has as many endpoints as it may."""

    code = "too_many_endpoints"
    title = "There are too many webhook endpoints"


class EndpointNotActive(Conflict):
    """The endpoint is paused or disabled."""

    code = "endpoint_not_active"
    title = "The webhook endpoint is not active"

    def __init__(self) -> None:
        super().__init__('It is paused or disabled: PATCH it with {"paused": false} first')


class TooManySecrets(Conflict):
    """So many rotated secrets are still valid that one more would end one of them too early."""

    code = "too_many_secrets"
    title = "The secret was rotated too often"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as its owner sees it: without its secret and the values of its headers.

    `event_types` None means all but progress. `public_key` verifies `v1a`; without one the scheme is `v1`.
    """

    id: str
    position: int
    url: str
    event_types: Sequence[str] | None
    description: str
    state: str
    reason: str | None
    state_since: datetime
    created_at: datetime
    format: str
    public_key: str | None
    rate_limit: float | None
    max_concurrency: int
    header_names: Sequence[str]
    metadata: Mapping[str, str]
    open_until: datetime | None
    failing_since: datetime | None

    def breaker(self, now: datetime) -> Breaker:
        """Return the state of its circuit breaker."""
        return breaker(self.open_until, now)


_SHOWN: Final = tuple(
    (lanes_table if name in lanes_table.c else endpoints).c[name] for name in Endpoint.__dataclass_fields__
)


class Endpoints:
    """Creates, shows and changes endpoints."""

    def __init__(self, database: Database, *, deliver: Ledger, sealer: Sealer, clock: Clock, overlap_s: float) -> None:
        self._database = database
        self._ledger = deliver
        self._sealer = sealer
        self._clock = clock
        self._overlap = timedelta(seconds=overlap_s)

    def now(self) -> datetime:
        """Return the time that breakers go by."""
        return self._clock()

    async def create(
        self, tenant: str, values: Mapping[str, Any], *, headers: Mapping[str, str], signature: Scheme
    ) -> tuple[Endpoint, str]:
        """Create an active endpoint from its columns and headers; return it with what its receiver verifies with."""
        key, made_id = new_key(signature), f"ep_{uuid.uuid4().hex}"
        row = {"id": made_id, "tenant": tenant, **values, **self._headers(tenant, made_id, headers)}
        async with self._database.transaction("create endpoint") as transaction:
            mine = (endpoints.c.tenant == tenant, endpoints.c.state != "deleted")
            count = await transaction.execute(select(func.count()).where(*mine))
            if count.scalar_one() >= MAX_ENDPOINTS:
                raise TooManyEndpoints(f"A tenant may have {MAX_ENDPOINTS}")
            await transaction.execute(insert(endpoints).values(row | self._sealed(tenant, made_id, key)))
            await transaction.execute(insert(lanes_table).values(endpoint_id=made_id))
            return _endpoint(await _one(transaction, tenant, made_id)), key.shown

    async def page(self, tenant: str, *, after: int | None, limit: int) -> list[Endpoint]:
        """Return up to `limit` endpoints in the order of their creation, after a position."""
        async with self._database.transaction("list endpoints") as transaction:
            found = await transaction.execute(
                select(*_SHOWN)
                .select_from(endpoints.join(lanes_table))
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
        self,
        tenant: str,
        endpoint_id: str,
        changes: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None,
        paused: bool | None,
    ) -> Endpoint:
        """Change columns, replace headers, pause or resume; a resumed endpoint begins with a closed breaker."""
        now = self._clock()
        async with self._database.transaction("change endpoint") as transaction:
            before = await _one(transaction, tenant, endpoint_id, for_update=True)
            values = dict(changes) | (self._headers(tenant, endpoint_id, headers) if headers is not None else {})
            state = before.state if paused is None else "paused" if paused else "active"
            if state != before.state:
                values |= {"state": state, "reason": None, "state_since": now}
            if not values:
                return _endpoint(before)
            await transaction.execute(update(endpoints).where(_is(tenant, endpoint_id)).values(values))
            await lanes.lock(transaction, [endpoint_id])
            if state == "active" != before.state:
                await lanes.heal(transaction, endpoint_id)
            if changes.get("url", before.url) != before.url:
                await lanes.half_open(transaction, endpoint_id, now=now)
            await lanes.refresh(transaction, {endpoint_id: 0}, now=now)
            transaction.notify(lanes.CHANNEL)
            return _endpoint(await _one(transaction, tenant, endpoint_id))

    async def delete(self, tenant: str, endpoint_id: str) -> None:
        """Take an endpoint out of use, with its lane and secrets, and let its log be deleted; raises `NotFound`."""
        gone = {"state": "deleted", "secret": "", "previous_secret": None, "headers": None}
        async with self._database.transaction("delete endpoint") as transaction:
            await _one(transaction, tenant, endpoint_id, for_update=True)
            await transaction.execute(update(endpoints).where(_is(tenant, endpoint_id)).values(gone))
            await transaction.execute(delete(lanes_table).where(lanes_table.c.endpoint_id == endpoint_id))
            await transaction.schedule(RemoveEndpoint(endpoint_id=endpoint_id), tenant=tenant)

    async def rotate_secret(
        self, tenant: str, endpoint_id: str, *, signature: Scheme | None
    ) -> tuple[str, str | None, datetime]:
        """Make a new key; return what verifies it, its public half if any, and until when the old ones sign too.

        Without a signature scheme the endpoint keeps its own. Raises `TooManySecrets`.
        """
        now = self._clock()
        until = now + self._overlap
        async with self._database.transaction("rotate secret") as transaction:
            before = await _one(transaction, tenant, endpoint_id, for_update=True)
            previous = await _valid_secrets(transaction, endpoint_id, now)
            key = new_key(signature or ("v1a" if before.public_key else "v1"))
            changed = self._sealed(tenant, endpoint_id, key)
            overlap = {"previous_secret": " ".join(previous), "previous_secret_until": until}
            await transaction.execute(update(endpoints).where(_is(tenant, endpoint_id)).values(overlap | changed))
        return key.shown, key.public, until

    async def test(self, tenant: str, endpoint_id: str) -> str:
        """Send a test webhook and return the id of its delivery; raises `EndpointNotActive`."""
        now = self._clock()
        message = endpoint_test_message(endpoint_id, event_id=f"endpoint.test:{uuid.uuid4().hex}", now=now)
        async with self._database.transaction("test endpoint") as transaction:
            recipient = Recipient(endpoint_id, (await _active(transaction, tenant, endpoint_id)).format)
            await lanes.half_open(transaction, endpoint_id, now=now)
            await self._ledger.announce_to(transaction, message, recipient, tenant=tenant, now=now)
        return webhook_id(message.event_id, endpoint_id)

    async def recover(self, tenant: str, endpoint_id: str, *, since: datetime) -> None:
        """Send again what failed or was missed since a time; raises `EndpointNotActive`."""
        task = SendMissed(run=uuid.uuid4().hex, endpoint_id=endpoint_id, since=since)
        await self._schedule(tenant, task)

    async def replay_failed(self, tenant: str, endpoint_id: str, *, since: datetime) -> None:
        """Send again everything that failed since a time; raises `EndpointNotActive`."""
        task = SendMissed(run=uuid.uuid4().hex, endpoint_id=endpoint_id, since=since, what="failed")
        await self._schedule(tenant, task)

    async def _schedule(self, tenant: str, task: SendMissed) -> None:
        async with self._database.transaction("recover endpoint") as transaction:
            await _active(transaction, tenant, task.endpoint_id)
            await transaction.schedule(task, tenant=tenant)

    def _sealed(self, tenant: str, endpoint_id: str, key: Key) -> dict[str, Any]:
        return {"secret": self._sealer.seal(key.secret, tenant, endpoint_id), "public_key": key.public}

    def _headers(self, tenant: str, endpoint_id: str, headers: Mapping[str, str]) -> dict[str, Any]:
        sealed = self._sealer.seal(json.dumps(dict(headers)), tenant, endpoint_id, HEADERS) if headers else None
        return {"headers": sealed, "header_names": sorted(headers)}


def _is(tenant: str, endpoint_id: str) -> ColumnElement[bool]:
    return and_(endpoints.c.tenant == tenant, endpoints.c.id == endpoint_id)


async def _one(transaction: Transaction, tenant: str, endpoint_id: str, *, for_update: bool = False) -> Row[Any]:
    statement = select(*_SHOWN).select_from(endpoints.join(lanes_table)).where(_is(tenant, endpoint_id))
    found = await transaction.execute(statement.with_for_update(of=endpoints) if for_update else statement)
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return row


async def _active(transaction: Transaction, tenant: str, endpoint_id: str) -> Row[Any]:
    row = await _one(transaction, tenant, endpoint_id)
    if row.state != "active":
        raise EndpointNotActive
    return row


async def _valid_secrets(transaction: Transaction, endpoint_id: str, now: datetime) -> list[str]:
    """The sealed secrets that sign now, the newest first."""
    found = await transaction.execute(
        select(endpoints.c.secret, endpoints.c.previous_secret, endpoints.c.previous_secret_until).where(
            endpoints.c.id == endpoint_id
        )
    )
    row = found.one()
    overlaps = row.previous_secret is not None and row.previous_secret_until > now
    valid = [row.secret, *(row.previous_secret.split() if overlaps else ())]
    if len(valid) > MAX_PREVIOUS:
        raise TooManySecrets(f"{MAX_PREVIOUS} rotated secrets are valid until {row.previous_secret_until:%FT%TZ}")
    return valid


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(**row._mapping)
