"""The verdict under a policy."""

from dataclasses import replace

import pytest
from telop_matcher.matching.values import Blame, Finding, Kind, Relation
from telop_matcher.matching.verdicts import MOST_RANGES, Policy, PolicyRule, Unchecked, count, decide, merged


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
    assert decide(found, [], Policy(fail_at, warn_at))[0] == verdict


def test_what_was_not_checked_is_at_least_a_warning() -> None:
    assert decide([], GAP, Policy("never", "never")) == ("warn", ("not_checked",))
    assert decide([finding("blocker")], GAP, Policy()) == ("fail", ("findings", "not_checked"))


def test_the_first_rule_that_a_finding_falls_under_decides_about_it() -> None:
    names = PolicyRule(frozenset({"name"}), 0.8, "issue", "block")
    quiet = PolicyRule(frozenset({"name", "spelling"}), 0.0, "fyi", "inform")
    policy = Policy("blocker", "issue", (names, quiet))
    name = finding("issue", Kind.NAME)
    assert policy.action(name) == "block"
    assert policy.action(replace(name, confidence=0.7)) == "inform"
    assert policy.action(replace(name, severity="fyi")) == "inform"
    assert policy.action(finding("blocker")) == "inform"
    assert policy.action(finding("issue", Kind.NUMBER)) == "warn"
    assert decide([name], [], policy) == ("fail", ("findings",))


def test_what_is_suppressed_counts_for_nothing() -> None:
    silent = replace(finding("blocker"), suppressed="intended")
    assert decide([silent], [], Policy()) == ("pass", ())
    assert count([silent, finding("issue")]) == {"blocker": 0, "issue": 1, "fyi": 0, "spelling": 1, "suppressed": 1}


def test_too_many_unverified_names_and_numbers_do_not_pass() -> None:
    policy = Policy(max_unverified=0.25)
    assert decide([], [], policy, unverified=0.25) == ("pass", ())
    assert decide([], [], policy, unverified=0.26) == ("warn", ("unverified",))


def test_counts_name_every_severity_and_the_kinds_that_occur() -> None:
    found = [finding("issue"), finding("issue", Kind.NAME)]
    assert count(found) == {"blocker": 0, "issue": 2, "fyi": 0, "name": 1, "spelling": 1}


def test_ranges_that_touch_are_one_range_and_others_stay_apart() -> None:
    ranges = [Unchecked("asr", 28, 58, "a"), Unchecked("asr", 0, 30, "a"), Unchecked("ocr", 28, 58, "a")]
    assert merged(ranges) == [Unchecked("asr", 0, 58, "a"), Unchecked("ocr", 28, 58, "a")]


def test_of_too_many_ranges_only_the_whole_stretch_is_named() -> None:
    ranges = [Unchecked("asr", at * 10.0, at * 10.0 + 1, "a") for at in range(MOST_RANGES + 1)]
    assert merged(ranges) == [Unchecked("asr", 0.0, MOST_RANGES * 10.0 + 1, "a")]
