"""How an endpoint fares: its circuit breaker, and since when everything to it has failed.

Pure: a state, what became of one attempt, and the time give the next state. Any success makes an endpoint healthy.

| breaker   | when                                        | attempts                                 |
|-----------|---------------------------------------------|------------------------------------------|
| closed    | fewer than 5 failures in a row              | as many as the endpoint allows           |
| open      | for 30 s, then 60 s, 120 s, at most 5 min   | none: what is due waits, and stays due   |
| half-open | after that                                  | one: it closes the breaker, or opens it again |
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

Breaker = Literal["closed", "open", "half_open"]

OPENS_AFTER: Final = 5
OPEN_S: Final = 30.0
MAX_OPEN_S: Final = 300.0
SLOW_MS: Final = 2_000
"""An endpoint whose last attempt took this long shares a bounded part of the process with its like."""

WARN_AFTER: Final = timedelta(days=1)
DISABLE_AFTER: Final = timedelta(days=5)
WARNED_FOR: Final = timedelta(days=1)
"""Nobody is disabled sooner than this after the warning: an endpoint that gets an event a week is warned late."""


@dataclass(frozen=True)
class Health:
    """The state. `failures` and `openings` count what came in a row; `failing_since` is the first of the failures."""

    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None
    failing_since: datetime | None = None
    warned_at: datetime | None = None
    slow: bool = False

    def after(self, *, succeeded: bool, took_ms: int, now: datetime) -> "Health":
        """Return the state after one more attempt. A failure that comes while the breaker is open moves nothing."""
        slow = took_ms >= SLOW_MS
        if succeeded:
            return Health(slow=slow)
        failed = replace(self, failures=self.failures + 1, failing_since=self.failing_since or now, slow=slow)
        if failed.failures < OPENS_AFTER or breaker(self.open_until, now) == "open":
            return failed
        wait = timedelta(seconds=min(MAX_OPEN_S, OPEN_S * 2**self.openings))
        return replace(failed, openings=min(self.openings + 1, 10), open_until=now + wait)

    def warns(self, now: datetime) -> bool:
        """Whether its owner should hear now that it will be disabled."""
        return self.failing_since is not None and self.warned_at is None and now - self.failing_since >= WARN_AFTER

    def disables(self, now: datetime) -> bool:
        """Whether it has failed for so long that nothing more is sent to it."""
        if self.failing_since is None or self.warned_at is None:
            return False
        return now - self.failing_since >= DISABLE_AFTER and now - self.warned_at >= WARNED_FOR


def breaker(open_until: datetime | None, now: datetime) -> Breaker:
    """Return the state of the breaker."""
    if open_until is None:
        return "closed"
    return "open" if now < open_until else "half_open"
