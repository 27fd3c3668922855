"""The values of the matcher's domain: frozen, without I/O, times in seconds of the media.

Text is kept exactly as it was read; everything that folds or compares works on copies and points back at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

FYI: Final = "fyi"
ISSUE: Final = "issue"
BLOCKER: Final = "blocker"
CAPTION: Final = "caption"
CHANGING: Final = "changing"
"""Text that changes in place, as a clock does: its readings tell its values."""
TICKER: Final = "ticker"
"""Running text: what passes by is one telop."""


class Kind(StrEnum):
    """What kind of mistake; in the order of their witnesses' strength, strongest first."""

    NG_WORD = "ng_word"
    NAME = "name"
    NUMBER = "number"
    DUPLICATE = "duplicate"
    SPELLING = "spelling"
    INCONSISTENT = "inconsistent"
    WRONG_WORD = "wrong_word"
    MISSING = "missing"


class Relation(StrEnum):
    """How a telop relates to the speech around it."""

    VERBATIM = "verbatim"
    CONDENSED = "condensed"
    PARAPHRASE = "paraphrase"
    UNSPOKEN = "unspoken"


class Blame(StrEnum):
    """Who is wrong."""

    CAPTION = "caption"
    OCR = "ocr"
    ASR = "asr"
    UNDECIDABLE = "undecidable"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Alternative:
    """What may have been said instead of a word."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word that was heard. An open edge touches the edge of its segment."""

    text: str
    start_s: float
    end_s: float
    confidence: float = 1.0
    alternatives: tuple[Alternative, ...] = ()
    open_start: bool = False
    open_end: bool = False

    @property
    def middle_s(self) -> float:
        """The time by which words are put in order and cut."""
        return (self.start_s + self.end_s) / 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the frame in pixels."""

    x: int
    y: int
    width: int
    height: int

    def overlap(self, other: "Box") -> float:
        """Shared area over the area of the smaller box: 1 if one lies inside of the other."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        smaller = min(self.width * self.height, other.width * other.height)
        return width * height / smaller if width > 0 and height > 0 and smaller else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of one frame."""

    text: str
    confidence: float
    at_s: float


@dataclass(frozen=True, slots=True)
class Still:
    """The stored picture of a telop."""

    key: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class FoldedSpan:
    """A part of a text, `text[start:end]`, whose glyphs the reader is known to mistake for `alternatives`.

    `looks_like` is what of all candidates the pixels match best; without it nobody may judge on this part.
    """

    start: int
    end: int
    alternatives: tuple[str, ...]
    looks_like: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a telop."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Engine:
    """Who read."""

    name: str
    version: str
    model: str
    settings_sha256: str


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What another reader made of a telop."""

    text: str
    engine: Engine


@dataclass(frozen=True, slots=True)
class Telop:
    """One appearance of one text on screen. An open edge touches the edge of its segment."""

    text: str
    start_s: float
    end_s: float
    box: Box = Box(0, 0, 0, 0)
    confidence: float = 1.0
    frames: int = 1
    readings: tuple[Reading, ...] = ()
    open_start: bool = False
    open_end: bool = False
    still: Still | None = None
    folded: tuple[FoldedSpan, ...] = ()
    second_readings: tuple[SecondReading, ...] = ()
    likeliest: str | None = None
    """Which of the texts in question the picture matches best, after a second look."""
    kind: str = CAPTION
    lines: tuple[Line, ...] = ()
    crop: Still | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a second look at the telop that began at `start_s` in `box` gave."""

    start_s: float
    box: Box
    readings: tuple[Reading, ...] = ()
    second_readings: tuple[SecondReading, ...] = ()
    likeliest: str | None = None


@dataclass(frozen=True, slots=True)
class NgRule:
    """A word that must not go on air, and the longer words in which it may stand."""

    text: str
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a job brings along: names as they are written, and forbidden words."""

    roster: tuple[str, ...] = ()
    ng_words: tuple[NgRule, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    """How names of the roster sound, where their script does not say."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one rule says about one span of a telop: `text[start:end]` is wrong and `suggestion` would be right."""

    kind: Kind
    start: int
    end: int
    suggestion: str | None
    confidence: float
    reasons: tuple[str, ...]
    severity: str = ISSUE
    blame: Blame = Blame.CAPTION


@dataclass(frozen=True, slots=True)
class Compared:
    """A word or number of a telop, `text[start:end]`, against what was heard in its place; None if nothing was.

    `cost` is 0 where both say the same, and 1 where nothing in them agrees.
    """

    start: int
    end: int
    heard: str | None
    cost: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a mistake is shown or heard."""

    start_s: float
    end_s: float
    box: Box | None = None
    still: Still | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspected mistake; `written[start:end]` is the wrong part. What was only heard has an empty `written`."""

    kind: Kind
    severity: str
    start_s: float
    end_s: float
    written: str
    heard: str
    start: int
    end: int
    suggestion: str | None
    relation: Relation
    blame: Blame
    confidence: float
    reasons: tuple[str, ...] = ()
    box: Box | None = None
    still: Still | None = None
    wants_look: bool = False
    """Whether a second look at the picture could tell who is wrong."""
    occurrences: tuple[Occurrence, ...] = ()
    """Every time that the mistake is shown or heard, in order of time; the finding's own times are the first's."""
    witnesses: tuple[str, ...] = ()
    """Who speaks against what is written."""
    since_earlier: str | None = None
    """Against an earlier check of the programme: new or still_there."""
    suppressed: str | None = None
    """The decision on the same mistake of the programme that silences it."""

    @property
    def wrong(self) -> str:
        """The wrong part."""
        return self.written[self.start : self.end]


class Lexicon(Protocol):
    """What is known of a language's words. All words are folded: lower case, NFKC."""

    def knows(self, word: str) -> bool:
        """Whether the word stands in the spelling list."""

    def zipf(self, word: str) -> float:
        """How frequent the word is: log10 of its count in 10^9 words; 0 if it was never seen."""

    def neighbours(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Known words within an edit distance (with swaps of neighbouring letters), with their distance."""

    def sound(self, word: str) -> str | None:
        """The word's phonemes (ARPAbet, parted by spaces); None where they are not known."""

    def misheard(self, said: str, heard: str) -> float | None:
        """Nats that it costs a recogniser to hear one word for another; None where their sounds are not known."""

    def confused_with(self, word: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Words that are written for this one or this for them, with the cues of this one and of the other."""

    def likelihood(self, words: Sequence[str]) -> float:
        """Natural logarithm of the probability of words in a row."""

    def context(self, left: str | None, word: str, right: str | None) -> float:
        """Natural logarithm of how likely the word is between its neighbours; None is the edge of what is known."""
