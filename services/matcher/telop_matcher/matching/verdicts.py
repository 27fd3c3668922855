"""The verdict of a programme under a policy, and what of it was not checked.

Severities count from the worst down: a policy's `fail_at` and `warn_at` name the least severity that fails or warns,
unless a rule of the policy says what findings of a kind do. What was not checked is never passed, nor is a programme
of whose names and numbers too many were verified by nothing: the verdict is a warning at least.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from telop_matcher.matching.values import BLOCKER, FYI, ISSUE, Finding

Verdict = Literal["pass", "warn", "fail"]
BLOCK: Final = "block"
WARN: Final = "warn"
INFORM: Final = "inform"
FINDINGS: Final = "findings"
NOT_CHECKED: Final = "not_checked"
UNVERIFIED: Final = "unverified"
SEVERITIES: Final = (BLOCKER, ISSUE, FYI)
MOST_RANGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """What findings of some kinds do, from a confidence and a severity on."""

    kinds: frozenset[str]
    min_confidence: float
    min_severity: str
    action: str

    def is_for(self, finding: Finding) -> bool:
        """Whether the finding falls under the rule."""
        is_severe = finding.severity in _from(self.min_severity)
        return is_severe and finding.kind in self.kinds and finding.confidence >= self.min_confidence


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides the verdict. The first rule that a finding falls under decides about it, else its severity."""

    fail_at: str = BLOCKER
    warn_at: str = ISSUE
    rules: tuple[PolicyRule, ...] = ()
    max_unverified: float = 1.0
    """Share of names and numbers that nothing verified, above which a programme does not pass."""

    def action(self, finding: Finding) -> str:
        """Return what a finding does to the verdict: block, warn or inform."""
        rule = next((each for each in self.rules if each.is_for(finding)), None)
        if rule:
            return rule.action
        if finding.severity in _from(self.fail_at):
            return BLOCK
        return WARN if finding.severity in _from(self.warn_at) else INFORM


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Media time that a stage did not check, and why."""

    stage: str
    start_s: float
    end_s: float
    reason: str


def decide(
    findings: Iterable[Finding], unchecked: Sequence[Unchecked], policy: Policy, *, unverified: float = 0.0
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict, and what kept it from being better: `findings`, `not_checked`, `unverified`.

    `unverified` is the share of names and numbers that nothing verified. Findings that are suppressed do not count.
    """
    actions = {policy.action(finding) for finding in findings if finding.suppressed is None}
    reasons = {
        FINDINGS: bool(actions & {BLOCK, WARN}),
        NOT_CHECKED: bool(unchecked),
        UNVERIFIED: unverified > policy.max_unverified,
    }
    against = tuple(reason for reason, holds in reasons.items() if holds)
    if BLOCK in actions:
        return "fail", against
    return ("warn" if against else "pass"), against


def _from(level: str) -> set[str]:
    return set(SEVERITIES[: SEVERITIES.index(level) + 1]) if level in SEVERITIES else set()


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings count of each severity, and of each kind that occurs; and how many are suppressed."""
    found = list(findings)
    heard = [finding for finding in found if finding.suppressed is None]
    severities = Counter(finding.severity for finding in heard)
    kinds = Counter(str(finding.kind) for finding in heard)
    silent = {"suppressed": len(found) - len(heard)} if len(heard) < len(found) else {}
    return {severity: severities[severity] for severity in SEVERITIES} | dict(sorted(kinds.items())) | silent


def merged(ranges: Iterable[Unchecked]) -> list[Unchecked]:
    """Join ranges of one stage and reason that touch; of too many, name only the whole stretch of each."""
    ordered = sorted(ranges, key=lambda each: (each.stage, each.reason, each.start_s))
    joined = _joined(ordered, gap_s=0.0)
    return joined if len(joined) <= MOST_RANGES else _joined(ordered, gap_s=float("inf"))


def _joined(ordered: Iterable[Unchecked], gap_s: float) -> list[Unchecked]:
    joined: list[Unchecked] = []
    for each in ordered:
        last = joined[-1] if joined else None
        if last and (last.stage, last.reason) == (each.stage, each.reason) and each.start_s <= last.end_s + gap_s:
            joined[-1] = replace(last, end_s=max(last.end_s, each.end_s))
        else:
            joined.append(each)
    return joined
