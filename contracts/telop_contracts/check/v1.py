"""The matcher gave up on a job, and the documents that travel as objects beside the events."""

from typing import Annotated, ClassVar

from pydantic import Field

from telop_contracts.finding.v1 import Finding
from telop_contracts.job.v1 import JobEvent
from telop_contracts.media.v1 import NgWord, Policy, RosterEntry
from telop_contracts.speech.v1 import Word
from telop_contracts.telops.v1 import Telop
from telop_contracts.values import Code, LongText, Value


class CheckFailed(JobEvent):
    """`check.failed.v1`: the job cannot be judged, for the reason given."""

    TYPE: ClassVar[str] = "check.failed.v1"

    reason: Code
    detail: LongText = ""


class Rules(Value):
    """The resolved rules of a job, as stored in the object store by ingest."""

    roster: Annotated[tuple[RosterEntry, ...], Field(max_length=1_000)] = ()
    ng_words: Annotated[tuple[NgWord, ...], Field(max_length=1_000)] = ()
    policy: Policy = Policy()


class CheckResult(Value):
    """The whole result of a check, as stored in the object store by the matcher: stitched, in order of time."""

    findings: Annotated[tuple[Finding, ...], Field(max_length=100_000)]
    telops: Annotated[tuple[Telop, ...], Field(max_length=1_000_000)]
    words: Annotated[tuple[Word, ...], Field(max_length=1_000_000)]
