"""An engine that goes to the network when it is loaded, as no engine may offline."""

import importlib
import socket
from types import SimpleNamespace
from typing import Any

from telop_asr import engines

ADDRESS = ("127.0.0.1", 9)


def serve(settings: Any) -> engines.SoundFileEngine:
    module = SimpleNamespace(load=lambda _: socket.create_connection(ADDRESS))
    importlib.import_module = lambda *_: module  # type: ignore[assignment] # in a process of its own
    return engines.serve(settings)
