"""Compares the findings of programmes with their labels.

A finding hits a mistake if it points at the same part of the same text. A second finding on one mistake is a repeat. A
finding elsewhere is a false alarm, unless it blames the reader or the recogniser, and truly one of them erred there:
then it is explained, and counts as neither right nor wrong, but for blame.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from telop_matcher.matching.values import FYI, Blame, Finding, Kind

from tests.scorecard.labels import Labelled, Programme, carried

NEAR = 1
"""Characters by which a finding may miss a place (a missing word has no extent)."""


class Outcome(StrEnum):
    """What a finding turned out to be."""

    HIT = "hit"
    REPEAT = "repeat"
    EXPLAINED = "explained"
    FALSE_ALARM = "false_alarm"
    UNPLANTED = "unplanted"
    """A forbidden word that truly stands or was said elsewhere as well."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A finding, what it turned out to be, whose fault it was, and the label that it hit."""

    programme: Programme
    finding: Finding
    outcome: Outcome
    fault: Blame
    label: Labelled | None


@dataclass(frozen=True, slots=True)
class Result:
    """One programme with its findings and with the mistakes that nothing was found of."""

    programme: Programme
    scored: tuple[Scored, ...]
    missed: tuple[Labelled, ...]
    relations: tuple[tuple[str, str], ...]
    """Of every telop that was read: the true relation and the one that was found."""


def score(programme: Programme, findings: Sequence[Finding], relations: Sequence[tuple[str, str]]) -> Result:
    """Compare."""
    hit: set[int] = set()
    scored: list[Scored] = []
    for finding in sorted(findings, key=lambda each: (each.severity == FYI, -each.confidence)):
        at = next(_hits(programme, finding), None)
        if at is not None:
            outcome = Outcome.REPEAT if at in hit else Outcome.HIT
            hit.update(_hits(programme, finding))
            scored.append(Scored(programme, finding, outcome, Blame.CAPTION, programme.labelled[at]))
            continue
        if _is_forbidden(programme, finding):
            scored.append(Scored(programme, finding, Outcome.UNPLANTED, finding.blame, None))
            continue
        fault = _fault(programme, finding)
        explained = finding.blame is fault and fault in (Blame.OCR, Blame.ASR)
        outcome = Outcome.EXPLAINED if explained else Outcome.FALSE_ALARM
        scored.append(Scored(programme, finding, outcome, fault, None))
    wrong = (at for at, each in enumerate(programme.labelled) if each.shown and each.shown.mistake)
    missed = tuple(programme.labelled[at] for at in wrong if at not in hit)
    return Result(programme, tuple(scored), missed, tuple(relations))


def _hits(programme: Programme, finding: Finding) -> Iterator[int]:
    """Labels whose mistake the finding points at: one text that is shown often is one mistake."""
    for at, each in enumerate(programme.labelled):
        if each.read is None or each.read.text != finding.written:
            continue
        span = each.mistaken()
        if span and finding.start < span[1] + NEAR and span[0] < finding.end + NEAR:
            yield at


def _is_forbidden(programme: Programme, finding: Finding) -> bool:
    """Whether a forbidden word truly stands or was said there."""
    if finding.kind is not Kind.NG_WORD:
        return False
    truth = [*programme.said, *(each.shown.text.lower() for each in programme.labelled if each.shown)]
    words = [rule.text.lower() for rule in programme.rules.ng_words]
    found = (finding.wrong or finding.heard).lower()
    return any(word in found and any(word in text for text in truth) for word in words)


def _fault(programme: Programme, finding: Finding) -> Blame:
    """Whose fault a finding is that hits no mistake: the reader's, where it read other than what stood there."""
    for each in programme.labelled:
        if each.read is None or each.read.text != finding.written:
            continue
        if each.shown is None:
            return Blame.OCR
        start, end = carried(each.read.text, each.shown.text, finding.start, finding.end)
        return Blame.OCR if each.shown.text[start:end] != finding.wrong else Blame.ASR
    return Blame.ASR
