"""The one way to a user-given URL: what may not be reached is not dialled, and what is dialled cannot lure us on.

At every request the host is resolved and each of its addresses is judged; the connection goes to exactly an address
that was judged, while the name stays in `Host`, SNI and the certificate check. No redirects, proxies, netrc, cookies or
decompression; the head of an answer is bounded. One error says that nothing came back, whatever the reason: it shall
not tell an open port from a closed one. The caller bounds the time of everything, and what it reads.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext
from typing import Final, NoReturn

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from telop_chassis.addresses import IpAddress, is_listed, is_reachable
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.lookups import AresLookup, Lookup, LookupFailed
from telop_chassis.settings import UrlSettings
from telop_chassis.targets import Target
from telop_chassis.version import VERSION

REASON_REFUSED: Final = "url_refused"
REASON_UNREACHABLE: Final = "url_unreachable"
MAX_DIALLED: Final = 3
CONNECT_S: Final = 4.0
"""For one address, its TLS handshake included: three of them fit into the 15 s of a webhook's attempt."""
MAX_LINE: Final = 8_190
MAX_HEADERS: Final = 100
MAX_IDLE_POOLS: Final = 512
IDLE_S: Final = 1.5
"""Shorter than servers keep idle connections (gunicorn 2 s, Node.js and uvicorn 5 s): else requests meet their end."""


class Outgoing:
    """Opens requests, many at a time. Creating it opens nothing. `lookup` and `tls` are replaced by tests only."""

    def __init__(self, settings: UrlSettings, *, lookup: Lookup | None = None, tls: SSLContext | None = None) -> None:
        self._settings = settings
        self._lookup = lookup or AresLookup()
        self._tls = tls or httpx.create_ssl_context()
        self._pools: OrderedDict[str, _Pool] = OrderedDict()
        # Pure: an address is judged at each request, but worked out once.
        self._place = lru_cache(maxsize=4_096)(self._place_of)

    async def start(self) -> None:
        """Do nothing: connections open when they are needed."""

    async def stop(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.session.close()
        self._pools.clear()
        await self._lookup.close()

    @asynccontextmanager
    async def open(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        pool: str | None = None,
        idle_s: float | None = None,
    ) -> AsyncIterator["Reply"]:
        """Send a request and yield the reply as soon as its head is there; the block reads what it wants of the body.

        `pool` names who may share connections with whom; without it the connection is closed. `idle_s` bounds each
        wait for bytes. Raises PermanentError("url_refused") before anything is dialled, TransientError(
        "url_unreachable") for everything that the other side does, and leaves the time to the caller.
        """
        addresses = await self._judged(target)
        lent = self._lend(pool)
        try:
            for number, address in enumerate(addresses, start=1):
                try:
                    response = await lent.session.request(
                        method,
                        target.at(address),
                        data=body,
                        headers={"user-agent": f"telopcheck/{VERSION}", **headers, "host": target.host_header},
                        allow_redirects=False,
                        server_hostname=target.host if target.url.scheme == "https" else None,
                        timeout=aiohttp.ClientTimeout(total=None, sock_read=idle_s, sock_connect=CONNECT_S),
                    )
                except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                    # Nothing was sent: the next address may listen.
                    if number == len(addresses):
                        _unreachable(error)
                    continue
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                    _unreachable(error)
                break
            try:
                yield Reply(response, idle_s)
            finally:
                response.close()  # of a body that was read to its end, the connection is in the pool already
        finally:
            lent.users -= 1
            if pool is None:
                await lent.session.close()
            elif len(self._pools) > MAX_IDLE_POOLS:
                await self._close_idle()

    async def _judged(self, target: Target) -> list[IpAddress]:
        """Return the first addresses of a target; raises if any of all of them may not be reached."""
        if target.address is not None:
            addresses = [target.address]
        else:
            try:
                addresses = await self._lookup.addresses(target.host)
            except LookupFailed:
                raise TransientError(REASON_UNREACHABLE, "no answer") from None
        places = [self._place(address) for address in addresses]
        if not all(places):
            raise PermanentError(REASON_REFUSED, "the host has an address that is neither public nor allowed")
        if "public" in places:
            if target.url.scheme != "https" and not self._settings.plain_http:
                raise PermanentError(REASON_REFUSED, "https is needed here")
            if target.port not in self._settings.ports:
                raise PermanentError(REASON_REFUSED, "this port is not allowed")
        return addresses[:MAX_DIALLED]

    def _place_of(self, address: IpAddress) -> str:
        """Return `listed`, `public`, or nothing for what may not be reached."""
        listed = self._settings.allowed_networks
        if not is_reachable(address, listed):
            return ""
        return "listed" if is_listed(address, listed) else "public"

    def _lend(self, name: str | None) -> "_Pool":
        pool = (self._pools.pop(name, None) if name else None) or _Pool(self._new_session())
        if name is not None:
            self._pools[name] = pool
        pool.users += 1
        return pool

    async def _close_idle(self) -> None:
        idle = [name for name, pool in self._pools.items() if not pool.users]
        for name in idle[: len(self._pools) - MAX_IDLE_POOLS]:
            await self._pools.pop(name).session.close()

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=self._tls, limit=0, resolver=_Nobody(), use_dns_cache=False, keepalive_timeout=IDLE_S
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("content-type",),
            headers={"accept": "*/*", "accept-encoding": "identity"},
            trust_env=False,
            auto_decompress=False,
            max_line_size=MAX_LINE,
            max_field_size=MAX_LINE,
            max_headers=MAX_HEADERS,
        )


class Reply:
    """What came back: the status, and the head with names as they were sent. The body is read once, in pieces."""

    def __init__(self, response: aiohttp.ClientResponse, idle_s: float | None) -> None:
        self._response = response
        self._idle_s = idle_s
        self.status = response.status
        self.headers = response.headers

    @property
    def ended(self) -> bool:
        """Whether there is nothing to read (any more)."""
        return self._response.content.at_eof()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, as it was sent; raises TransientError("url_unreachable") if it breaks off."""
        try:
            while True:
                # Not the client's own read timeout: aiohttp 3.14 stops its clock when a chunk is malformed, and waits.
                async with asyncio.timeout(self._idle_s):
                    piece = await self._response.content.readany()
                if not piece:
                    return
                yield piece
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            _unreachable(error)


@dataclass
class _Pool:
    """The connections that requests of one name share, and how many use it now."""

    session: aiohttp.ClientSession
    users: int = 0


class _Nobody(AbstractResolver):
    """Resolves nothing: the client gets addresses only, and could not dial a name if it wanted."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        raise OSError("names are resolved elsewhere")

    async def close(self) -> None:
        """Nothing to close."""


def _unreachable(error: BaseException) -> NoReturn:
    raise TransientError(REASON_UNREACHABLE, "no answer") from error
