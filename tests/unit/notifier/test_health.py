from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_notifier.health import MAX_OPEN_S, OPENS_AFTER, Health, breaker

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def failed(health: Health, at: datetime, *, took_ms: int = 10) -> Health:
    return health.after(succeeded=False, took_ms=took_ms, now=at)


def opened() -> Health:
    health = Health()
    for _ in range(OPENS_AFTER):
        health = failed(health, NOW)
    return health


def test_the_breaker_opens_with_the_fifth_failure_in_a_row_and_not_before() -> None:
    health = Health()
    for _ in range(OPENS_AFTER - 1):
        health = failed(health, NOW)
    assert breaker(health.open_until, NOW) == "closed"
    assert breaker(failed(health, NOW).open_until, NOW) == "open"


def test_failures_between_successes_never_open_it() -> None:
    health = Health()
    for _ in range(20):
        for _ in range(OPENS_AFTER - 1):
            health = failed(health, NOW)
        health = health.after(succeeded=True, took_ms=10, now=NOW)
    assert health == Health()


def test_after_its_time_it_is_half_open_and_a_success_closes_it() -> None:
    health = opened()
    later = NOW + timedelta(seconds=30)
    assert [breaker(health.open_until, at) for at in (later - timedelta(seconds=1), later)] == ["open", "half_open"]
    assert breaker(health.after(succeeded=True, took_ms=10, now=later).open_until, later) == "closed"


def test_each_failed_probe_doubles_the_wait_up_to_its_limit() -> None:
    health, waits = opened(), []
    for _ in range(6):
        assert health.open_until is not None
        at = health.open_until
        health = failed(health, at)
        assert health.open_until is not None
        waits.append((health.open_until - at).total_seconds())
    assert waits == [60, 120, 240, MAX_OPEN_S, MAX_OPEN_S, MAX_OPEN_S]


def test_what_was_on_its_way_when_it_opened_does_not_prolong_it() -> None:
    health = opened()
    assert failed(health, NOW + timedelta(seconds=5)).open_until == health.open_until


def test_a_slow_answer_marks_an_endpoint_until_a_quick_one() -> None:
    slow = Health().after(succeeded=True, took_ms=2_000, now=NOW)
    assert slow.slow
    assert not slow.after(succeeded=True, took_ms=1_999, now=NOW).slow


def test_a_warning_comes_after_a_day_of_failure_once() -> None:
    health = failed(Health(), NOW)
    assert not health.warns(NOW + timedelta(hours=23, minutes=59))
    assert health.warns(NOW + timedelta(days=1))
    warned = Health(failing_since=NOW, warned_at=NOW + timedelta(days=1))
    assert not warned.warns(NOW + timedelta(days=2))


@pytest.mark.parametrize(
    ("warned_after", "after", "disables"),
    [
        (timedelta(days=1), timedelta(days=5), True),
        (timedelta(days=1), timedelta(days=4, hours=23), False),
        (timedelta(days=5), timedelta(days=5, hours=23), False),
        (timedelta(days=5), timedelta(days=6), True),
        (None, timedelta(days=60), False),
    ],
)
def test_five_days_of_failure_disable_but_never_within_a_day_of_the_warning(
    warned_after: timedelta | None, after: timedelta, disables: bool
) -> None:
    warned_at = None if warned_after is None else NOW + warned_after
    assert Health(failing_since=NOW, warned_at=warned_at).disables(NOW + after) is disables


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=60))
def test_an_endpoint_is_never_shut_out_for_longer_than_five_minutes(steps: list[tuple[bool, int]]) -> None:
    health, now = Health(), NOW
    for succeeded, seconds in steps:
        now += timedelta(seconds=seconds)
        health = health.after(succeeded=succeeded, took_ms=10, now=now)
        assert health.open_until is None or health.open_until - now <= timedelta(seconds=MAX_OPEN_S)
        assert not succeeded or health == Health()
