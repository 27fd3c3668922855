"""Who calls, and what the key of the caller opens.

Keys read `telop_<prefix>_<secret>` with 256 random bits and are stored as SHA-256, in the copy that every service keeps
of `access.changed`. An answer of the database is believed for `CACHE_S` seconds at most, so a revoked key is refused
everywhere within seconds. `create_app` puts `authenticated` before every router; a route opens only to those whose
parameters name one of the aliases below, and `open_routes` finds any that forgot.
"""

import base64
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Protocol

from fastapi import Depends, FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr
from sqlalchemy import select

from telop_chassis.database import Database
from telop_chassis.problems import ScopeMissing, Unauthenticated
from telop_chassis.settings import ACCESS_KEY
from telop_chassis.tables import access_keys

CACHE_S: Final = 2.0
CACHE_KEYS: Final = 10_000
OPEN_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/docs/oauth2-redirect"})


@dataclass(frozen=True)
class Principal:
    """Whose key this is and what it opens."""

    tenant: str
    key_id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class NewKey:
    """A fresh access key. `text` is shown once and stored nowhere."""

    text: SecretStr
    prefix: str
    sha256: str


def new_key() -> NewKey:
    """Make an access key with 256 random bits behind a readable prefix."""
    prefix = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    text = f"telop_{prefix}_{secrets.token_urlsafe(32)}"
    return NewKey(text=SecretStr(text), prefix=prefix, sha256=hash_key(text))


def hash_key(text: str) -> str:
    """Return what is stored of a key. A plain hash is right: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class KnownKey:
    """The stored state of a key."""

    principal: Principal
    expires_at: datetime | None
    revoked: bool


class KeySource(Protocol):
    """Where keys are looked up."""

    async def find(self, sha256: str) -> KnownKey | None:
        """Return the key with this hash."""


class AccessKeys:
    """The service's own copy of the access keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, sha256: str) -> KnownKey | None:
        """Return the key with this hash, as the database has it now."""
        async with self._database.transaction("find access key") as transaction:
            found = await transaction.execute(select(access_keys).where(access_keys.c.key_sha256 == sha256))
            row = found.one_or_none()
        if row is None:
            return None
        principal = Principal(tenant=row.tenant, key_id=row.key_id, scopes=frozenset(row.scopes))
        return KnownKey(principal=principal, expires_at=row.expires_at, revoked=row.revoked)


class Authenticator:
    """Looks keys up; remembers an answer for `cache_s` seconds, "unknown" for a tenth of that: a new key soon works."""

    def __init__(
        self, source: KeySource, *, cache_s: float = CACHE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._cache_s = cache_s
        self._clock = clock
        self._answers: OrderedDict[str, tuple[float, KnownKey | None]] = OrderedDict()

    async def authenticate(self, text: str) -> Principal:
        """Return whose key this is; raises `Unauthenticated`."""
        if not ACCESS_KEY.fullmatch(text):
            raise Unauthenticated
        known = await self._find(hash_key(text))
        if known is None or known.revoked or (known.expires_at is not None and known.expires_at <= datetime.now(UTC)):
            raise Unauthenticated
        return known.principal

    async def _find(self, sha256: str) -> KnownKey | None:
        remembered = self._answers.get(sha256)
        if remembered is not None:
            answered_at, known = remembered
            if self._clock() - answered_at < (self._cache_s if known else self._cache_s / 10):
                return known
        asked_at = self._clock()
        known = await self._source.find(sha256)
        self._answers[sha256] = (asked_at, known)
        self._answers.move_to_end(sha256)
        while len(self._answers) > CACHE_KEYS:
            self._answers.popitem(last=False)
        return known


_bearer = HTTPBearer(
    auto_error=False, scheme_name="AccessKey", bearerFormat="telop_<prefix>_<secret>", description="An access key"
)


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Return the caller; put before every router by `create_app`."""
    if credentials is None:
        raise Unauthenticated
    authenticator: Authenticator = request.app.state.authenticator
    principal = await authenticator.authenticate(credentials.credentials)
    request.scope["telop.principal"] = principal
    return principal


class RequireScope:
    """A dependency that lets in who has the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self, principal: Annotated[Principal, Depends(authenticated)]) -> Principal:
        """Return the caller; raises `ScopeMissing`, which names the scope."""
        if self.scope not in principal.scopes:
            raise ScopeMissing(self.scope)
        return principal


JobsRead = Annotated[Principal, Security(RequireScope("jobs:read"), scopes=["jobs:read"])]
JobsWrite = Annotated[Principal, Security(RequireScope("jobs:write"), scopes=["jobs:write"])]
FindingsDecide = Annotated[Principal, Security(RequireScope("findings:decide"), scopes=["findings:decide"])]
WebhooksRead = Annotated[Principal, Security(RequireScope("webhooks:read"), scopes=["webhooks:read"])]
WebhooksWrite = Annotated[Principal, Security(RequireScope("webhooks:write"), scopes=["webhooks:write"])]
Admin = Annotated[Principal, Security(RequireScope("admin"), scopes=["admin"])]


def routes(app: FastAPI) -> Iterator[RouteContext]:
    """Yield every route of the application, with what its routers add to it."""
    return iter(iter_route_contexts(app.routes))


def open_routes(app: FastAPI) -> list[str]:
    """Return the routes outside of `OPEN_PATHS` that let in callers without a scope. Tests want none."""
    return sorted(
        f"{','.join(sorted(route.methods or ()))} {route.path}"
        for route in routes(app)
        if route.path not in OPEN_PATHS
        and not (isinstance(route.original_route, APIRoute) and _guarded(route.dependant))
    )


def _guarded(dependant: Dependant) -> bool:
    calls = {type(call) if isinstance(call, RequireScope) else call for call in _calls(dependant)}
    return RequireScope in calls and authenticated in calls


def _calls(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def operations_with_ids(app: FastAPI) -> list[tuple[str, str]]:
    """Return method and path template of every operation that takes an id in its path."""
    return sorted(
        (method, route.path_format)
        for route in routes(app)
        for method in route.methods or ()
        if route.path_format is not None and "{" in route.path_format and method != "HEAD"
    )
