"""Starts the services from one warm interpreter (`nursery_process`), and looks at them like at any other process.

Where the warm interpreter dies, so do its children; the next start has a new one.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from telop_cli.stack.tether import __file__ as tether


class Born:
    """A process that the nursery started: what `asyncio.subprocess.Process` is to one of our own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        """Waits for its end and returns its exit status, negative for a signal."""
        await self._ended.wait()
        return self.returncode or 0

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended: its id is nobody else's until the nursery has seen its end."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Sends SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def end(self, status: int) -> None:
        """Notes its end."""
        self.returncode = status
        self._ended.set()


class Nursery:
    """One warm interpreter. `warm` starts it ahead of time; `bear` starts it if need be."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._births: asyncio.Queue[int] = asyncio.Queue()
        self._born: dict[int, Born] = {}
        self._one_at_a_time = asyncio.Lock()

    async def warm(self) -> None:
        """Starts the interpreter, unless it runs."""
        if self._process is not None and self._process.returncode is None:
            return
        self._births = asyncio.Queue()
        arguments = ("-I", "-S", str(tether), str(os.getpid()), str(int(signal.SIGTERM)), "-")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments, sys.executable, "-m", "telop_cli.stack.nursery_process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._process), name="nursery")

    async def bear(self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Born:
        """Starts `python -m MODULE ARGUMENTS`. Raises OSError where the nursery dies over it."""
        order = {"module": module, "arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        async with self._one_at_a_time:
            await self.warm()
            assert self._process is not None
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            pid = await self._births.get()
        if pid == 0:
            raise OSError("the nursery of the services ended")
        return self._born[pid]

    async def stop(self) -> None:
        """Ends the interpreter, once its children have ended."""
        if self._process is not None and self._reader is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.wait()
            await self._reader

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            said = json.loads(line)
            if "status" in said:
                self._born.pop(said["pid"]).end(said["status"])
            else:
                self._born[said["pid"]] = Born(said["pid"])
                self._births.put_nowait(said["pid"])
        await process.wait()
        self._births.put_nowait(0)
        for born in self._born.values():
            born.end(-signal.SIGTERM)  # by the kernel, when its parent died
        self._born.clear()
