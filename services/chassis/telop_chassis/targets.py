"""Where a user-given URL points, parsed once by the parser of the client that will send (`yarl`, of aiohttp).

Only plain http and https URLs pass: no user names, no fragments, no backslashes, no white space, no invisible
characters, no second spelling of an address or a port. Whether the host may be reached is decided at every attempt,
never here.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from yarl import URL

from telop_chassis.addresses import METADATA_NAMES, IpAddress

MAX_URL: Final = 2_048
MAX_HOST: Final = 253

_SHAPE: Final = re.compile(
    r"https?://(?P<host>\[[0-9a-f:.]+\]|[^\[\]@:/?#\\%]+)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?][^#\\]*)?", re.IGNORECASE
)
"""No user names, scopes, fragments or escapes in the host; a port without sign, space or leading zero."""
_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""The WHATWG URL standard's hosts that end in a number: some resolver reads each of them as an IPv4 address."""


@dataclass(frozen=True)
class Target:
    """A parsed URL, its host (IDNA-encoded, or an address without brackets) and its port."""

    url: URL
    host: str
    port: int
    address: IpAddress | None
    """The host as an address, where it is one."""

    @classmethod
    @lru_cache(maxsize=1_024)  # an endpoint's URL is parsed at every attempt
    def parse(cls, text: str) -> "Target":
        """Return the target of a URL; raises `ValueError` with a message that does not repeat it."""
        if len(text) > MAX_URL or not text.isprintable() or " " in text:
            raise ValueError("white space and control characters are not allowed, nor more than 2,048 characters")
        shape = _SHAPE.fullmatch(text)
        if shape is None:
            raise ValueError(
                "an absolute http or https URL is needed, without user name, password, fragment or backslash"
            )
        if unicodedata.normalize("NFKC", shape["host"]) != shape["host"]:
            raise ValueError("the host has characters that stand for others: write them plainly")
        try:
            url = URL(text, encoded=text.isascii())  # as it was given: a signature may cover the spelling of a query
            host, port = (url.raw_host or "").lower(), url.port
        except (ValueError, TypeError) as error:
            raise ValueError("this is not a URL") from error
        if not host or not port:
            raise ValueError("this is not a URL")
        address = _address(host)
        if address is not None and not shape["host"].isascii():
            raise ValueError("write an IPv4 address as four decimal numbers")
        return cls(url, host, port, address)

    @property
    def host_header(self) -> str:
        """What the receiver shall see as `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.url.is_default_port() else f"{host}:{self.port}"

    def at(self, address: IpAddress) -> URL:
        """Return the URL with the address in the place of the host: what is dialled."""
        return self.url.with_host(str(address))


def _address(host: str) -> IpAddress | None:
    """Return the address that a host is, or None for a name; raises `ValueError` for what may be read as either."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    if _NUMERIC.fullmatch(host):
        raise ValueError("write an IPv4 address as four decimal numbers")
    if len(host) > MAX_HOST or not _HOST.fullmatch(host):
        raise ValueError("the host is not a name as DNS has it")
    if host in METADATA_NAMES:
        raise ValueError("this host is never reached")
    return None
