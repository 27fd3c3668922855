"""Which addresses an outgoing request to a user-given URL may reach.

A host is resolved once, every address it resolves to must be public or inside a network that the operator allowed,
and the caller connects to the addresses returned here, never to the name again: an answer that changes between the
check and the connection changes nothing. Addresses that carry an IPv4 address inside are judged by that as well.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from telop_chassis.failures import PermanentError, TransientError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; the standard library calls it global
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215


async def resolve_allowed(host: str, port: int, allowed_networks: Sequence[IpNetwork]) -> list[IpAddress]:
    """Resolve `host` and return all its addresses, in the resolver's order, at least one.

    Raises PermanentError("url_refused") if any of them is neither public nor in `allowed_networks`, and
    TransientError("url_unreachable") if the name does not resolve.
    """
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransientError("url_unreachable", "the host name does not resolve") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers))
    if not addresses or not all(is_allowed(address, allowed_networks) for address in addresses):
        raise PermanentError("url_refused", "the host has an address that is neither public nor allowed")
    return addresses


def is_allowed(address: IpAddress, allowed_networks: Sequence[IpNetwork]) -> bool:
    """Whether `address`, as itself or as the IPv4 address it stands for, is public or in an allowed network."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == network.version and address in network for network in allowed_networks):
        return True
    return all(_is_public(candidate) for candidate in (address, *_embedded(address)))


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64_LOCAL:
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IpAddress) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.sixtofour] if address.sixtofour else []
    found += list(address.teredo or ())
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return found
