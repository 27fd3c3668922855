"""Loopback ports for what a stack runs, the same ones at every start as long as nobody else has taken them.

New ones are drawn below the range from which the system takes ports for outgoing connections, so that a service that
is started again still finds its port free.
"""

import asyncio
import json
import random
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 31_999


def choose(file: Path, names: Sequence[str]) -> dict[str, int]:
    """Returns a free port for each name: the one that `file` remembers if it is free, else a new one. Writes `file`."""
    remembered: dict[str, int] = {}
    with suppress(OSError, ValueError):
        remembered = json.loads(file.read_text())
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name, 0)
        while port in chosen.values() or not _free(port):
            port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - not a secret
        chosen[name] = port
    file.write_text(json.dumps(remembered | chosen))
    return chosen


async def listens(port: int) -> bool:
    """Returns whether somebody accepts connections on a port."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # As a server does it: a port whose last connections are still in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return port != 0
