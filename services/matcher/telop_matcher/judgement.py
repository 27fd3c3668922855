"""From the parts of a job to its judgement: what was read and heard goes in, the verdict and its document come out.

It does no I/O and runs in a thread. The same parts always give the same document, down to the ids of the findings.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from telop_contracts.check.v1 import Explanation, Memory, Rules
from telop_contracts.finding.v1 import Finding
from telop_contracts.job.v1 import JobChecked, JobPlanned, UncheckedRange
from telop_contracts.media.v1 import ScriptLine
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.speech.v1 import SpeechTranscribed, Word
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, Box, ObjectRef

from telop_matcher import translation
from telop_matcher.documents import result_document
from telop_matcher.joining import Joined, Part
from telop_matcher.lexicons import is_judged
from telop_matcher.matching import coverage, explaining, listening, script, stitching, values, verdicts
from telop_matcher.matching.judging import Judge, Judged
from telop_matcher.matching.memory import remember
from telop_matcher.matching.picture import candidates, look_again
from telop_matcher.matching.testimony import Testimony, hear_script

STAGE = "matcher"
NOT_JUDGED = "language_not_judged"
LONGEST_LOOK_S = 10.0
TELL_LIKELIHOODS = ("moonshine", "pocketsphinx")
"""Engines that answer how well a wording fits the sound; the weights of that witness were fitted on theirs."""
LOOKS_AT_ONE = 2
"""Second looks at one caption that is shown several times."""


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


@dataclass(frozen=True)
class Asked:
    """What a job is judged by: its rules, a script and the memory of its programme, and how much it may ask again."""

    rules: Rules
    script: Sequence[ScriptLine]
    memory: Memory
    second_looks: int
    second_listens: int


def judge_job(joined: Joined, asked: Asked, judge: Judge) -> Judgement:
    """Judge a job; ask for at most so many second looks."""
    plan, policy = joined.plan, translation.domain_policy(asked.rules.policy)
    answers = [(start_s, box, RecheckAnswered.model_validate_json(answer)) for start_s, box, answer in joined.looks]
    looks = [translation.domain_look(*look) for look in answers if look[2].stage == STAGE_OCR]
    listened = translation.domain_listened(answer for _, _, answer in answers if answer.stage == STAGE_ASR)
    telops = look_again(stitching.stitch_telops(list(_telops(joined))), looks)
    words = stitching.stitch_words(list(_words(joined)))
    unchecked = verdicts.merged(_unchecked(plan, joined.parts))
    # What the cases hold of a long programme is gone before its document is written.
    judged = judge(telops, words, translation.domain_rules(asked.rules), listened=listened)
    doubts = judged.doubts[: asked.second_listens] if _was_heard(joined) else ()
    weighed = _weigh(judged, asked, unchecked, plan.job_id)
    del judged
    findings, cover = weighed.findings, coverage.cover(weighed.verified)
    verdict, reasons = verdicts.decide(findings, unchecked, policy, unverified=cover.unverified)
    document = result_document(
        {
            "findings": (translation.contract_finding(plan.job_id, each, policy) for each in findings),
            "telops": map(translation.contract_telop, telops, weighed.verified),
            "words": (Word.model_validate(asdict(each)) for each in words),
            "fixed": weighed.fixed,
            "explanations": weighed.explanations,
        },
        {"coverage": translation.contract_coverage(cover), "verdict_reasons": reasons},
    )
    compared = {"fixed": len(weighed.fixed)} if asked.memory.earlier is not None else {}
    return Judgement(
        plan=plan,
        verdict=verdict,
        counts=verdicts.count(findings) | compared,
        unchecked=tuple(UncheckedRange(**asdict(each)) for each in unchecked),
        document=document,
        in_doubt=(*_looks_wanted(plan, telops, findings, asked.second_looks), *_listens_wanted(plan, doubts)),
    )


@dataclass(frozen=True)
class _Weighed:
    """What is left of the judged cases once script and memory were heard."""

    findings: Sequence[values.Finding]
    verified: Sequence[coverage.Verified]
    fixed: Sequence[Finding]
    explanations: Sequence[Explanation]


def _weigh(judged: Judged, asked: Asked, unchecked: Sequence[verdicts.Unchecked], job_id: str) -> _Weighed:
    heard = hear_script(judged, [script.ScriptLine(each.text, each.start_s, each.end_s) for each in asked.script])
    remembered = remember(heard.findings, translation.domain_memory(asked.memory), unchecked)
    earlier = asked.memory.earlier or ()
    return _Weighed(
        remembered.findings,
        _verified(judged, heard, asked.rules),
        [earlier[at] for at in remembered.fixed],
        list(_explanations(job_id, judged, heard, remembered.findings)),
    )


def _verified(judged: Judged, heard: Testimony, rules: Rules) -> list[coverage.Verified]:
    roster = coverage.Terms.of(entry.text for entry in rules.roster)
    return [
        coverage.verify(case, passage.same if passage else (), roster, judged)
        for case, passage in zip(judged.cases, heard.passages, strict=True)
    ]


def _explanations(
    job_id: str, judged: Judged, heard: Testimony, findings: Sequence[values.Finding]
) -> Iterator[Explanation]:
    by_text = explaining.cases_by_text(judged.cases)
    passages = {id(case): passage for case, passage in zip(judged.cases, heard.passages, strict=True)}
    for finding in findings:
        case = explaining.case_of(finding, by_text)
        if case:
            passage = passages[id(case)]
            parts = explaining.explain(case)
            yield translation.contract_explanation(job_id, finding, parts, passage.text if passage else None)


def _of_stage(joined: Joined, stage: str) -> Iterator[tuple[float, float, bytes]]:
    ranges = {segment.index: segment for segment in joined.plan.segments}
    for part in joined.parts:
        if part.stage == stage and part.content is not None:
            yield ranges[part.index].start_s, ranges[part.index].end_s, part.content


def _telops(joined: Joined) -> Iterator[stitching.Part[values.Telop]]:
    for start_s, end_s, content in _of_stage(joined, STAGE_OCR):
        read = TelopsRead.model_validate_json(content).telops
        yield stitching.Part(start_s, end_s, tuple(map(translation.domain_telop, read)))


def _words(joined: Joined) -> Iterator[stitching.Part[values.Word]]:
    for start_s, end_s, content in _of_stage(joined, STAGE_ASR):
        heard = SpeechTranscribed.model_validate_json(content).words
        yield stitching.Part(start_s, end_s, tuple(map(translation.domain_word, heard)))


def _unchecked(plan: JobPlanned, parts: Sequence[Part]) -> Iterator[verdicts.Unchecked]:
    ranges = {segment.index: segment for segment in plan.segments}
    if not is_judged(plan.language):
        yield verdicts.Unchecked(STAGE, 0.0, plan.media.duration_s, NOT_JUDGED)
    for stage in plan.stages:
        if stage.skipped is not None:
            yield verdicts.Unchecked(stage.stage, 0.0, plan.media.duration_s, stage.skipped)
    for part in parts:
        if part.reason is not None:
            yield verdicts.Unchecked(part.stage, ranges[part.index].start_s, ranges[part.index].end_s, part.reason)


def _looks_wanted(
    plan: JobPlanned, telops: Sequence[values.Telop], findings: Sequence[values.Finding], most: int
) -> tuple[RecheckRequested, ...]:
    """Return requests for telops that a second look could decide: of the likeliest mistakes first, in order of time."""
    doubted = sorted((each for each in findings if each.wants_look), key=lambda each: -each.confidence)
    shown = {text: list(same) for text, same in groupby(sorted(telops, key=_text), key=_text)}
    wanted: dict[values.Telop, list[values.Finding]] = {}
    for finding in doubted:
        for telop in sorted(shown.get(finding.written, ()), key=lambda each: each.confidence)[:LOOKS_AT_ONE]:
            if telop in wanted or len(wanted) < most:
                wanted.setdefault(telop, []).append(finding)
    return tuple(
        RecheckRequested(
            job_id=plan.job_id,
            recheck_id=_recheck_id(plan.job_id, (f"{telop.start_s:.3f}", telop.box)),
            stage=STAGE_OCR,
            language=plan.language,
            media=plan.media,
            start_s=telop.start_s,
            end_s=min(telop.end_s, telop.start_s + LONGEST_LOOK_S),
            box=Box(**asdict(telop.box)),
            candidates=candidates(telop, [(f.start, f.end, f.suggestion) for f in about if f.suggestion is not None]),
        )
        for telop, about in sorted(wanted.items(), key=lambda each: each[0].start_s)
    )


def _was_heard(joined: Joined) -> bool:
    """Whether the words come from an engine that can say how well others fit."""
    heard = (SpeechTranscribed.model_validate_json(content) for _, _, content in _of_stage(joined, STAGE_ASR))
    return next((each.engine.name for each in heard), None) in TELL_LIKELIHOODS


def _listens_wanted(plan: JobPlanned, doubts: Sequence[listening.Span]) -> Iterator[RecheckRequested]:
    for span in sorted(doubts, key=lambda each: each.start_s):
        yield RecheckRequested(
            job_id=plan.job_id,
            recheck_id=_recheck_id(plan.job_id, span),
            stage=STAGE_ASR,
            language=plan.language,
            media=plan.media,
            start_s=span.start_s,
            end_s=span.end_s,
            candidates=span.wordings,
            rules=plan.rules,
        )


def _text(telop: values.Telop) -> str:
    return telop.text


def _recheck_id(job_id: str, place: object) -> str:
    return "recheck-" + hashlib.sha256(repr((job_id, place)).encode()).hexdigest()[:32]
