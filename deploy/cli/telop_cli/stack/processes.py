"""Starting, recognising and ending the processes of a stack.

A process started here writes to a log file, leads a session of its own (the terminal's Ctrl-C reaches only the
supervisor) and ends when its starter does. It is only ever ended by an id that was checked: a pid file counts if the
process of that id was started before the file was written and bears the program's mark on its command line, so that
a number that the system has given to somebody else meanwhile is left alone.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from telop_cli.failures import Refused
from telop_cli.stack.nursery import Born, Nursery

TETHER = Path(__file__).with_name("tether.py")
Process = asyncio.subprocess.Process | Born
CLOCK_SLACK_S = 2.0  # start times are whole seconds after a boot time that is itself rounded
LOG_KEPT_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run, and how to end it."""

    name: str
    """Names the pid file and the log file."""
    argv: Sequence[str]
    """The command line; from a nursery, a Python module and its arguments."""
    mark: str
    """A part of the command line that no other program of the same data folder has."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 10.0
    """How long it may take to end by itself before it is killed."""
    user: str | None = None
    """Whom root becomes to run it."""
    nursery: Nursery | None = None
    """Where it is started from; None: as a program of its own."""


@dataclass(frozen=True)
class Folders:
    """The folders of a stack that every program shares."""

    data: Path

    def log(self, program: str) -> Path:
        """Returns the log file of a program."""
        return self.data / "log" / f"{program}.log"

    def pid(self, program: str) -> Path:
        """Returns the pid file of a program."""
        return self.data / "run" / f"{program}.pid"

    def create(self) -> None:
        """Creates the folders; only the owner may enter them, for the data include keys."""
        self.data.mkdir(parents=True, exist_ok=True)
        for folder in (self.data, self.data / "log", self.data / "run"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)


async def start(program: Program, folders: Folders) -> Process:
    """Starts a program. The calling thread must live as long as the program shall."""
    log = folders.log(program.name)
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    if program.nursery is not None:
        module, *arguments = program.argv
        process: Process = await program.nursery.bear(module, arguments, program.environment, log)
    else:
        process = await _execute(program, log)
    unfinished = folders.pid(program.name).with_suffix(".new")
    unfinished.write_text(f"{process.pid}\n")
    unfinished.replace(folders.pid(program.name))  # whoever reads it finds the old number or the new one
    return process


async def _execute(program: Program, log: Path) -> asyncio.subprocess.Process:
    tether = (sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(program.stop_signal)))
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *(*tether, program.user or "-", *program.argv),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=dict(program.environment),
        )


async def stop(program: Program, process: Process) -> None:
    """Ends a program that `start` gave, unless it has ended, and whatever it started itself."""
    if process.returncode is None:
        children = _children(process.pid)
        process.send_signal(program.stop_signal)
        try:
            async with asyncio.timeout(program.grace_s):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.to_thread(_kill, children)


async def run(program: Program, folders: Folders, *, within_s: float = 60.0) -> None:
    """Runs a program to its end. Raises Refused with the last line of its log if it fails or takes too long."""
    process = await start(program, folders)
    try:
        async with asyncio.timeout(within_s):
            status = await process.wait()
    except TimeoutError:
        raise Refused(f"{program.name} took longer than {within_s:g} s; see {folders.log(program.name)}") from None
    finally:
        await stop(program, process)
        folders.pid(program.name).unlink(missing_ok=True)
    if status != 0:
        log = folders.log(program.name)
        raise Refused(f"{program.name} failed ({describe(status)}): {last_line(log)} (more in {log})")


async def end_leftover(program: Program, folders: Folders) -> int | None:
    """Ends the process that an earlier, killed supervisor left behind and returns its id; None if there is none."""
    process = _leftover(folders.pid(program.name), program.mark)
    if process is not None:
        await asyncio.to_thread(_end, process, program.stop_signal, program.grace_s)
    folders.pid(program.name).unlink(missing_ok=True)
    return process.pid if process else None


def describe(status: int) -> str:
    """Returns an exit status in words: `exit status 3`, `SIGKILL`."""
    if status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


def last_line(log: Path) -> str:
    """Returns the last line of a log that says something, at most 300 characters."""
    with contextlib.suppress(OSError), log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - 8192))
        lines = [line.strip() for line in text.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else "its log is empty"
    return "it has no log"


def _leftover(pid_file: Path, mark: str) -> psutil.Process | None:
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        written = pid_file.stat().st_mtime
        process = psutil.Process(int(pid_file.read_text()))
        if process.create_time() <= written + CLOCK_SLACK_S and mark in " ".join(process.cmdline()):
            return process
    return None


def _children(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _end(process: psutil.Process, stop_signal: signal.Signals, grace_s: float) -> None:
    children = _children(process.pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
    _, alive = psutil.wait_procs([process], timeout=grace_s)
    _kill([*alive, *children])


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # psutil compares start times before it sends
            process.kill()
    psutil.wait_procs(processes, timeout=5)
