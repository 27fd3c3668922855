"""Processes are ended by an id that was checked, and no other."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from telop_cli.failures import Refused
from telop_cli.stack import processes
from telop_cli.stack.processes import Folders, Program

from tests.support.eventually import eventually

MARK = "a-mark-of-its-own"
WAITS = "import signal; signal.pause()"
IGNORES_SIGTERM = "import signal, sys; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
STARTS_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); {WAITS}"
LONG_AGO = 1_000_000_000


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path)
    folders.create()
    return folders


def program(code: str = WAITS, grace_s: float = 5.0) -> Program:
    return Program("example", (sys.executable, "-c", code, MARK), MARK, grace_s=grace_s)


@asynccontextmanager
async def left_behind(*argv: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that nothing ties to its starter, as a killed supervisor leaves it where there is no tether."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WAITS, *argv)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_a_leftover_is_ended_by_the_id_in_its_pid_file(folders: Folders) -> None:
    async with left_behind(MARK) as process:
        folders.pid("example").write_text(f"{process.pid}\n")
        assert await processes.end_leftover(program(), folders) == process.pid
        assert not psutil.pid_exists(process.pid)
        assert not folders.pid("example").exists()


async def test_a_process_without_the_mark_is_left_alone(folders: Folders) -> None:
    async with left_behind("another-mark") as process:
        folders.pid("example").write_text(f"{process.pid}\n")
        assert await processes.end_leftover(program(), folders) is None
        assert process.returncode is None


async def test_a_process_that_got_the_number_later_is_left_alone(folders: Folders) -> None:
    async with left_behind(MARK) as process:
        folders.pid("example").write_text(f"{process.pid}\n")
        os.utime(folders.pid("example"), (LONG_AGO, LONG_AGO))
        assert await processes.end_leftover(program(), folders) is None
        assert process.returncode is None


@pytest.mark.parametrize("text", ["", "no number", "-1", "99999999999999"])
async def test_a_pid_file_that_names_no_process_ends_nothing(folders: Folders, text: str) -> None:
    folders.pid("example").write_text(text)
    assert await processes.end_leftover(program(), folders) is None


async def test_a_program_that_ignores_its_signal_is_killed(folders: Folders) -> None:
    started = program(IGNORES_SIGTERM, grace_s=0.2)
    process = await processes.start(started, folders)

    async def is_deaf() -> bool:
        return "deaf" in folders.log("example").read_text()

    await eventually(is_deaf, within_s=60)
    await processes.stop(started, process)
    assert process.returncode == -signal.SIGKILL


async def test_what_a_program_started_ends_with_it(folders: Folders) -> None:
    started = program(STARTS_A_CHILD)
    process = await processes.start(started, folders)
    children: list[psutil.Process] = []

    async def has_a_child() -> bool:
        children[:] = psutil.Process(process.pid).children()
        return bool(children)

    await eventually(has_a_child, within_s=60)
    await processes.stop(started, process)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its starter")
async def test_a_program_does_not_outlive_its_starter(tmp_path: Path) -> None:
    starter = f"""
import asyncio, sys
from pathlib import Path
from telop_cli.stack import processes
from telop_cli.stack.processes import Folders, Program

async def main():
    folders = Folders(Path(sys.argv[1]))
    folders.create()
    program = Program("example", (sys.executable, "-c", {WAITS!r}, {MARK!r}), {MARK!r})
    print((await processes.start(program, folders)).pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
    argv = (sys.executable, "-c", starter, str(tmp_path))
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    child = psutil.Process(int(await process.stdout.readline()))
    process.kill()
    await process.wait()

    async def is_gone() -> bool:
        return not child.is_running() or child.status() == psutil.STATUS_ZOMBIE

    await eventually(is_gone)


async def test_a_failed_run_says_the_last_line_of_its_log(folders: Folders) -> None:
    with pytest.raises(Refused, match=r"^example failed \(exit status 3\): no room "):
        await processes.run(program("import sys; print('begin'); print('no room'); sys.exit(3)"), folders)


async def test_a_run_that_takes_too_long_is_ended(folders: Folders) -> None:
    with pytest.raises(Refused, match=r"longer than 0\.3 s"):
        await processes.run(program(), folders, within_s=0.3)
    assert not folders.pid("example").exists()


def test_only_the_owner_may_enter_the_folders(folders: Folders) -> None:
    assert folders.data.stat().st_mode & 0o777 == 0o700
