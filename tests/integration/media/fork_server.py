"""Examines many media in one process tree: each in a fork of its own, behind the walls of the sandbox.

`run_child` starts an interpreter for each step, which is most of its cost; two thousand media would take an hour. This
program imports the services' modules once, and forks. In a fork stand the same limits, filters and modules as in a
sandboxed child; what differs is only how the process began. Run as `python -m tests.integration.media.fork_server`:
reads one path a line, answers one JSON object a line.
"""

import contextlib
import json
import os
import select
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import telop_asr.decoding
import telop_ingest.probing
import telop_ocr.decoding
from telop_chassis import child_side, landlock, seccomp

from tests.integration.media.cases import FINE
from tests.integration.media.pipeline import LIMITS, decoding, probing

_MODULES: Final = {module.__name__: module for module in (telop_ingest.probing, telop_ocr.decoding, telop_asr.decoding)}


def main() -> None:
    """Examine the media that standard input names, until it ends."""
    for line in sys.stdin:
        print(json.dumps(_examined(Path(line.rstrip("\n")))), flush=True)  # noqa: T201 - a protocol


def _examined(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        answers, channel = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(answers)
            _in_fork(path, Path(scratch), channel)
        os.close(channel)
        answer = _answer(answers)
        os.close(answers)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None:
        return {"end": "hung"}
    if not answer:
        is_slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        return {"end": "child_timeout" if is_slow else "child_died"}
    found: dict[str, Any] = json.loads(answer)
    return found


def _answer(answers: int) -> bytes | None:
    """What the fork wrote before it ended; None if it neither wrote nor ended in time."""
    said = b""
    while True:
        ready, _, _ = select.select([answers], [], [], LIMITS.wall_s)
        if not ready:
            return None
        piece = os.read(answers, 1 << 16)
        if not piece:
            return said
        said += piece


def _in_fork(path: Path, scratch: Path, channel: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    child_side._limit({name: value for name, value in asdict(LIMITS).items() if isinstance(value, int)})
    landlock.confine(reads=[str(path)], writes=[str(scratch)])
    seccomp.forbid_network_and_programs()
    os.write(channel, json.dumps(_ended(path, scratch)).encode())
    os._exit(0)


def _ended(path: Path, scratch: Path) -> dict[str, Any]:
    outcome = _step(*probing(path))
    if "answer" not in outcome:
        return {"end": _reason(outcome), "detail": outcome}
    media, answers = outcome["answer"], []
    for module, request in decoding(path, media, scratch):
        outcome = _step(module, request)
        if "answer" not in outcome:
            return {"end": _reason(outcome), "detail": outcome}
        answers.append(outcome["answer"])
    return {"end": FINE, "media": media, "answers": answers}


def _step(module: str, request: dict[str, Any]) -> dict[str, Any]:
    return child_side._outcome(lambda: _MODULES[module].main(request))


def _reason(outcome: dict[str, Any]) -> str:
    match outcome:
        case {"refused": str() as reason}:
            return reason
        case {"out_of_memory": _}:
            return "child_out_of_memory"
        case _:
            return "child_failed"


if __name__ == "__main__":
    main()
