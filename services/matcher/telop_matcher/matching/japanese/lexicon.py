"""What the Japanese rules ask of a lexicon, as frozen values; the texts given to it are folded (see `writing.fold`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A word as it stands in `[start:end)` of a text: its surface, how it sounds (Katakana), and its word class."""

    surface: str
    reading: str
    word_class: str
    detail: str
    start: int
    end: int
    is_known: bool

    @property
    def is_numeral(self) -> bool:
        """Whether it is a numeral (数詞)."""
        return self.detail.startswith("数詞")

    @property
    def is_particle(self) -> bool:
        """Whether it is a particle (助詞)."""
        return self.word_class == "助詞"


@dataclass(frozen=True, slots=True)
class Homophone:
    """One of several words that sound alike, and what its neighbours are where it is meant.

    `before` and `after` stand right beside it, `near` anywhere in the same text.
    """

    surface: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confusions:
    """What writers of Japanese are known to confuse: homophones by surface, and what is always wrong with its cure."""

    groups: Mapping[str, Sequence[Homophone]]
    misspelt: Mapping[str, str]
    equivalents: frozenset[frozenset[str]]
    variants: Mapping[str, str] = field(default_factory=dict)
    """Spellings of one word, each with the one that stands for all."""
    redundant: Mapping[str, str] = field(default_factory=dict)
    """What says the same twice, with what says it once."""


class JapaneseLexicon(Protocol):
    """Japanese words."""

    @property
    def confusions(self) -> Confusions:
        """What is known to be confused."""

    def cut(self, text: str) -> tuple[Morpheme, ...]:
        """Cut a text into words, on its surface: nothing is repaired."""

    def cost(self, text: str) -> int:
        """How unlikely the best way is to cut a text into words; about 10,000 is a natural logarithm of 14 or more."""

    def knows(self, word: str) -> bool:
        """Whether the lexicon lists exactly this word."""

    def zipf(self, word: str) -> float:
        """How frequent the word is: log10 of its count in 10^9 words; 0 if it was never seen."""

    def alike(self, one: str, two: str) -> bool:
        """Whether two Kanji share a sound or look alike."""

    def similar(self, written: str) -> Sequence[str]:
        """The frequent words that differ from a text of Kanji in one that is like the other."""
