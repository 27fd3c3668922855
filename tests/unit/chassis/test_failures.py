"""One policy says what follows a failure, and every reason says what it was."""

import errno

import pytest
from telop_chassis.failures import GiveUp, PermanentError, Retry, TransientError, decide


@pytest.mark.parametrize(
    ("error", "attempts", "reason"),
    [
        (PermanentError("media_damaged"), 1, "media_damaged"),
        (TransientError("child_died", "exit status -9"), 8, "child_died"),
        (OSError(errno.ENOSPC, "No space left on device"), 8, "no_room"),
        (OSError(errno.EACCES, "Permission denied"), 3, "internal_error"),
        (ValueError("marker-of-a-caption"), 3, "internal_error"),
    ],
)
def test_an_error_has_its_attempts_and_then_its_reason(error: Exception, attempts: int, reason: str) -> None:
    for attempt in range(1, attempts):
        retry = decide(error, attempt)
        assert isinstance(retry, Retry)
        assert (retry.reason, retry.delay_s <= 2 ** (attempt - 1)) == (reason, True)
    end = decide(error, attempts)
    assert isinstance(end, GiveUp)
    assert end.reason == reason
    assert "marker" not in end.detail
    assert ("ENOSPC" in end.detail) == (reason == "no_room")
