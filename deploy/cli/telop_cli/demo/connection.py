"""How a command reaches a running stack: what `telop up` announced, or what the command line names instead."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from telop_cli.demo.client import Client
from telop_cli.failures import Refused
from telop_cli.paths import data_folder

ANNOUNCED: Final = Path("run") / "stack.json"
"""Where `telop up` writes what it also prints with `--json`, inside of its data folder."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The addresses of a stack and a key that opens it."""

    ingest_url: str
    notifier_url: str
    api_key: str = field(repr=False)
    kafka: str
    broker_kind: str
    data: str
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Service to database URL."""
    urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Service to its own URL."""

    @classmethod
    def parse(cls, announced: Mapping[str, Any]) -> Self:
        """Read what `telop up` announced; fields that are not needed here are left out."""
        return cls(**{each.name: announced[each.name] for each in fields(cls)})

    @classmethod
    def find(cls, url: str | None, key: str | None, data: Path | None) -> Self:
        """The ingest at `url` with `key`; without them, the stack of the data folder. Raises `Refused`."""
        if url and key:
            return cls(url, "", key, "", "", "")
        if url or key:
            raise Refused("give --url and --key together, or neither", status=2)
        path = data_folder(data) / ANNOUNCED
        try:
            return cls.parse(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise Refused(f"no stack runs on {path.parent.parent}: start one with `telop up`", status=2) from None

    def client(self) -> Client:
        """A client of the stack's API."""
        return Client(self.ingest_url, self.api_key, self.notifier_url)

    def client_of(self, service: str) -> Client:
        """A client of one service, for what every service has; raises `Refused` for a service that nobody knows."""
        if self.urls and service not in self.urls:
            raise Refused(f"there is no service {service}: name one of {', '.join(self.urls)}", status=2)
        return Client(self.urls.get(service, self.ingest_url), self.api_key)
