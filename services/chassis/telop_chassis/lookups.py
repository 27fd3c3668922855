"""Names to addresses, without threads: a name server that never answers holds up nobody else's lookup.

`getaddrinfo` of the system would occupy one of a few threads for as long as the slowest name server likes, and uvloop
shares those with files. c-ares reads the same /etc/hosts and /etc/resolv.conf, follows the TTL of an answer, and needs
one socket for all questions.
"""

import asyncio
from ipaddress import ip_address
from typing import Any, Final, Protocol

import aiodns
from aiodns.error import DNSError

from telop_chassis.addresses import IpAddress

MAX_ANSWERS: Final = 32
LOOKUP_S: Final = 4.0
"""For everything: two tries of a second and a half each, over all name servers, and some room."""


class LookupFailed(Exception):
    """The name does not resolve, or not in time, or to more addresses than anybody has."""


class Lookup(Protocol):
    """Resolves names."""

    async def addresses(self, host: str) -> list[IpAddress]:
        """Return all addresses of a name, at least one; raises `LookupFailed`."""

    async def close(self) -> None:
        """Give everything back."""


class AresLookup:
    """Resolves as the machine is configured. Creating it opens nothing. `options` are those of a c-ares channel."""

    def __init__(self, **options: Any) -> None:
        self._options = {"timeout": 1.5, "tries": 2, **options}
        self._resolver: aiodns.DNSResolver | None = None

    async def addresses(self, host: str) -> list[IpAddress]:
        """Return all addresses of a name; raises `LookupFailed`."""
        if self._resolver is None:
            self._resolver = aiodns.DNSResolver(**self._options)
        try:
            async with asyncio.timeout(LOOKUP_S):
                answer = await self._resolver.getaddrinfo(host)
            found = [ip_address(node.addr[0].decode()) for node in answer.nodes[: MAX_ANSWERS * 2]]
        except (DNSError, TimeoutError, ValueError) as error:
            raise LookupFailed from error
        unique = list(dict.fromkeys(found))
        if not 0 < len(unique) <= MAX_ANSWERS:
            raise LookupFailed
        return unique

    async def close(self) -> None:
        """Close the socket; questions that are open fail."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None
