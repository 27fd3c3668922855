"""A process that has imported what sandboxed children run, and becomes one of them by forking.

Importing is most of what a short child costs. The server holds no secret and opens no media. Over its standard input
it takes two sockets at a time: on the one a child hears its request and answers, on the other the server tells how the
child ended. Closing that one kills the child. When standard input ends the server ends, and its children with it.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Final, NoReturn

HIGHEST_DESCRIPTOR: Final = 1024
"""`select` waits for none above this, so none is open here."""


def serve(become: Callable[[str, socket.socket], NoReturn]) -> NoReturn:
    """Fork for each pair of sockets that comes; `become` is what the child does, told the module's name."""
    control = socket.socket(fileno=os.dup(0))
    _point_at_nothing(0)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    lives: dict[int, socket.socket] = {}
    unwanted: set[int] = set()
    while True:
        wanted = {life.fileno(): pid for pid, life in lives.items() if pid not in unwanted}
        ready, _, _ = select.select([control.fileno(), woken, *wanted], [], [])
        for pid in [wanted[each] for each in ready if each in wanted]:
            unwanted.add(pid)
            _kill_group(pid)
        if woken in ready:
            os.read(woken, 4096)
            _bury(lives)
            unwanted &= lives.keys()
        if control.fileno() in ready:
            name, descriptors, _, _ = socket.recv_fds(control, 256, 2)
            if len(descriptors) != 2:
                _end(lives)
            talk, life = (socket.socket(fileno=descriptor) for descriptor in descriptors)
            with contextlib.suppress(Exception):  # the child tells why its module cannot be imported
                importlib.import_module(name.decode())
            gc.freeze()  # a collection in a child would copy all that was imported
            pid = os.fork()
            if pid == 0:
                _in_child(talk, partial(become, name.decode()))
            with contextlib.suppress(OSError):  # the child does the same: whoever is first, no kill comes too early
                os.setpgid(pid, pid)
            talk.close()
            lives[pid] = life


def _in_child(talk: socket.socket, become: Callable[[socket.socket], NoReturn]) -> NoReturn:
    """Leave everything of the server behind but the one socket, and its modules."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    own = os.dup2(talk.detach(), 3)
    os.closerange(own + 1, HIGHEST_DESCRIPTOR)
    become(socket.socket(fileno=own))


def _bury(lives: dict[int, socket.socket]) -> None:
    """Tell how those children ended that did, and end what they left behind."""
    for pid in list(lives):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # its group only: the id may be another's
                os.killpg(pid, signal.SIGKILL)
            with lives.pop(pid) as life, contextlib.suppress(OSError):  # whoever asked may be gone
                life.send(str(os.waitstatus_to_exitcode(status)).encode())


def _kill_group(pid: int) -> None:
    """Kill a child, wherever it went, and its group."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing of it is left
            kill(pid, signal.SIGKILL)


def _end(lives: dict[int, socket.socket]) -> NoReturn:
    for pid in lives:
        _kill_group(pid)
    sys.exit(0)


def _point_at_nothing(descriptor: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, descriptor)
    os.close(nothing)
