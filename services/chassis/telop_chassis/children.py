"""Starting and ending child processes: what the sandbox and the engine processes have in common.

Every child leads a process group of its own, which is killed as a whole, and sees only the environment variables
named here: no credential of the service reaches a process that parses media or runs a recogniser.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from telop_chassis.logs import get_logger

SLOW_S: Final = 120.0
"""Most work takes some seconds; what hangs ends by its own limit, which is minutes later."""
_log = get_logger(__name__)
ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
THREAD_VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


async def spawn(entry: str, name: str, *, threads: int, environment: Iterable[str] = ()) -> asyncio.subprocess.Process:
    """Starts `telop_chassis.child_side.<entry>` for the module or factory `name`, with pipes for both directions.

    `environment` names further variables to pass on. What the child prints to standard error is thrown away: native
    parsers print pieces of their input there.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", f"from telop_chassis.child_side import {entry}; {entry}()"),
        *(str(os.getpid()), name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env=surroundings(threads, environment),
    )


@contextlib.contextmanager
def watched(what: str) -> Iterator[None]:
    """Say in the log, once, that a child has been at work for `SLOW_S`: nobody has to wait for its end to know."""
    late = asyncio.get_running_loop().call_later(SLOW_S, lambda: _log.warning("child_slow", child=what, after_s=SLOW_S))
    try:
        yield
    finally:
        late.cancel()


async def end(process: asyncio.subprocess.Process) -> int:
    """Kills whatever is left of the child's process group and returns the child's exit status."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing of it is left
        os.killpg(process.pid, signal.SIGKILL)
    return await process.wait()


def surroundings(threads: int, more: Iterable[str] = ()) -> dict[str, str]:
    """The environment of a child: the variables named here and by `more`, and how many threads libraries may start."""
    passed = {name: os.environ[name] for name in (*ENVIRONMENT, *more) if name in os.environ}
    return passed | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | dict.fromkeys(THREAD_VARIABLES, str(threads))
