"""An interpreter that has imported what all services share, and becomes any of them by forking.

Importing costs 3 s of processor time; five services that each did it would be most of a stack's start. This process
stays single-threaded and opens nothing, so that a fork is as good as a new interpreter. It reads one JSON object a line
(`module`, `arguments`, `environment`, `log`), answers `{"pid": ...}`, and later `{"pid": ..., "status": ...}`. It ends
with its standard input, and what it bore ends with it.
"""

import importlib
import json
import os
import runpy
import select
import signal
import sys
import traceback
from typing import Any, NoReturn

import setproctitle

from telop_cli.stack.tether import end_with

SHARED = ("telop_chassis.main", "telop_chassis.engine_process", "telop_chassis.media_cache", "alembic.command")


def serve() -> None:
    """Bear what is asked for until standard input ends."""
    for name in SHARED:
        importlib.import_module(name)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    unread = b""
    while True:
        ready, _, _ = select.select([0, wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 4096)
            _bury()
        if 0 in ready:
            received = os.read(0, 65536)
            if not received:
                return
            *orders, unread = (unread + received).split(b"\n")
            for order in orders:
                _say({"pid": _bear(json.loads(order))})


def _bear(order: dict[str, Any]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(order, parent)
    return pid


def _become(order: dict[str, Any], parent: int) -> NoReturn:
    """Be the program in every respect that it could notice, and never return."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        end_with(parent, signal.SIGTERM)
        nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)
        # The title stands where the first environment stood: only then may that go.
        setproctitle.setproctitle(" ".join(["python -m", order["module"], *order["arguments"]]))
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.path[:0] = [folder for folder in order["environment"].get("PYTHONPATH", "").split(os.pathsep) if folder]
        sys.argv = [order["module"], *order["arguments"]]
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
    except BaseException:  # noqa: BLE001 - this is the last frame of the program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say({"pid": pid, "status": os.waitstatus_to_exitcode(status)})


def _say(what: dict[str, int]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve()
