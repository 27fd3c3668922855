"""A local receiver for whoever writes one: it checks each request and hands it on, and keeps nothing.

What is signed with the key is answered 204, everything else 401; without a key everything is answered 204.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Final

from telop_cli.demo.loopback import Answer, LoopbackServer
from telop_cli.webhooks.verifying import Key, NotVerified, verify

MAX_AGE_S: Final = 300.0
"""What receivers allow; the `standardwebhooks` libraries do so."""


@dataclass(frozen=True)
class Heard:
    """One request: its headers in lower case, and why it is not believed. Empty if it is, None if there is no key."""

    headers: Mapping[str, str]
    body: bytes
    problem: str | None


class Listener:
    """Listens on `url` while its server's `with` block runs; `hear` is called with each request."""

    def __init__(self, hear: Callable[[Heard], None], *, port: int = 0) -> None:
        self.key: Key | None = None
        self._hear = hear
        self.server = LoopbackServer(self._receive, port=port)
        self.url = f"{self.server.url}/webhooks"

    def _receive(self, path: str, headers: Message, body: bytes) -> Answer:
        lower = {name.lower(): str(value) for name, value in headers.items()}
        heard = Heard(lower, body, self._problem(lower, body))
        self._hear(heard)
        return (401 if heard.problem else 204), "text/plain", b""

    def _problem(self, headers: Mapping[str, str], body: bytes) -> str | None:
        if self.key is None:
            return None
        try:
            verify(headers, body, self.key, now=datetime.now(UTC), max_age_s=MAX_AGE_S)
        except NotVerified as problem:
            return str(problem)
        return ""
