"""What a supplied script says to the findings: a third witness beside picture and sound, which may itself be wrong.

Two against one: what script and sound say together strengthens a finding, what picture and script say together clears
the caption of a word that was only heard otherwise, and a script that both contradict is itself reported, for
information. The script alone accuses nobody: it shows a difference. A misspelling is no better for being copied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telop_matcher.matching.explaining import case_of, cases_by_text
from telop_matcher.matching.judging import Case, Judged
from telop_matcher.matching.occurrences import gather
from telop_matcher.matching.script import Instead, Passage, Script, ScriptLine, says_the_same, values_of
from telop_matcher.matching.values import FYI, ISSUE, Blame, Finding, Kind, Relation
from telop_matcher.matching.writing import letters

SCRIPT: Final = "script"
SPEECH: Final = "speech"
ALIKE: Final = 0.5
"""Likeness of two words from which one may be a slip for the other; less is another wording."""
_RESTS_ON: Final = {
    Kind.SPELLING: ("dictionary",),
    Kind.NAME: ("roster",),
    Kind.INCONSISTENT: ("programme",),
    Kind.NG_WORD: ("rules",),
    Kind.NUMBER: (SPEECH,),
    Kind.WRONG_WORD: (SPEECH,),
    Kind.MISSING: (SPEECH,),
}
_ONLY_HEARD: Final = (Kind.NUMBER, Kind.WRONG_WORD, Kind.MISSING)
"""Kinds for which the speech is the only witness."""


@dataclass(frozen=True)
class Testimony:
    """Findings after the script was heard, and where each telop stands in it."""

    findings: list[Finding]
    passages: Sequence[Passage | None]
    """In the order of the judged cases."""


def hear_script(judged: Judged, lines: Sequence[ScriptLine]) -> Testimony:
    """Hear a script; without lines, findings only tell their witnesses."""
    findings = [replace(each, witnesses=_witnesses(each)) for each in judged.findings]
    if not lines:
        return Testimony(findings, [None] * len(judged.cases))
    script = Script(lines)
    passages = [script.find(case.telop) for case in judged.cases]
    located = {id(case): passage for case, passage in zip(judged.cases, passages, strict=True)}
    by_text = cases_by_text(judged.cases)
    found = []
    for finding in findings:
        case = case_of(finding, by_text)
        passage = located[id(case)] if case else None
        found.append(_weighed(finding, passage) if passage and finding.written else finding)
    for case, passage in zip(judged.cases, passages, strict=True):
        if passage:
            found += _differences(case, passage, findings, judged)
    return Testimony(gather(found), passages)


def _witnesses(finding: Finding) -> tuple[str, ...]:
    """Who speaks against what is written: what its kind rests on, and the speech where it says so."""
    rests_on = _RESTS_ON.get(finding.kind, ())
    is_heard = finding.suggestion is not None and letters(finding.suggestion) in letters(finding.heard)
    return (*rests_on, SPEECH) if is_heard and SPEECH not in rests_on else rests_on


def _weighed(finding: Finding, passage: Passage) -> Finding:
    scripted = passage.stretch(finding.start, finding.end)
    if scripted is None:
        return finding
    if finding.suggestion is not None and says_the_same(scripted, finding.suggestion):
        return _strengthened(finding, f'The script has "{scripted}".')
    if not says_the_same(scripted, finding.wrong):
        return replace(finding, reasons=(*finding.reasons, f'The script has something else again: "{scripted}".'))
    if finding.kind in _ONLY_HEARD and finding.blame is not Blame.OCR:
        reason = "The script has it as it is written; only the speech differs."
        blamed = replace(finding, severity=FYI, blame=Blame.ASR, confidence=finding.confidence / 2)
        return replace(blamed, reasons=(*finding.reasons, reason))
    return replace(finding, reasons=(*finding.reasons, "The script has the same: it may come from there."))


def _strengthened(finding: Finding, reason: str) -> Finding:
    """Two witnesses: what was only worth a look is an issue, unless the reader is to blame."""
    is_caption = finding.blame in (Blame.CAPTION, Blame.UNDECIDABLE)
    return replace(
        finding,
        severity=ISSUE if finding.severity == FYI and is_caption else finding.severity,
        blame=Blame.CAPTION if is_caption else finding.blame,
        confidence=1 - (1 - finding.confidence) * 0.4,
        reasons=(*finding.reasons, reason),
        witnesses=(*finding.witnesses, SCRIPT),
    )


def _differences(case: Case, passage: Passage, findings: Sequence[Finding], judged: Judged) -> Iterator[Finding]:
    """Findings for what the script has otherwise, where no rule said anything."""
    for part in passage.instead:
        each = judged.scripted(case.telop.text, part, passage)
        if each and not _is_reported(case, each, findings):
            yield _difference(case, each, case.telop.text[each.start : each.end])


def _is_reported(case: Case, each: Instead, findings: Sequence[Finding]) -> bool:
    return any(
        finding.written == case.telop.text and finding.start < each.end and each.start < finding.end
        for finding in findings
    )


def _difference(case: Case, each: Instead, written: str) -> Finding:
    heard = _heard(case, each)
    number = each.is_number or bool(values_of(written) or values_of(each.scripted))
    is_slip = number or each.likeness >= ALIKE
    has = f'The script has "{each.scripted}".'
    severity, blame, confidence, why = FYI, Blame.UNDECIDABLE, 0.4, "The sound does not tell who is right."
    witnesses: tuple[str, ...] = (SCRIPT,)
    if heard is not None and says_the_same(heard, written):
        blame, why = Blame.SCRIPT, "Picture and sound agree: the script may be wrong."
    elif heard is not None and says_the_same(heard, each.scripted):
        why, witnesses = "It was also heard so: script and sound agree.", (SCRIPT, SPEECH)
        if is_slip:
            severity, blame, confidence = ISSUE, Blame.CAPTION, 0.85
    telop = case.telop
    return Finding(
        kind=Kind.NUMBER if number else Kind.WRONG_WORD,
        severity=severity,
        start_s=telop.start_s,
        end_s=telop.end_s,
        written=telop.text,
        heard=case.heard_text,
        start=each.start,
        end=each.end,
        suggestion=None if blame is Blame.SCRIPT else each.scripted,
        relation=case.relation,
        blame=blame,
        confidence=confidence,
        reasons=(has, why),
        box=telop.box,
        still=telop.still,
        witnesses=witnesses,
    )


def _heard(case: Case, each: Instead) -> str | None:
    """What was heard in place of a part of the telop."""
    if case.relation is Relation.UNSPOKEN:
        return None
    beside = [part.heard for part in case.compared() if part.start < each.end and each.start < part.end]
    heard = [part for part in beside if part]
    return " ".join(heard) or None
