"""Which addresses an outgoing request to a user-given URL may reach. Pure: no lookups, no connections.

An address is reached if it is public, or if the operator listed its network; metadata services and link-local addresses
are reached never, whatever is listed. IPv6 addresses that carry an IPv4 address are not public; where their network is
listed, the IPv4 address inside is judged as well.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        (
            # IANA IPv4 Special-Purpose Address Registry, and multicast; `ipaddress` calls some of them global.
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
            *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # IANA IPv6 Special-Purpose Address Registry inside of 2000::/3: protocols (Teredo, ORCHID, benchmarks,
            # AMT), documentation, 6to4, AS112.
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)
PUBLIC_IPV6: Final = IPv6Network("2000::/3")
"""The only part that IANA gives out as global unicast: what lies outside (mapped, NAT64, unique local, ...) is not."""

METADATA: Final = frozenset(
    {
        # 169.254.0.0/16 and fe80::/10, where most clouds have theirs, are in NEVER as a whole.
        *map(IPv4Address, ("100.100.100.200", "168.63.129.16", "192.0.0.192")),  # Alibaba, Azure, Oracle
        IPv6Address("fd20:ce::254"),  # Google
        IPv6Address("fd00:42::42"),  # Scaleway
    }
)
NEVER: Final = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"),
            *("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32"),  # the last: Amazon, all its services
        ),
    )
)
METADATA_NAMES: Final = frozenset(
    {
        *("metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"),
        *("metadata.tencentyun.com", "metadata.azure.internal"),
    }
)

_EMBEDDING_LOW: Final = tuple(
    map(
        IPv6Network,
        # IPv4-compatible, -mapped (RFC 4291), -translated (RFC 2765), and NAT64 (RFC 6052, RFC 8215)
        ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
    )
)
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214: what stands before the IPv4 address
_LOCALHOST6: Final = IPv6Address("::1")


def is_reachable(address: IpAddress, listed: Sequence[IpNetwork]) -> bool:
    """Whether `address` is public or in one of the `listed` networks, and so is every IPv4 address inside of it."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    inside = _embedded(address)
    if any(_is_never(each) for each in (address, *inside)):
        return False
    if is_listed(address, listed):
        return all(is_listed(each, listed) or _is_public(each) for each in inside)
    return not inside and _is_public(address)


def is_listed(address: IpAddress, listed: Iterable[IpNetwork]) -> bool:
    """Whether `address` lies in one of the networks."""
    return any(address.version == network.version and address in network for network in listed)


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return False
    return not is_listed(address, NOT_PUBLIC)


def _is_never(address: IpAddress) -> bool:
    return address in METADATA or is_listed(address, NEVER)


def _embedded(address: IpAddress) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address may stand for."""
    if isinstance(address, IPv4Address) or address == _LOCALHOST6:
        return []
    found = [address.sixtofour] if address.sixtofour else []
    found += list(address.teredo or ())
    low = int(address) & 0xFFFF_FFFF
    if any(address in network for network in _EMBEDDING_LOW) or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        found.append(IPv4Address(low))
    return found
