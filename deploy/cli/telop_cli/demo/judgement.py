"""Compares the findings of a job with the truth about its clip.

A planted mistake is found by a finding of its kind, at its time, whose suggestion repairs the caption. Everything
else that was reported is a false alarm, whatever its severity and also when it repeats a true finding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telop_cli.demo.truth import Mistake, Telop, Truth

Finding = Mapping[str, Any]
"""A finding as `GET /v1/jobs/{id}/findings` shows it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which planted mistakes were found, which were missed, and what was reported without reason."""

    found: Sequence[tuple[Telop, Finding]]
    missed: Sequence[Telop]
    false_alarms: Sequence[Finding]

    @property
    def is_right(self) -> bool:
        """Everything was found and nothing else was reported."""
        return not self.missed and not self.false_alarms


def judge(truth: Truth, findings: Sequence[Finding]) -> Judgement:
    """Pair each planted mistake with at most one finding."""
    left = list(findings)
    found: list[tuple[Telop, Finding]] = []
    missed: list[Telop] = []
    for telop in truth.planted:
        hit = next((finding for finding in left if _finds(telop, finding)), None)
        if hit is None:
            missed.append(telop)
        else:
            left.remove(hit)
            found.append((telop, hit))
    return Judgement(found, missed, left)


def _finds(telop: Telop, finding: Finding) -> bool:
    mistake = telop.mistake
    if mistake is None or finding["kind"] != mistake.kind:
        return False
    overlaps = finding["start_s"] < telop.end_s and telop.start_s < finding["end_s"]
    return bool(overlaps and _repairs(mistake, finding))


def _repairs(mistake: Mistake, finding: Finding) -> bool:
    """The wrong span, replaced by the suggestion, gives a right caption. Without a repair it covers the wrong word."""
    written, wrong, suggestion = finding["written"], finding["wrong"], finding["suggestion"]
    if not mistake.repaired:
        return _letters(mistake.wrong) in _letters(wrong["text"])
    if suggestion is None:
        return False
    repaired = written[: wrong["start"]] + suggestion + written[wrong["end"] :]
    return _letters(repaired) in {_letters(right) for right in mistake.repaired}


def _letters(text: str) -> str:
    """Letters and digits only: a reader may lose a space or add a full stop."""
    return "".join(character for character in text.casefold() if character.isalnum())
