"""Sees which files of a folder are opened (Linux: inotify), by whomever."""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_OPEN = 0x20
_HEADER = struct.Struct("iIII")


class Watch:
    """The opens of one folder since it was asked last."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def opened(self) -> set[str]:
        """Names of the files that were opened since."""
        names: set[str] = set()
        try:
            events = os.read(self._descriptor, 1 << 20)
        except BlockingIOError:
            return names
        while events:
            *_, length = _HEADER.unpack_from(events)
            names.add(events[_HEADER.size : _HEADER.size + length].rstrip(b"\0").decode())
            events = events[_HEADER.size + length :]
        return names


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    """Watch a folder, not those within."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        assert libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_OPEN) >= 0
        yield Watch(descriptor)
    finally:
        os.close(descriptor)
