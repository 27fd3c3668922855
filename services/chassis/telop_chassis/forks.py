"""Sandboxed children as forks of a warm process: one fork server for each package whose modules they run.

A server is started when the first child of its package is asked for, and again when it has died; it ends with this
process. A child is gone, with its process group, when `Forked.end` returns.
"""

import asyncio
import atexit
import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from telop_chassis import children

ANSWERS_S: Final = 5.0
"""A server does nothing but wait for its children: one that takes longer to kill one is killed, with them all."""


@dataclass(frozen=True, slots=True)
class Forked:
    """A child: streams to talk to it, and to the server that knows how it ended."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _life: asyncio.StreamReader
    _hold: asyncio.StreamWriter
    _server: "_Server"

    async def wait(self) -> int | None:
        """Its exit status, negative for a signal; None if its server died before it could tell."""
        status = await self._life.read()
        return int(status) if status else None

    async def end(self) -> None:
        """Kill whatever is left of its process group, and wait until it is gone."""
        self.writer.close()
        with contextlib.closing(self._hold), contextlib.suppress(OSError):  # its server died, and all children with it
            self._hold.write_eof()
            gone = asyncio.ensure_future(self._life.read())
            # Not `asyncio.timeout`: before Python 3.11.3 it does not end in a task that was cancelled already.
            if not (await asyncio.wait({gone}, timeout=ANSWERS_S))[0]:
                self._server.process.kill()
            await gone


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket

    def end(self) -> None:
        self.control.close()
        self.process.wait()


_servers: dict[str, _Server] = {}


async def fork(module: str) -> Forked:
    """A child in which `module.main` is about to be called. Raises OSError where no server can be started."""
    (talk, its_talk), (life, its_life) = socket.socketpair(), socket.socketpair()
    with contextlib.ExitStack() as ours:
        ours.enter_context(talk)
        ours.enter_context(life)
        with its_talk, its_life:
            server = _asked(module, [its_talk.fileno(), its_life.fileno()])
        reader, writer = await asyncio.open_connection(sock=talk)
        ours.callback(writer.close)
        life_reader, hold = await asyncio.open_connection(sock=life)
        ours.pop_all()
    return Forked(reader, writer, life_reader, hold, server)


def _asked(module: str, descriptors: list[int]) -> _Server:
    """The server that was asked for a child."""
    package = module.partition(".")[0]
    server = _servers.get(package)
    with contextlib.suppress(OSError):  # it died since
        if server is not None and server.process.poll() is None:
            socket.send_fds(server.control, [module.encode()], descriptors)
            return server
    if server is not None:
        server.end()
    server = _servers[package] = _started()
    socket.send_fds(server.control, [module.encode()], descriptors)
    return server


def _started() -> _Server:
    control, its_control = socket.socketpair()
    entry = "from telop_chassis.child_side import serve_forks; serve_forks()"
    with its_control:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing of a request
            (sys.executable, "-P", "-c", entry, str(os.getpid())),
            stdin=its_control.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=children.surroundings(threads=1),
        )
    return _Server(process, control)


@atexit.register
def end_servers() -> None:
    """End all fork servers, and what they forked."""
    while _servers:
        _servers.popitem()[1].end()
