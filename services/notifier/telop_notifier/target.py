"""Where an endpoint's URL points, parsed once by the parser of the client that will send.

Only plain http and https URLs pass: no user names, no fragments, no control characters. Whether the host may be reached
is decided at every attempt, never here.
"""

from dataclasses import dataclass
from typing import Final

import httpx

MAX_URL: Final = 2_000


@dataclass(frozen=True)
class Target:
    """A parsed URL with its host (IDNA-encoded, or an address) and port."""

    url: httpx.URL
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Return the target of a URL; raises `ValueError` with a message that does not repeat it."""
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise ValueError("this is not a URL") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise ValueError("an absolute http or https URL is needed")
        if url.userinfo or url.fragment:
            raise ValueError("user names, passwords and fragments are not allowed")
        if len(text) > MAX_URL or any(ord(character) <= 32 or ord(character) == 127 for character in text):
            raise ValueError("white space and control characters are not allowed, nor more than 2,000 characters")
        port = (443 if url.scheme == "https" else 80) if url.port is None else url.port
        if not 0 < port < 65_536:
            raise ValueError("this is not a port")
        return cls(url, url.raw_host.decode("ascii"), port)

    @property
    def host_header(self) -> str:
        """What the receiver shall see as `Host`."""
        return self.url.netloc.decode("ascii")
