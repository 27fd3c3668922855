"""Programs from a warm interpreter: they are what `python -m` would have made of them."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from telop_cli.stack.nursery import Born, Nursery

from tests.support.eventually import eventually

SAYS = "import os, sys; print(os.environ['SAID'], sys.argv[1:], os.getsid(0) == os.getpid()); sys.exit(3)"
WAITS = "import time; time.sleep(60)"


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    nursery = Nursery()
    yield nursery
    await nursery.stop()


async def bear(nursery: Nursery, folder: Path, code: str, *arguments: str) -> Born:
    (folder / "telop_newborn.py").write_text(code)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "SAID": "its own environment"}
    return await nursery.bear("telop_newborn", arguments, environment, folder / "log")


async def test_a_program_has_its_own_environment_arguments_session_log_and_status(
    nursery: Nursery, tmp_path: Path
) -> None:
    born = await bear(nursery, tmp_path, SAYS, "--one", "two")
    assert await born.wait() == 3
    assert (tmp_path / "log").read_text() == "its own environment ['--one', 'two'] True\n"


async def test_a_program_that_fails_leaves_its_traceback_in_its_log(nursery: Nursery, tmp_path: Path) -> None:
    born = await bear(nursery, tmp_path, "raise ValueError('nothing works')")
    assert await born.wait() == 1
    assert "ValueError: nothing works" in (tmp_path / "log").read_text()


async def test_a_program_is_found_by_its_module_and_ended_by_a_signal(nursery: Nursery, tmp_path: Path) -> None:
    born = await bear(nursery, tmp_path, WAITS)

    async def has_its_name() -> bool:
        return "-m telop_newborn" in " ".join(psutil.Process(born.pid).cmdline())

    await eventually(has_its_name)
    born.send_signal(signal.SIGTERM)
    assert await born.wait() == -signal.SIGTERM


async def test_programs_end_with_the_nursery_and_the_next_has_a_new_one(nursery: Nursery, tmp_path: Path) -> None:
    first = await bear(nursery, tmp_path, WAITS)
    parent = psutil.Process(first.pid).parent()
    assert parent is not None
    parent.kill()
    assert await first.wait() < 0

    async def is_gone() -> bool:
        return not psutil.pid_exists(first.pid) or psutil.Process(first.pid).status() == psutil.STATUS_ZOMBIE

    await eventually(is_gone)
    second = await bear(nursery, tmp_path, SAYS)
    assert await second.wait() == 3
