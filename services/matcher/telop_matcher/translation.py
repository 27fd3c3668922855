"""Where the two worlds of values meet: what contracts say becomes values of the domain, and the other way round.

Nothing is lost on the way in, and on the way out only what the contracts have no room for.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Final

from telop_contracts.check.v1 import CheckedTelop, Coverage, ExplainedPair, Explanation, Memory, Rules
from telop_contracts.finding.v1 import Finding, Occurrence, WrongSpan
from telop_contracts.media.v1 import Policy
from telop_contracts.recheck.v1 import RecheckAnswered
from telop_contracts.speech.v1 import Word
from telop_contracts.telops.v1 import Reading, SecondReading, Telop
from telop_contracts.values import Box, ObjectRef

from telop_matcher.matching import coverage, explaining, values, verdicts
from telop_matcher.matching.listening import Listened, Wording
from telop_matcher.matching.memory import Known, mistake_id
from telop_matcher.matching.stitching import MOST_READINGS

LONGEST_TEXT: Final = 2_000
"""Code points of `written` and `heard` in a finding's contract."""
MOST_OCCURRENCES: Final = 500
"""Occurrences that a finding lists; it counts all."""
MOST_REASONS: Final = 20
MOST_SECOND_READINGS: Final = 5


def domain_rules(rules: Rules) -> values.Rules:
    """The rules of a job."""
    return values.Rules(
        roster=tuple(entry.text for entry in rules.roster),
        readings={entry.text: entry.reading for entry in rules.roster if entry.reading},
        ng_words=tuple(values.NgRule(word.text, word.exceptions) for word in rules.ng_words),
    )


def domain_policy(policy: Policy) -> verdicts.Policy:
    """What decides the verdict."""
    rules = tuple(
        verdicts.PolicyRule(frozenset(each.kinds), each.min_confidence, each.min_severity, each.action)
        for each in policy.rules
    )
    return verdicts.Policy(policy.fail_at, policy.warn_at, rules, policy.max_unverified)


def domain_word(word: Word) -> values.Word:
    """A word that was heard."""
    alternatives = tuple(values.Alternative(**dict(each)) for each in word.alternatives)
    return values.Word(**{**dict(word), "alternatives": alternatives})


def domain_telop(telop: Telop) -> values.Telop:
    """A telop that was read."""
    return values.Telop(
        text=telop.text,
        start_s=telop.start_s,
        end_s=telop.end_s,
        box=_domain_box(telop.box),
        confidence=telop.confidence,
        frames=telop.frames,
        readings=_domain_readings(telop.readings),
        open_start=telop.open_start,
        open_end=telop.open_end,
        still=values.Still(**dict(telop.still)) if telop.still else None,
        folded=tuple(values.FoldedSpan(**dict(each)) for each in telop.folded),
        second_readings=_domain_second_readings(telop.second_readings),
        kind=telop.kind,
        lines=tuple(values.Line(each.text, _domain_box(each.box)) for each in telop.lines),
        crop=values.Still(**dict(telop.crop)) if telop.crop else None,
    )


def domain_look(start_s: float, box: bytes, given: RecheckAnswered) -> values.Look:
    """What a second look gave; the box is JSON."""
    return values.Look(
        start_s,
        _domain_box(Box.model_validate_json(box)),
        _domain_readings(given.readings),
        _domain_second_readings(given.second_readings),
        given.likeliest,
    )


def domain_listened(answers: Iterable[RecheckAnswered]) -> Listened:
    """What second listens said of each wording."""
    return {
        Wording(given.start_s, given.end_s, each.text): each.nats
        for given in answers
        if given.start_s is not None and given.end_s is not None
        for each in given.likelihoods
    }


def domain_memory(found: Memory) -> Known:
    """What is known of the programme from before."""
    decisions = {each.mistake_id: each.decision for each in found.suppressions}
    return Known(None if found.earlier is None else tuple(map(_domain_finding, found.earlier)), decisions)


def _domain_finding(found: Finding) -> values.Finding:
    """A finding of an earlier job: as much of it as it takes to know it again."""
    return values.Finding(
        kind=values.Kind(found.kind),
        severity=found.severity,
        start_s=found.start_s,
        end_s=found.end_s,
        written=found.written,
        heard=found.heard,
        start=found.wrong.start,
        end=found.wrong.end,
        suggestion=found.suggestion,
        relation=values.Relation(found.relation),
        blame=values.Blame(found.blame),
        confidence=found.confidence,
    )


def _domain_box(box: Box) -> values.Box:
    return values.Box(**dict(box))


def _domain_second_readings(readings: Sequence[SecondReading]) -> tuple[values.SecondReading, ...]:
    return tuple(values.SecondReading(each.text, values.Engine(**dict(each.engine))) for each in readings)


def _domain_readings(readings: Sequence[Reading]) -> tuple[values.Reading, ...]:
    return tuple(values.Reading(**dict(each)) for each in readings)


def contract_telop(telop: values.Telop, verified: coverage.Verified) -> CheckedTelop:
    """A telop of the result."""
    kept = telop.readings[:MOST_READINGS] or (values.Reading(telop.text, telop.confidence, telop.start_s),)
    fields = asdict(replace(telop, readings=kept, second_readings=telop.second_readings[:MOST_SECOND_READINGS]))
    fields.pop("likeliest")
    return CheckedTelop.model_validate(fields | {"verified_by": verified.by})


def contract_coverage(found: coverage.Coverage) -> Coverage:
    """What verified a programme."""
    return Coverage.model_validate(asdict(found))


def contract_finding(job_id: str, found: values.Finding, policy: verdicts.Policy) -> Finding:
    """A finding of the result."""
    return Finding(
        finding_id=finding_id(job_id, found),
        kind=found.kind.value,
        severity=found.severity,
        start_s=found.start_s,
        end_s=found.end_s,
        written=found.written,
        heard=found.heard[:LONGEST_TEXT],
        wrong=WrongSpan(text=found.wrong, start=found.start, end=found.end),
        suggestion=found.suggestion,
        relation=found.relation.value,
        blame=found.blame.value,
        confidence=found.confidence,
        reasons=found.reasons[:MOST_REASONS],
        box=Box(**asdict(found.box)) if found.box else None,
        still=ObjectRef(**asdict(found.still)) if found.still else None,
        occurrences=tuple(Occurrence.model_validate(asdict(each)) for each in found.occurrences[:MOST_OCCURRENCES]),
        occurrence_count=max(1, len(found.occurrences)),
        witnesses=found.witnesses,
        action=None if found.suppressed else policy.action(found),
        mistake_id=mistake_id(found),
        since_earlier=found.since_earlier,
        suppressed=found.suppressed,
    )


def finding_id(job_id: str, found: values.Finding) -> str:
    """The same mistake of the same job always has the same id."""
    place = (job_id, found.kind.value, f"{found.start_s:.3f}", found.start, found.end, found.written, found.heard)
    return "finding-" + hashlib.sha256(repr(place).encode()).hexdigest()[:32]


def contract_explanation(
    job_id: str, found: values.Finding, parts: Sequence[explaining.Part], passage: str | None
) -> Explanation:
    """How a finding came about."""
    return Explanation(
        finding_id=finding_id(job_id, found),
        relation=found.relation.value,
        pairs=tuple(ExplainedPair(**asdict(each)) for each in parts),
        script=passage[:LONGEST_TEXT] if passage else None,
    )
