"""Why a finding is there, in steps that an editor can follow: its telop laid against the speech, part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.judging import Case
from telop_matcher.matching.values import Compared, Finding

MOST_PARTS: Final = 300


def cases_by_text(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """Return the cases of a programme by the text of their telops."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.telop.text, []).append(case)
    return found


def case_of(finding: Finding, cases: Mapping[str, Sequence[Case]]) -> Case | None:
    """Return the telop that a finding was made from; None for what was only heard."""
    same = cases.get(finding.written, ())
    exact = (case for case in same if case.relation is finding.relation and case.heard_text == finding.heard)
    return next(exact, same[0] if same else None)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a telop against what was heard in its place; `cost` is 0 where both say the same, and 1 at most."""

    written: str
    start: int
    end: int
    heard: str | None
    cost: float


def explain(case: Case) -> list[Part]:
    """Return a telop part by part, `MOST_PARTS` at most."""
    return [_part(case.telop.text, each) for each in case.compared()[:MOST_PARTS]]


def _part(text: str, each: Compared) -> Part:
    return Part(text[each.start : each.end], each.start, each.end, each.heard, round(each.cost, 3))
