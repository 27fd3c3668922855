"""The verdict of a programme under a policy, and what of it was not checked.

Severities count from the worst down: a policy's `fail_at` and `warn_at` name the least severity that fails or warns.
What was not checked is never passed: the verdict is a warning at least.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from telop_matcher.matching.values import BLOCKER, FYI, ISSUE, Finding

Verdict = Literal["pass", "warn", "fail"]
SEVERITIES: Final = (BLOCKER, ISSUE, FYI)
MOST_RANGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Media time that a stage did not check, and why."""

    stage: str
    start_s: float
    end_s: float
    reason: str


def decide(findings: Iterable[Finding], unchecked: Sequence[Unchecked], *, fail_at: str, warn_at: str) -> Verdict:
    """Return the verdict. A level of "never" is reached by no finding."""
    present = {finding.severity for finding in findings}
    if present & _from(fail_at):
        return "fail"
    return "warn" if unchecked or present & _from(warn_at) else "pass"


def _from(level: str) -> set[str]:
    return set(SEVERITIES[: SEVERITIES.index(level) + 1]) if level in SEVERITIES else set()


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity, and of each kind that occurs."""
    found = list(findings)
    severities = Counter(finding.severity for finding in found)
    kinds = Counter(str(finding.kind) for finding in found)
    return {severity: severities[severity] for severity in SEVERITIES} | dict(sorted(kinds.items()))


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
