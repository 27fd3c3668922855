"""What was heard, as words in media time.

An engine hears a piece of audio and tells words with times from the start of that piece; here they become words of
the medium, in order of time, each inside of the range that was asked for. A word belongs to a range if its middle
does: of two ranges that meet, exactly one has it, and of two that overlap, both have it whole or nearly so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

SAMPLE_RATE: Final = 16_000
"""Of the mono sound that every engine hears."""
MAX_WORDS: Final = 3_000
"""What `speech.transcribed.v1` carries of one segment."""
LONGEST_WORD: Final = 200


class Alternative(NamedTuple):
    """What may have been said instead, and how likely that is, 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word: times in seconds, confidence 0 to 1; an open edge was cut off by the edge of a range."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    alternatives: tuple[Alternative, ...] = ()
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A name or term that may be said; `reading` tells how it sounds where its letters do not."""

    text: str
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What an engine heard, and the terms that it could not be told to expect."""

    words: list[HeardWord]
    not_biased: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a supplied transcript, in media time."""

    start_s: float
    end_s: float
    text: str


def shifted(words: Iterable[HeardWord], by_s: float) -> list[HeardWord]:
    """The same words on a clock that started `by_s` earlier."""
    return [replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s) for word in words]


def within(words: Iterable[HeardWord], start_s: float, end_s: float) -> list[HeardWord]:
    """The words whose middle lies in [start_s, end_s), in order of time; an edge that is clipped is marked open."""
    inside = (word for word in words if start_s <= (word.start_s + word.end_s) / 2 < end_s)
    clipped = (
        replace(
            word,
            start_s=max(word.start_s, start_s),
            end_s=min(word.end_s, end_s),
            open_start=word.start_s < start_s,
            open_end=word.end_s > end_s,
        )
        for word in inside
    )
    return sorted(clipped, key=lambda word: (word.start_s, word.end_s))
