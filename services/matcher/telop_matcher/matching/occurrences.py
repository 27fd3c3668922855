"""One mistake is one finding, however often it is shown and whatever rules say so.

Mistakes are the same if their captions have the same letters and the wrong parts overlap; two numbers, only if they
are to be the same. The finding with the most weight speaks for all of them. Occurrences are kept one by one, but those
that touch in time are one: a caption that comes back at once is the same one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from telop_matcher.matching.values import BLOCKER, FYI, ISSUE, Finding, Kind, Occurrence
from telop_matcher.matching.writing import letters

SAME_APPEARANCE_S: Final = 2.0
"""A caption that comes back within this time is the same one."""
_WEIGHT: Final = {BLOCKER: 0, ISSUE: 1, FYI: 2}
_PRIORITY: Final = tuple(Kind)


def gather(findings: Iterable[Finding]) -> list[Finding]:
    """Return each mistake once, with its occurrences, in order of time."""
    gathered: list[Finding] = []
    for _, same_text in groupby(sorted(findings, key=_order), key=_text):
        groups: list[list[Finding]] = []
        for finding in same_text:
            mine = next((group for group in groups if any(_is_same(finding, each) for each in group)), None)
            if mine is None:
                groups.append([finding])
            else:
                mine.append(finding)
        gathered += (_merged(group) for group in groups)
    return sorted(gathered, key=lambda each: (each.start_s, each.start, each.kind))


def _order(finding: Finding) -> tuple[str, int, int, float, float, int]:
    return (
        _text(finding),
        _WEIGHT[finding.severity],
        _PRIORITY.index(finding.kind),
        -finding.confidence,
        finding.start_s,
        finding.start,
    )


def _text(finding: Finding) -> str:
    """The letters of the caption; of what was only heard, the forbidden words."""
    return f"written {written}" if (written := letters(finding.written)) else f"heard {letters(finding.heard)}"


def _is_same(finding: Finding, other: Finding) -> bool:
    if finding.kind is other.kind is Kind.NUMBER and finding.suggestion != other.suggestion:
        return False
    return _letters_before_end(finding) > _letters_before(other) and _letters_before_end(other) > _letters_before(
        finding
    )


def _letters_before(finding: Finding) -> int:
    return len(letters(finding.written[: finding.start]))


def _letters_before_end(finding: Finding) -> int:
    """Where the wrong part ends, in letters; what was only heard, or is no letter, counts as one."""
    return max(len(letters(finding.written[: finding.end])), _letters_before(finding) + 1)


def _merged(group: Sequence[Finding]) -> Finding:
    """The weightiest of a group, which comes first, with the occurrences of all."""
    shown = _appearances(each for finding in group for each in finding.occurrences or (_occurrence(finding),))
    first = shown[0]
    return replace(
        group[0],
        start_s=first.start_s,
        end_s=first.end_s,
        box=first.box,
        still=first.still,
        wants_look=group[0].wants_look,
        occurrences=tuple(shown),
    )


def _occurrence(finding: Finding) -> Occurrence:
    return Occurrence(finding.start_s, finding.end_s, finding.box, finding.still)


def _appearances(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    joined: list[Occurrence] = []
    for each in sorted(occurrences, key=lambda each: (each.start_s, each.end_s)):
        if joined and each.start_s - joined[-1].end_s <= SAME_APPEARANCE_S:
            last = joined[-1]
            joined[-1] = replace(last, end_s=max(last.end_s, each.end_s), still=last.still or each.still)
        else:
            joined.append(each)
    return joined
