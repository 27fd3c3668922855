"""What media code does at its worst, by name; started in a sandbox by the tests beside it."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from telop_chassis.sandbox import Refused


def main(request: dict[str, Any]) -> dict[str, Any]:
    behaviour: dict[str, Any] = getattr(sys.modules[__name__], request["do"])(request)
    return behaviour


def echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"heard": request["say"]}


def tell_surroundings(_: dict[str, Any]) -> dict[str, Any]:
    return {
        "environment": dict(os.environ),
        "leads_group": os.getpgid(0) == os.getpid(),
        "id": os.getpid(),
        "server": os.getppid(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "umask": os.umask(0),
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
    }


def print_noise(_: dict[str, Any]) -> dict[str, Any]:
    os.write(1, b'{"answer": {"forged": true}}')
    os.write(2, b"noise")
    return {"forged": False}


def refuse(_: dict[str, Any]) -> dict[str, Any]:
    raise Refused("media_unreadable")


def raise_with_text(request: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(request["say"])


def _call(number: int, number_on_arm: int, *arguments: int) -> None:
    """A system call that Python has no function for."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number_on_arm if os.uname().machine == "aarch64" else number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def abort(_: dict[str, Any]) -> dict[str, Any]:
    os.abort()


def crash(_: dict[str, Any]) -> dict[str, Any]:
    ctypes.string_at(0)
    return {}


def exit_silently(_: dict[str, Any]) -> dict[str, Any]:
    os._exit(0)


def swell(_: dict[str, Any]) -> dict[str, Any]:
    return {"bytes": len(bytearray(4 * 1024**3))}


def spin(_: dict[str, Any]) -> dict[str, Any]:
    while True:
        pass


def answer_too_much(_: dict[str, Any]) -> dict[str, Any]:
    return {"text": "x" * 1_000_000}


def write_too_much(request: dict[str, Any]) -> dict[str, Any]:
    Path(request["path"]).write_bytes(b"x" * 1_000_000)
    return {}


def save_an_array(request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 - no other behaviour needs it

    np.zeros(1_000_000, np.uint8).tofile(request["path"])
    return {}


def hang_with_grandchild(request: dict[str, Any]) -> dict[str, Any]:
    line = os.open(request["path"], os.O_WRONLY)  # stays open in both as long as they live
    if os.fork() != 0:
        os.write(line, b"both hang\n")
    signal.pause()
    return {}


def hang(request: dict[str, Any]) -> dict[str, Any]:
    line = os.open(request["path"], os.O_WRONLY)
    os.write(line, b"hangs\n")
    signal.pause()
    return {}


def touch_files(request: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, list[str]] = {"read": [], "written": []}
    for path in request["paths"]:
        for mode, name in (("r", "read"), ("a", "written")):
            with contextlib.suppress(OSError), open(path, mode, encoding="utf-8"):
                told[name].append(path)
    return told


def reach_out(_: dict[str, Any]) -> dict[str, Any]:
    refused = []
    for name, attempt in (
        ("socket", lambda: socket.socket(socket.AF_INET)),
        ("program", lambda: subprocess.run(["true"], check=True)),
        ("signal", lambda: os.kill(os.getppid(), 0)),
        ("signal to a thread", lambda: _call(234, 131, os.getppid(), os.getppid(), 0)),
        ("memory of another", lambda: _call(310, 270, os.getppid(), 0, 0, 0, 0, 0)),
        ("other group", lambda: os.setpgid(0, os.getpgid(os.getppid()))),
    ):
        try:
            attempt()
        except PermissionError:
            refused.append(name)
    return {"refused": refused}
