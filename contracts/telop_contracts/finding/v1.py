"""A finding: one suspected mistake, with its evidence; and an operator's decision on it."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from telop_contracts.job.v1 import JobEvent
from telop_contracts.media.v1 import Term
from telop_contracts.values import Box, Code, Count, Id, LongText, ObjectRef, Ratio, Seconds, Sequence, Value

KIND_SPELLING: Final = "spelling"
KIND_WRONG_WORD: Final = "wrong_word"
KIND_NAME: Final = "name"
KIND_NUMBER: Final = "number"
KIND_DUPLICATE: Final = "duplicate"
KIND_MISSING: Final = "missing"
KIND_NG_WORD: Final = "ng_word"
KIND_INCONSISTENT: Final = "inconsistent"
SEVERITIES: Final = ("blocker", "issue", "fyi")
BLAME_CAPTION: Final = "caption"
BLAME_OCR: Final = "ocr"
BLAME_ASR: Final = "asr"
BLAME_UNDECIDABLE: Final = "undecidable"
BLAME_SCRIPT: Final = "script"
RELATION_VERBATIM: Final = "verbatim"
RELATION_CONDENSED: Final = "condensed"
RELATION_PARAPHRASE: Final = "paraphrase"
RELATION_UNSPOKEN: Final = "unspoken"

Written = Annotated[str, StringConstraints(max_length=2_000)]


class WrongSpan(Value):
    """The wrong part of `written`: `written[start:end] == text`, counted in code points."""

    text: Written
    start: Count
    end: Count


class Occurrence(Value):
    """One time that a mistake is shown or heard."""

    start_s: Seconds
    end_s: Seconds
    box: Box | None = None
    still: ObjectRef | None = None


class Finding(Value):
    """One suspected mistake. `confidence` is that of the mistake, not of the reading.

    A mistake that comes back is one finding: the times of the finding are those of its first occurrence, and
    `occurrences` lists the first of all `occurrence_count`, that one included.
    """

    finding_id: Id
    kind: Code
    severity: Literal["blocker", "issue", "fyi"]
    start_s: Seconds
    end_s: Seconds
    written: Written
    heard: Written
    wrong: WrongSpan
    suggestion: Written | None
    relation: Code
    blame: Code
    confidence: Ratio
    reasons: Annotated[tuple[LongText, ...], Field(max_length=20)]
    box: Box | None
    still: ObjectRef | None = None
    occurrences: Annotated[tuple[Occurrence, ...], Field(max_length=500)] = ()
    occurrence_count: Annotated[int, Field(ge=1, le=2**53)] = 1
    witnesses: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Who speaks against what is written: speech, script, roster, dictionary, programme, rules."""
    action: Code | None = None
    """What the policy makes of it: block, warn or inform. Nothing, where it is suppressed."""
    mistake_id: Id | None = None
    """The same for the same mistake in the same text, in every job."""
    since_earlier: Code | None = None
    """Against the earlier job that the request named: new or still_there."""
    suppressed: Code | None = None
    """The decision (intended, false_alarm) on the same mistake of the programme that silences it."""


class FindingDecided(JobEvent):
    """`finding.decided.v1`: an operator's decision; the newest of a finding counts."""

    TYPE: ClassVar[str] = "finding.decided.v1"

    finding_id: Id
    sequence: Sequence
    decision: Literal["accepted", "intended", "false_alarm", "unsure"]
    note: Term | None = None
    decided_at: AwareDatetime
