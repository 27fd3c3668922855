"""Keeps programs running until it is told to stop, and leaves none of them behind.

A program that ends by itself is reported with the last line of its log and started again after a pause that doubles
from 0.5 s to 15 s, and is 0.5 s again once the program has lived for 30 s. Leaving the context stops the programs
stage by stage, the last stage first, those of one stage at the same time.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from telop_cli.failures import Refused
from telop_cli.stack import processes
from telop_cli.stack.processes import Folders, Program

Report = Callable[[str], None]

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
SETTLED_S = 30.0
ENDS_BEFORE_READY = 3
POLL_S = 0.1


class Kept:
    """A program that is kept running."""

    def __init__(self, program: Program, folders: Folders, report: Report) -> None:
        self.program = program
        self.ends = 0
        """How often it ended by itself, or could not be started."""
        self.ended = asyncio.Event()
        """Set when it ended by itself for the first time."""
        self._folders = folders
        self._report = report
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._keep(), name=f"keep {program.name}")

    async def until(self, answers: Callable[[], Awaitable[bool]], *, within_s: float = 60.0) -> None:
        """Waits until `answers` returns true. Raises Refused if that takes too long or the program keeps ending."""
        deadline = time.monotonic() + within_s
        log = self._folders.log(self.program.name)
        while not await answers():
            if self.ends >= ENDS_BEFORE_READY:
                raise Refused(f"{self.program.name} does not start: {processes.last_line(log)} (more in {log})")
            if time.monotonic() > deadline:
                raise Refused(f"{self.program.name} was not ready after {within_s:g} s; see {log}")
            await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """Ends the program and waits for its end."""
        self._stop.set()
        await self._task

    async def _keep(self) -> None:
        in_a_row = 0
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                process = await processes.start(self.program, self._folders)
            except OSError as error:  # no process, no file handle or no space left: that may pass
                how = f"{type(error).__name__}: {error.strerror}"
            else:
                await self._ended_or_stopped(process)
                how = processes.describe(process.returncode or 0)
            if not self._stop.is_set():
                in_a_row = 1 if time.monotonic() - started > SETTLED_S else in_a_row + 1
                await self._pause(how, in_a_row)
        self._folders.pid(self.program.name).unlink(missing_ok=True)

    async def _ended_or_stopped(self, process: processes.Process) -> None:
        waits = {asyncio.create_task(process.wait()), asyncio.create_task(self._stop.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await processes.stop(self.program, process)

    async def _pause(self, how: str, in_a_row: int) -> None:
        self.ends += 1
        self.ended.set()
        pause = min(FIRST_PAUSE_S * 2 ** (in_a_row - 1), LONGEST_PAUSE_S)
        said = processes.last_line(self._folders.log(self.program.name))
        self._report(f"{self.program.name} ended ({how}), starting it again in {pause:g} s; it said: {said}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._stop.wait()


class Supervisor:
    """The programs of one data folder. Use it as a context manager."""

    def __init__(self, folders: Folders, report: Report) -> None:
        self.folders = folders
        self._report = report
        self._stages: dict[int, list[Kept]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stage in sorted(self._stages, reverse=True):
            await asyncio.gather(*(kept.stop() for kept in self._stages[stage]))

    async def keep(self, program: Program, *, stage: int) -> Kept:
        """Ends what an earlier run left of the program, and starts it; programs of a higher stage stop first."""
        await self.clear(program)
        kept = Kept(program, self.folders, self._report)
        self._stages.setdefault(stage, []).append(kept)
        return kept

    async def clear(self, program: Program) -> None:
        """Ends what an earlier run left of the program."""
        left = await processes.end_leftover(program, self.folders)
        if left is not None:
            self._report(f"ended {program.name} (process {left}), left behind by an earlier run")

    async def run(self, program: Program) -> None:
        """Runs a program to its end; see `processes.run`."""
        await self.clear(program)
        await processes.run(program, self.folders)
