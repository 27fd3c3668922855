"""What is known of a programme from before: which mistakes are fixed, still there or new, and which are to be silent.

A mistake has the same id in every job if kind, caption and wrong part are the same but for case, space and
punctuation; its place in time does not matter, for programmes are cut anew. A decision silences exactly that; whether
it is still there is also seen through another kind, or a slightly different reading of the rest of the caption.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import Indel

from telop_matcher.matching.values import Finding
from telop_matcher.matching.verdicts import Unchecked
from telop_matcher.matching.writing import letters

NEW: Final = "new"
STILL_THERE: Final = "still_there"
SAME_CAPTION: Final = 0.85
"""Likeness of two captions with the same wrong part, from which they count as one that was read twice."""
_PICTURE, _SOUND = "ocr", "asr"


@dataclass(frozen=True, slots=True)
class Known:
    """Findings of an earlier check, None if there was none; and decisions by mistake id."""

    earlier: Sequence[Finding] | None = None
    suppressions: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The findings with what is known of them, and which of the earlier check's are gone, by their position there."""

    findings: list[Finding]
    fixed: list[int]


def mistake_id(finding: Finding) -> str:
    """Return what is the same for the same mistake in the same text, in every job."""
    before = len(letters(finding.written[: finding.start]))
    text = letters(finding.written) or f"heard {letters(finding.heard)}"
    place = (finding.kind.value, text, before, letters(finding.wrong))
    return "mistake-" + hashlib.sha256(repr(place).encode()).hexdigest()[:32]


def remember(findings: Sequence[Finding], known: Known, unchecked: Sequence[Unchecked]) -> Remembered:
    """Say of each finding whether it is new or silenced. What was not checked now is never called fixed."""
    silent = known.suppressions or {}
    marked = [replace(each, suppressed=silent.get(mistake_id(each))) for each in findings]
    if known.earlier is None:
        return Remembered(marked, [])
    before, now = _captions(known.earlier), _captions(findings)
    marked = [replace(each, since_earlier=STILL_THERE if _is_among(each, before) else NEW) for each in marked]
    fixed = [
        at for at, each in enumerate(known.earlier) if not _is_among(each, now) and not _was_missed(each, unchecked)
    ]
    return Remembered(marked, fixed)


def _captions(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """The letters of the captions in which each wrong part stands."""
    found: dict[str, list[str]] = {}
    for each in findings:
        found.setdefault(_wrong_part(each), []).append(letters(each.written))
    return found


def _wrong_part(finding: Finding) -> str:
    return letters(finding.wrong) or letters(finding.heard)


def _is_among(finding: Finding, captions: Mapping[str, Sequence[str]]) -> bool:
    same = captions.get(_wrong_part(finding), ())
    nearest = process.extractOne(
        letters(finding.written), same, scorer=Indel.normalized_similarity, score_cutoff=SAME_CAPTION
    )
    return nearest is not None


def _was_missed(finding: Finding, unchecked: Sequence[Unchecked]) -> bool:
    stage = _PICTURE if finding.written else _SOUND
    return any(
        each.stage == stage and finding.start_s < each.end_s and each.start_s < finding.end_s for each in unchecked
    )
