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


class Finding(Value):
    """One suspected mistake. `confidence` is that of the mistake, not of the reading."""

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


class FindingDecided(JobEvent):
    """`finding.decided.v1`: an operator's decision; the newest of a finding counts."""

    TYPE: ClassVar[str] = "finding.decided.v1"

    finding_id: Id
    sequence: Sequence
    decision: Literal["accepted", "intended", "false_alarm", "unsure"]
    note: Term | None = None
    decided_at: AwareDatetime
