"""What an upstream system says about media that is to be checked; also the body of `POST /v1/jobs`."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from telop_contracts.envelope import Event
from telop_contracts.values import Id, Language, ObjectKey, Ratio, Seconds, Value


def _no_control_characters(text: str) -> str:
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise ValueError("control characters are not allowed")
    return text


Term = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_no_control_characters)
]
"""A name or term that somebody supplied: trimmed, without control characters."""
MediaUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,2000}$", max_length=2008)]


StartTimecode = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d[:;]\d{2,3}$")]
"""HH:MM:SS:FF, or HH:MM:SS;FF in drop-frame; SMPTE ST 12-1."""


class MediaSource(Value):
    """Where the media is: exactly one of an uploaded medium, a URL to fetch, or an object of the tenant's prefix."""

    media_id: Id | None = None
    url: MediaUrl | None = None
    object_key: ObjectKey | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.media_id, self.url, self.object_key)) != 1:
            raise ValueError("give exactly one of media_id, url and object_key")
        return self

    @property
    def uri(self) -> str:
        """The one location that is set."""
        return self.url or self.object_key or self.media_id or ""


class RosterEntry(Value):
    """A name or term of the programme; `reading` says how it sounds where the script does not."""

    text: Term
    reading: Term | None = None
    kind: Literal["person", "title", "place", "organisation", "term"] | None = None


class NgWord(Value):
    """A word that must not go on air, and the longer words in which it may stand."""

    text: Term
    exceptions: Annotated[tuple[Term, ...], Field(max_length=100)] = ()


class TranscriptLine(Value):
    """One timed line of a supplied transcript."""

    start_s: Seconds
    end_s: Seconds
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError("end_s lies before start_s")
        return self


class TranscriptFile(Value):
    """A transcript that was uploaded as a file."""

    media_id: Id
    format: Literal["srt", "vtt", "ttml", "txt"]


class ScriptLine(Value):
    """One line of a script or subtitle file; with both times, or without."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    start_s: Seconds | None = None
    end_s: Seconds | None = None

    @model_validator(mode="after")
    def _timed_or_not(self) -> Self:
        if (self.start_s is None) != (self.end_s is None):
            raise ValueError("give both start_s and end_s, or neither")
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise ValueError("end_s lies before start_s")
        return self


FindingKind = Literal["spelling", "wrong_word", "name", "number", "duplicate", "missing", "ng_word", "inconsistent"]
Severity = Literal["blocker", "issue", "fyi"]
SEVERITY_ORDER: Final[tuple[Severity, ...]] = ("blocker", "issue", "fyi")


class PolicyRule(Value):
    """What findings of some kinds do to the verdict, from a confidence and a severity on.

    `block` fails the programme, `warn` makes it a warning at least, `inform` leaves the verdict alone.
    """

    kinds: Annotated[tuple[FindingKind, ...], Field(min_length=1, max_length=8)]
    min_confidence: Ratio = 0.0
    min_severity: Severity = "issue"
    action: Literal["block", "warn", "inform"]

    @model_validator(mode="after")
    def _no_kind_twice(self) -> Self:
        if len(set(self.kinds)) < len(self.kinds):
            raise ValueError("a kind is named twice")
        return self

    def covers(self, other: "PolicyRule") -> bool:
        """Whether every finding that the other rule is for falls under this one."""
        is_wider = SEVERITY_ORDER.index(self.min_severity) >= SEVERITY_ORDER.index(other.min_severity)
        return set(self.kinds) >= set(other.kinds) and self.min_confidence <= other.min_confidence and is_wider


class Policy(Value):
    """What decides the verdict. The first rule that a finding falls under decides about it; where none does, its
    severity decides. Above a share of names and numbers that nothing verified (0 to 1), `pass` is not claimed.
    """

    fail_at: Literal["blocker", "issue", "fyi", "never"] = "blocker"
    warn_at: Literal["blocker", "issue", "fyi", "never"] = "issue"
    rules: Annotated[tuple[PolicyRule, ...], Field(max_length=50)] = ()
    max_unverified: Ratio = 0.5

    @field_validator("rules")
    @classmethod
    def _every_rule_is_reached(cls, rules: tuple[PolicyRule, ...]) -> tuple[PolicyRule, ...]:
        for at, rule in enumerate(rules):
            taken = next((before for before in range(at) if rules[before].covers(rule)), None)
            if taken is not None:
                raise ValueError(f"rule {at} is never reached: rule {taken} takes all that it is for")
        return rules


TranscriptLines = Annotated[tuple[TranscriptLine, ...], Field(min_length=1, max_length=10_000)]
ScriptLines = Annotated[tuple[ScriptLine, ...], Field(min_length=1, max_length=10_000)]


class CheckRequest(Value):
    """One media file and the rules to check it under."""

    media: MediaSource
    language: Language
    programme: Term | None = None
    roster: Annotated[tuple[RosterEntry, ...], Field(max_length=1_000)] = ()
    ng_words: Annotated[tuple[NgWord, ...], Field(max_length=1_000)] = ()
    transcript: TranscriptLines | TranscriptFile | None = None
    """What is said, in place of what would be heard."""
    policy: Policy = Policy()
    script: ScriptLines | TranscriptFile | None = None
    """What was meant to be said and shown: a witness beside picture and sound, which may itself be wrong."""
    earlier_job_id: Id | None = None
    """A job that checked the same programme before: findings say what is new and what is still there."""
    start_timecode: StartTimecode | None = None
    """Timecode of the first frame, instead of the file's own. It must be one that the medium's frame rate has."""


class MediaPublished(CheckRequest, Event):
    """`media.published.v1`: an upstream system announces media. Its `ce_id` makes the job idempotent."""

    TYPE: ClassVar[str] = "media.published.v1"

    @property
    def key(self) -> str:
        """The media location."""
        return self.media.uri

    @property
    def subject(self) -> str:
        """The media location: no job exists yet."""
        return self.media.uri
