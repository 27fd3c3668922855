"""A local stack in a process of its own, started and ended as a person would do it: `telop up --json`, then SIGTERM.

The stack ends with the `with` block, and also when this process dies; its own messages go to our standard error.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from telop_cli.demo.connection import Connection
from telop_cli.failures import Refused
from telop_cli.stack.processes import TETHER

STOP_S: Final = 60.0
"""Longer than every grace period of the stack's programs together."""


class StackProcess:
    """A running `telop up`; `connection` says how to reach it."""

    connection: Connection

    def __init__(self, data: Path, kafka: str | None = None, environment: Mapping[str, str] | None = None) -> None:
        tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(signal.SIGTERM)), "-"]
        command = [*tether, sys.executable, "-m", "telop_cli", "up", "--json", "--data", str(data)]
        self._command = [*command, *(["--kafka", kafka] if kafka else [])]
        self._environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> Self:
        # A session of its own: Ctrl-C reaches us alone, and we end the stack once.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self._command, stdout=subprocess.PIPE, env=self._environment, start_new_session=True, text=True
        )
        try:
            self.connection = self._announced()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _announced(self) -> Connection:
        assert self.process.stdout
        line = self.process.stdout.readline()  # `telop up` bounds its own waits, and closes this when it gives up
        if not line:
            raise Refused("the stack did not start", status=self.process.wait(STOP_S) or 1)
        return Connection.parse(json.loads(line))

    def _stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
