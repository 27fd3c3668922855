"""What an upstream system says about media that is to be checked; also the body of `POST /v1/jobs`."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from telop_contracts.envelope import Event
from telop_contracts.values import Id, Language, ObjectKey, Seconds, Value


def _no_control_characters(text: str) -> str:
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise ValueError("control characters are not allowed")
    return text


Term = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_no_control_characters)
]
"""A name or term that somebody supplied: trimmed, without control characters."""
MediaUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,2000}$", max_length=2008)]


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


class Policy(Value):
    """Which severities decide the verdict."""

    fail_at: Literal["blocker", "issue", "fyi", "never"] = "blocker"
    warn_at: Literal["blocker", "issue", "fyi", "never"] = "issue"


TranscriptLines = Annotated[tuple[TranscriptLine, ...], Field(min_length=1, max_length=10_000)]


class CheckRequest(Value):
    """One media file and the rules to check it under."""

    media: MediaSource
    language: Language
    programme: Term | None = None
    roster: Annotated[tuple[RosterEntry, ...], Field(max_length=1_000)] = ()
    ng_words: Annotated[tuple[NgWord, ...], Field(max_length=1_000)] = ()
    transcript: TranscriptLines | TranscriptFile | None = None
    policy: Policy = Policy()


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
