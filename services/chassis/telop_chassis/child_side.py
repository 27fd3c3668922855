"""The code that runs inside child processes, before and around what they were started for.

A sandboxed child takes its limits before it reads its request, dies with its parent, and answers on a descriptor of
its own, so that a library that prints cannot forge or break an answer. It reports errors by type and place, never by
message: messages of parsers quote their input. What it imports stays in memory as long as the service lives.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, Final, NoReturn, Protocol

from telop_chassis import fork_server, landlock, seccomp
from telop_chassis.failures import describe, is_no_room

FRAME_HEADER: Final = struct.Struct(">I")
_PR_SET_PDEATHSIG: Final = 1
_SIGKILL: Final = 9


class Refused(Exception):
    """Raised by code in a child: the input can never be processed. `reason` is a reason code and holds no input."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EngineMissingError(Exception):
    """Raised by an engine's factory that cannot load; `advice` tells the operator what to do."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class Engine(Protocol):
    """What a factory named to `EngineProcess` returns: an engine that is loaded once and asked many times."""

    def fingerprint(self) -> dict[str, str]:
        """The fields of a contract `EngineFingerprint`."""

    def warm_up(self) -> None:
        """Does one small piece of work, so that the first request does not pay for lazy set-up."""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answers one request; raises `Refused` where no retry can help."""


def serve_forks() -> None:
    """Entry point of a fork server: what it forks are sandboxed children."""
    _die_with_parent(int(sys.argv[1]))
    fork_server.serve(partial(_run_once, os.getpid()))


def _run_once(parent: int, module: str, talk: socket.socket) -> NoReturn:
    """Limits in, one request in, one answer out."""
    _die_with_parent(parent)
    with talk.makefile("rwb") as stream:
        preamble = json.loads(stream.readline())
        _limit(preamble["limits"])
        landlock.confine(**preamble["files"])
        seccomp.forbid_network_and_programs()
        request = json.loads(stream.read())
        stream.write(json.dumps(_outcome(lambda: _named(f"{module}:main")(request))).encode())
        stream.flush()
    os._exit(0)  # native libraries crash in their destructors on broken media, after the answer is complete


def serve_engine() -> None:
    """Entry point of an engine's child: load once, then one answer per request until the requests end."""
    answers = _own_answer_channel()
    _die_with_parent(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    settings = _read_frame(sys.stdin.buffer)
    loaded: list[Engine] = []

    def load() -> dict[str, Any]:
        engine: Engine = _named(sys.argv[2])(settings)
        engine.warm_up()
        loaded.append(engine)
        return dict(engine.fingerprint())

    _write_frame(answers, _outcome(load))
    for engine in loaded:
        while (request := _read_frame(sys.stdin.buffer)) is not None:
            _write_frame(answers, _outcome(partial(engine.answer, request)))
    os._exit(0)


def _outcome(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"answer": call()}
    except Refused as refusal:
        return {"refused": refusal.reason}
    except EngineMissingError as missing:
        return {"missing": missing.advice}
    except MemoryError as error:
        return {"out_of_memory": describe(error)}
    except OSError as error:
        return {"no_room" if is_no_room(error) else "failed": describe(error)}
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
        return {"failed": describe(error)}


def _own_answer_channel() -> BinaryIO:
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the request above took effect
        os._exit(1)


def _limit(limits: dict[str, int]) -> None:
    os.umask(0o077)
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
    ):
        if kind != resource.RLIMIT_AS or sys.platform == "linux":  # macOS refuses a limit of the address space
            resource.setrlimit(kind, (value, value))
    # The soft limit ends the child with SIGXCPU, which tells the parent why; the hard one would be a bare SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 1))


def _named(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _read_frame(stream: BinaryIO) -> Any:
    header = stream.read(FRAME_HEADER.size)
    if len(header) < FRAME_HEADER.size:
        return None
    (length,) = FRAME_HEADER.unpack(header)
    return json.loads(stream.read(length))


def _write_frame(stream: BinaryIO, value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    stream.write(FRAME_HEADER.pack(len(body)) + body)
    stream.flush()
