"""The verdict under a policy."""

import pytest
from telop_matcher.matching.values import Blame, Finding, Kind, Relation
from telop_matcher.matching.verdicts import MOST_RANGES, Unchecked, count, decide, merged


def finding(severity: str, kind: Kind = Kind.SPELLING) -> Finding:
    return Finding(kind, severity, 0, 1, "teh", "the", 0, 3, "the", Relation.VERBATIM, Blame.CAPTION, 0.9)


GAP = [Unchecked("asr", 28.0, 58.0, "child_timeout")]


@pytest.mark.parametrize(
    ("severities", "fail_at", "warn_at", "verdict"),
    [
        ([], "blocker", "issue", "pass"),
        (["fyi"], "blocker", "issue", "pass"),
        (["issue"], "blocker", "issue", "warn"),
        (["fyi", "blocker"], "blocker", "issue", "fail"),
        (["blocker"], "never", "issue", "warn"),
        (["blocker"], "never", "never", "pass"),
        (["fyi"], "fyi", "never", "fail"),
        (["issue"], "issue", "fyi", "fail"),
    ],
)
def test_the_policy_decides(severities: list[str], fail_at: str, warn_at: str, verdict: str) -> None:
    found = [finding(severity) for severity in severities]
    assert decide(found, [], fail_at=fail_at, warn_at=warn_at) == verdict


def test_what_was_not_checked_is_at_least_a_warning() -> None:
    assert decide([], GAP, fail_at="never", warn_at="never") == "warn"
    assert decide([finding("blocker")], GAP, fail_at="blocker", warn_at="issue") == "fail"


def test_counts_name_every_severity_and_the_kinds_that_occur() -> None:
    found = [finding("issue"), finding("issue", Kind.NAME)]
    assert count(found) == {"blocker": 0, "issue": 2, "fyi": 0, "name": 1, "spelling": 1}


def test_ranges_that_touch_are_one_range_and_others_stay_apart() -> None:
    ranges = [Unchecked("asr", 28, 58, "a"), Unchecked("asr", 0, 30, "a"), Unchecked("ocr", 28, 58, "a")]
    assert merged(ranges) == [Unchecked("asr", 0, 58, "a"), Unchecked("ocr", 28, 58, "a")]


def test_of_too_many_ranges_only_the_whole_stretch_is_named() -> None:
    ranges = [Unchecked("asr", at * 10.0, at * 10.0 + 1, "a") for at in range(MOST_RANGES + 1)]
    assert merged(ranges) == [Unchecked("asr", 0.0, MOST_RANGES * 10.0 + 1, "a")]
