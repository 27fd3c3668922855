"""What may go wrong with a piece of work, and the one policy that says what happens next.

| error                      | attempts | then                                        |
|----------------------------|----------|---------------------------------------------|
| `PermanentError`           | 1        | dead letter with its reason                 |
| `TransientError`, full disk | 8        | backoff 1 s x 2^n (at most 5 min), jittered |
| anything else              | 3        | the same backoff, reason `internal_error`   |
| the process died           | 5 deaths | reason `worker_died`; taken over at once    |
| lease returned (SIGTERM)   | no count | taken over at once                          |

A dead letter keeps type and place of an error, never its input.
"""

import errno
import random
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

MAX_TRANSIENT_ATTEMPTS: Final = 8
MAX_UNKNOWN_ATTEMPTS: Final = 3
MAX_DEATHS: Final = 5
BACKOFF_FIRST_S: Final = 1.0
BACKOFF_LIMIT_S: Final = 300.0

REASON_INTERNAL: Final = "internal_error"
REASON_WORKER_DIED: Final = "worker_died"
REASON_NO_ROOM: Final = "no_room"
"""The disk of the machine that works is full, or a child wrote more than it may."""


class WorkError(Exception):
    """An expected failure: a stable reason code for others, and a detail that holds no input."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class TransientError(WorkError):
    """It may work the next time."""


class PermanentError(WorkError):
    """It will never work."""


@dataclass(frozen=True)
class Retry:
    """Try again after a delay."""

    delay_s: float
    reason: str
    detail: str


@dataclass(frozen=True)
class GiveUp:
    """Mark the row dead."""

    reason: str
    detail: str


def decide(error: Exception, attempt: int) -> Retry | GiveUp:
    """Return what happens after the `attempt`-th try (from 1) ended with an error."""
    if isinstance(error, PermanentError):
        return GiveUp(error.reason, error.detail)
    if isinstance(error, TransientError):
        reason, detail, limit = error.reason, error.detail, MAX_TRANSIENT_ATTEMPTS
    elif isinstance(error, OSError) and is_no_room(error):
        reason, detail, limit = REASON_NO_ROOM, describe(error), MAX_TRANSIENT_ATTEMPTS
    else:
        reason, detail, limit = REASON_INTERNAL, describe(error), MAX_UNKNOWN_ATTEMPTS
    if attempt >= limit:
        return GiveUp(reason, detail)
    delay = min(BACKOFF_LIMIT_S, BACKOFF_FIRST_S * 2 ** (attempt - 1))
    return Retry(delay * random.uniform(0.5, 1.0), reason, detail)  # noqa: S311 - jitter, no secret


def is_no_room(error: OSError) -> bool:
    """Whether a file could not be written for want of room. What numpy's `tofile` raises then has no number."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or (error.errno is None and "written" in str(error))


def describe(error: BaseException) -> str:
    """Return type and innermost place of an error in our own code, without its message: messages may quote input."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "telop_" in frame.filename]
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    number = errno.errorcode.get(error.errno or 0) if type(error) is OSError else None  # other types tell theirs
    return " ".join(filter(None, (type(error).__name__, number))) + place
