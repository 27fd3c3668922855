"""The matcher gave up on a job, and the documents that travel as objects beside the events."""

from typing import Annotated, ClassVar

from pydantic import Field

from telop_contracts.finding.v1 import Finding
from telop_contracts.job.v1 import JobEvent
from telop_contracts.media.v1 import NgWord, Policy, RosterEntry
from telop_contracts.speech.v1 import Word
from telop_contracts.telops.v1 import Telop
from telop_contracts.values import Code, Count, Id, LongText, Ratio, Value


class CheckFailed(JobEvent):
    """`check.failed.v1`: the job cannot be judged, for the reason given."""

    TYPE: ClassVar[str] = "check.failed.v1"

    reason: Code
    detail: LongText = ""


class Rules(Value):
    """The resolved rules of a job, its own and its tenant's, as stored in the object store by ingest."""

    roster: Annotated[tuple[RosterEntry, ...], Field(max_length=2_000)] = ()
    ng_words: Annotated[tuple[NgWord, ...], Field(max_length=2_000)] = ()
    policy: Policy = Policy()


class TenantRules(Value):
    """What holds for all jobs of a tenant: added to the rules of each job when it is prepared.

    Of the policy, a job replaces the fields that it names.
    """

    roster: Annotated[tuple[RosterEntry, ...], Field(max_length=1_000)] = ()
    ng_words: Annotated[tuple[NgWord, ...], Field(max_length=1_000)] = ()
    policy: Policy = Policy()


class Suppression(Value):
    """A mistake of a programme that somebody decided to live with."""

    mistake_id: Id
    decision: Code


class Memory(Value):
    """What is known of a programme before a job of it is judged, as stored in the object store by ingest."""

    earlier: Annotated[tuple[Finding, ...], Field(max_length=100_000)] | None = None
    """Findings of the earlier job that the request named."""
    suppressions: Annotated[tuple[Suppression, ...], Field(max_length=100_000)] = ()


class CheckedTelop(Telop):
    """A telop, and what verified it, strongest first: speech, script, roster, dictionary; empty for nothing."""

    verified_by: Annotated[tuple[Code, ...], Field(max_length=10)] = ()


class Share(Value):
    """How many there are, and how many of them were verified."""

    total: Count = 0
    verified: Count = 0


class Coverage(Value):
    """What verified the telops of a programme: each is counted under its strongest witness."""

    telops: Annotated[dict[str, Count], Field(max_length=10)]
    """Counts under speech, script, roster, dictionary and nothing."""
    names: Share = Share()
    numbers: Share = Share()


class ExplainedPair(Value):
    """A part of the telop, `written[start:end]`, against what was heard in its place; null where nothing was.

    `cost` is 0 where both say the same, and 1 where nothing in them agrees.
    """

    written: LongText
    start: Count
    end: Count
    heard: LongText | None
    cost: Ratio


class Explanation(Value):
    """How a finding came about: its telop laid against the speech."""

    finding_id: Id
    relation: Code
    pairs: Annotated[tuple[ExplainedPair, ...], Field(max_length=300)]
    script: LongText | None = None
    """Where a script was supplied: the passage that the telop was found in."""


class CheckResult(Value):
    """The whole result of a check, as stored in the object store by the matcher: stitched, in order of time."""

    findings: Annotated[tuple[Finding, ...], Field(max_length=100_000)]
    telops: Annotated[tuple[CheckedTelop, ...], Field(max_length=1_000_000)]
    words: Annotated[tuple[Word, ...], Field(max_length=1_000_000)]
    coverage: Coverage | None = None
    verdict_reasons: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """What kept the verdict from being better: findings, not_checked, unverified."""
    fixed: Annotated[tuple[Finding, ...], Field(max_length=100_000)] = ()
    """Findings of the earlier job that are gone."""
    explanations: Annotated[tuple[Explanation, ...], Field(max_length=100_000)] = ()
