"""An engine that only counts, and can be told to fail; loaded in an engine process by the tests beside it."""

import os
import signal
from typing import Any

from telop_chassis.engine_process import EngineMissingError, Refused


def load(settings: dict[str, Any]) -> "CountingEngine":
    if settings.get("missing"):
        raise EngineMissingError("fetch the model first")
    return CountingEngine()


class CountingEngine:
    def __init__(self) -> None:
        self.answers = 0

    def fingerprint(self) -> dict[str, str]:
        return {"name": "counting", "version": "1", "model": "none", "settings_sha256": "0" * 64}

    def warm_up(self) -> None:
        self.answers = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "die":
                os._exit(3)
            case "refuse":
                raise Refused("language_not_supported")
            case "fail":
                raise ValueError(request["say"])
            case "hang":
                signal.pause()
        self.answers += 1
        return {"answers": self.answers, "pid": os.getpid(), "threads": os.environ["OMP_NUM_THREADS"]}
