"""Faults: each one says what it did, so that a run can prove that its fault fired."""

import os
import signal
from pathlib import Path

import psutil
from telop_cli.demo.connection import Connection
from telop_cli.demo.stack_process import StackProcess

from tests.support.eventually import eventually


def pid_of(connection: Connection, service: str) -> int:
    """The process id that the stack wrote down."""
    return int((Path(connection.data) / "run" / f"{service}.pid").read_text())


async def kill(connection: Connection, service: str) -> None:
    """SIGKILL a service and wait until the stack runs another process in its place; fails if it does not."""
    old = psutil.Process(pid_of(connection, service))
    os.kill(old.pid, signal.SIGKILL)

    async def another_runs() -> bool:
        try:
            new = pid_of(connection, service)
        except (FileNotFoundError, ValueError):
            return False
        return new != old.pid and psutil.pid_exists(new) and not old.is_running()

    await eventually(another_runs, within_s=20)


def kill_stack(stack: StackProcess) -> None:
    """SIGKILL the supervisor itself; what it ran is left behind, dying or not."""
    stack.process.kill()
    assert stack.process.wait() == -signal.SIGKILL
