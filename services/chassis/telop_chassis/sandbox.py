"""Runs code that opens untrusted media in a short-lived child process that may die, hang or swell without harm.

The child gets a process group and a minimal environment of its own, limits on memory, processor time, files and wall
clock, and on Linux no sockets, no other programs and no files but those that it was given. Whatever happens to it, the
caller gets an answer of bounded size or one error with a reason code, and nothing of the child is left when
`run_child` returns or is cancelled.
"""

import asyncio
import contextlib
import json
import signal
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from telop_chassis import children, forks
from telop_chassis.child_side import Refused
from telop_chassis.failures import REASON_NO_ROOM, PermanentError, TransientError

__all__ = ["Limits", "Refused", "run_child"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use. The defaults suit probing; decoding of a segment sets its own times.

    `memory_bytes` bounds the address space, so it also counts mapped libraries (about 0.4 GB with PyAV and NumPy);
    `file_bytes` bounds each file that the child writes.
    """

    wall_s: float = 60.0
    cpu_s: int = 60
    memory_bytes: int = 2 * 1024**3
    file_bytes: int = 512 * 1024**2
    open_files: int = 64
    answer_bytes: int = 4 * 1024**2


async def run_child(
    module: str, request: Mapping[str, Any], limits: Limits, *, reads: Iterable[Path] = (), writes: Iterable[Path] = ()
) -> dict[str, Any]:
    """Calls `module.main(request)` in a sandboxed process of its own and returns its answer; both are JSON objects.

    `reads` are the files or folders that it may read, `writes` those that it may write as well; it sees no others.

    Raises `PermanentError` with the reason of a `Refused` that the child raised, and `TransientError` with
    `child_died` (a signal), `child_failed` (another exception; the detail is its type and place), `child_timeout`
    (wall clock or processor time), `child_out_of_memory`, `child_answer_too_large` or `no_room` (on the disk).
    """
    preamble = {
        "limits": {name: value for name, value in asdict(limits).items() if isinstance(value, int)},
        "files": {"reads": [str(path) for path in reads], "writes": [str(path) for path in writes]},
    }
    child = await forks.fork(module)
    status: int | None = None
    try:
        with children.watched(module):
            async with asyncio.timeout(limits.wall_s):
                answer = await _exchange(child, preamble, request, limits.answer_bytes)
                if not answer:
                    status = await child.wait()
    except TimeoutError:
        raise TransientError("child_timeout") from None
    finally:
        await child.end()
    if not answer:
        raise TransientError("child_timeout" if status == -signal.SIGXCPU else "child_died", f"exit status {status}")
    return _interpret(answer)


def _interpret(answer: bytes) -> dict[str, Any]:
    """The answer of a child, or the error that it stands for. An answer cut short is a death."""
    try:
        outcome = json.loads(answer)
    except ValueError:
        raise TransientError("child_died", "incomplete answer") from None
    match outcome:
        case {"answer": dict() as found}:
            return found
        case {"refused": str() as reason}:
            raise PermanentError(reason)
        case {"out_of_memory": str() as place}:
            raise TransientError("child_out_of_memory", place)
        case {"no_room": str() as place}:
            raise TransientError(REASON_NO_ROOM, place)
        case {"failed": str() as place}:
            raise TransientError("child_failed", place)
        case _:
            raise TransientError("child_failed", "not an answer")


async def _exchange(
    child: forks.Forked, preamble: Mapping[str, Any], request: Mapping[str, Any], answer_bytes: int
) -> bytes:
    answer = bytearray()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # died early: the missing answer tells
        child.writer.write(json.dumps(preamble).encode() + b"\n" + json.dumps(dict(request)).encode())
        child.writer.write_eof()
        await child.writer.drain()
        while piece := await child.reader.read(1 << 16):
            answer += piece
            if len(answer) > answer_bytes:
                raise TransientError("child_answer_too_large")
    return bytes(answer)
