"""The five services as they are built: what they subscribe to, what they publish, and their HTTP documents."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from telop_contracts.envelope import Event

from contracts.tooling.schemas import Schema

if TYPE_CHECKING:
    from telop_chassis.service import Service

SERVICES: Final = ("ingest", "ocr", "asr", "matcher", "notifier")
_NOTHING_LISTENS: Final = 1
"""Building opens nothing, so any port does; this one shows it."""
_OWN: Final[dict[str, dict[str, Any]]] = {
    "notifier": {"notifier": {"public_url": "https://telop.example", "secret_keys": "0" * 64}}
}
"""What a service cannot do without beside the settings of all."""


def build(name: str, *, database: str = f"postgresql://nobody@127.0.0.1:{_NOTHING_LISTENS}/nothing") -> "Service":
    """Build a service with settings that name nothing real, but for a database if one is given."""
    make: Callable[[Any], Service] = importlib.import_module(f"telop_{name}.app").build
    settings_type = get_type_hints(make)["settings"]
    return make(
        settings_type(
            role="all",
            database={"url": database},
            kafka={"bootstrap": f"127.0.0.1:{_NOTHING_LISTENS}"},
            objects={"url": "memory:///"},
            http={"cursor_key": "0" * 32, "docs": True},
            **_OWN.get(name, {}),
        )
    )


def subscribed(service: "Service") -> set[str]:
    """Return the types of the events that a service's handlers take."""
    return {handler.model.TYPE for handler in service.handlers if issubclass(handler.model, Event)}


def published(service: "Service") -> set[str]:
    """Return the types of the events that a service says it publishes."""
    return {event.TYPE for event in service.publishes}


def openapi(service: "Service") -> Schema:
    """Return the OpenAPI document of a service."""
    return service.app().openapi()
