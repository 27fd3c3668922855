"""From the parts of a job to its judgement: contracts in, the domain's verdict, contracts out.

Here alone the two worlds of values meet. It does no I/O and runs in a thread.
The same parts always give the same document, down to the ids of the findings.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from telop_contracts.check.v1 import CheckedTelop, CheckResult, Rules
from telop_contracts.finding.v1 import Finding, Occurrence, WrongSpan
from telop_contracts.job.v1 import JobChecked, JobPlanned, UncheckedRange
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import Reading, Telop, TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, Box, ObjectRef

from telop_matcher.joining import Joined, Part
from telop_matcher.matching import stitching, values, verdicts
from telop_matcher.matching.judging import Judge, look_again

LONGEST_TEXT = 2_000
"""Code points of `written` and `heard` in a finding's contract."""
LONGEST_LOOK_S = 10.0
MOST_OCCURRENCES = 500
"""Occurrences that a finding lists; it counts all."""


@dataclass(frozen=True)
class Judgement:
    """A judged job: its verdict and result document, or the second looks wanted before there is one."""

    plan: JobPlanned
    verdict: verdicts.Verdict
    counts: dict[str, int]
    unchecked: tuple[UncheckedRange, ...]
    document: bytes
    in_doubt: tuple[RecheckRequested, ...]
    result: ObjectRef | None = None

    def key(self, tenant: str) -> str:
        """The key of the result: by content, so that a late writer never changes what was announced."""
        digest = hashlib.sha256(self.document).hexdigest()[:16]
        return f"tenants/{tenant}/jobs/{self.plan.job_id}/result-{digest}.json"

    def stored(self, result: ObjectRef) -> "Judgement":
        """Return the judgement with its result's object."""
        return replace(self, result=result)

    def checked(self) -> JobChecked:
        """Return the event of a stored judgement."""
        assert self.result
        return JobChecked(
            job_id=self.plan.job_id,
            verdict=self.verdict,
            counts=self.counts,
            unchecked=self.unchecked,
            result=self.result,
        )


def judge_job(joined: Joined, rules: Rules, judge: Judge, *, second_looks: int) -> Judgement:
    """Judge a job; ask for at most so many second looks."""
    plan = joined.plan
    telops = look_again(stitching.stitch_telops(list(_telops(joined))), [_look(*look) for look in joined.looks])
    words = stitching.stitch_words(list(_words(joined)))
    findings = judge(telops, words, _rules(rules)).findings
    unchecked = verdicts.merged(_unchecked(plan, joined.parts))
    policy = rules.policy
    document = CheckResult(
        findings=tuple(_finding(plan.job_id, each) for each in findings),
        telops=tuple(_contract_telop(each) for each in telops),
        words=tuple(Word(**asdict(each)) for each in words),
    )
    return Judgement(
        plan=plan,
        verdict=verdicts.decide(findings, unchecked, fail_at=policy.fail_at, warn_at=policy.warn_at),
        counts=verdicts.count(findings),
        unchecked=tuple(UncheckedRange(**asdict(each)) for each in unchecked),
        document=document.model_dump_json().encode(),
        in_doubt=_looks_wanted(plan, telops, findings)[:second_looks],
    )


def _of_stage(joined: Joined, stage: str) -> Iterator[tuple[float, float, bytes]]:
    ranges = {segment.index: segment for segment in joined.plan.segments}
    for part in joined.parts:
        if part.stage == stage and part.content is not None:
            yield ranges[part.index].start_s, ranges[part.index].end_s, part.content


def _telops(joined: Joined) -> Iterator[stitching.Part[values.Telop]]:
    for start_s, end_s, content in _of_stage(joined, STAGE_OCR):
        read = TelopsRead.model_validate_json(content).telops
        yield stitching.Part(start_s, end_s, tuple(_domain_telop(each) for each in read))


def _words(joined: Joined) -> Iterator[stitching.Part[values.Word]]:
    for start_s, end_s, content in _of_stage(joined, STAGE_ASR):
        heard = SpeechTranscribed.model_validate_json(content).words
        yield stitching.Part(start_s, end_s, tuple(_domain_word(each) for each in heard))


def _domain_word(word: Word) -> values.Word:
    alternatives = tuple(values.Alternative(**dict(each)) for each in word.alternatives)
    return values.Word(**{**dict(word), "alternatives": alternatives})


def _rules(rules: Rules) -> values.Rules:
    return values.Rules(
        roster=tuple(entry.text for entry in rules.roster),
        readings={entry.text: entry.reading for entry in rules.roster if entry.reading},
        ng_words=tuple(values.NgRule(word.text, word.exceptions) for word in rules.ng_words),
    )


def _look(start_s: float, box: bytes, answer: bytes) -> values.Look:
    readings = RecheckAnswered.model_validate_json(answer).readings
    return values.Look(start_s, _domain_box(Box.model_validate_json(box)), _domain_readings(readings))


def _domain_telop(telop: Telop) -> values.Telop:
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
    )


def _domain_box(box: Box) -> values.Box:
    return values.Box(**dict(box))


def _domain_readings(readings: Sequence[Reading]) -> tuple[values.Reading, ...]:
    return tuple(values.Reading(**dict(each)) for each in readings)


def _contract_telop(telop: values.Telop) -> CheckedTelop:
    kept = telop.readings[: stitching.MOST_READINGS] or (values.Reading(telop.text, telop.confidence, telop.start_s),)
    return CheckedTelop.model_validate(asdict(replace(telop, readings=kept)))


def _finding(job_id: str, found: values.Finding) -> Finding:
    return Finding(
        finding_id=_finding_id(job_id, found),
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
        reasons=found.reasons,
        box=Box(**asdict(found.box)) if found.box else None,
        still=ObjectRef(**asdict(found.still)) if found.still else None,
        occurrences=tuple(Occurrence.model_validate(asdict(each)) for each in found.occurrences[:MOST_OCCURRENCES]),
        occurrence_count=max(1, len(found.occurrences)),
    )


def _finding_id(job_id: str, found: values.Finding) -> str:
    """The same mistake of the same job always has the same id."""
    place = (job_id, found.kind.value, f"{found.start_s:.3f}", found.start, found.end, found.written, found.heard)
    return "finding-" + hashlib.sha256(repr(place).encode()).hexdigest()[:32]


def _unchecked(plan: JobPlanned, parts: Sequence[Part]) -> Iterator[verdicts.Unchecked]:
    ranges = {segment.index: segment for segment in plan.segments}
    for stage in plan.stages:
        if stage.skipped is not None:
            yield verdicts.Unchecked(stage.stage, 0.0, plan.media.duration_s, stage.skipped)
    for part in parts:
        if part.reason is not None:
            yield verdicts.Unchecked(part.stage, ranges[part.index].start_s, ranges[part.index].end_s, part.reason)


def _looks_wanted(
    plan: JobPlanned, telops: Sequence[values.Telop], findings: Sequence[values.Finding]
) -> tuple[RecheckRequested, ...]:
    """Return a request for each telop that a second look could decide, in order of time."""
    doubted = {(each.start_s, each.box) for each in findings if each.wants_look}
    wanted = [telop for telop in telops if (telop.start_s, telop.box) in doubted]
    return tuple(
        RecheckRequested(
            job_id=plan.job_id,
            recheck_id=_recheck_id(plan.job_id, telop),
            stage=STAGE_OCR,
            language=plan.language,
            media=plan.media,
            start_s=telop.start_s,
            end_s=min(telop.end_s, telop.start_s + LONGEST_LOOK_S),
            box=Box(**asdict(telop.box)),
        )
        for telop in wanted
    )


def _recheck_id(job_id: str, telop: values.Telop) -> str:
    place = (job_id, f"{telop.start_s:.3f}", telop.box)
    return "recheck-" + hashlib.sha256(repr(place).encode()).hexdigest()[:32]
