"""What is known of English words: symspell's spelling list and word pairs, wordfreq's frequencies.

All data lie inside the two packages; nothing is fetched. Loading takes about a second and 120 MB, and happens once.
"""

import math
from importlib import resources
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from wordfreq import zipf_frequency

WORDS: Final = "frequency_dictionary_en_82_765.txt"
PAIRS: Final = "frequency_bigramdictionary_en_243_342.txt"
CORPUS: Final = 1_024_908_267_229
"""Words of the corpus that both lists were counted in (Google's, as symspell documents it)."""
RAREST_PAIR: Final = 100_000
"""What a pair that the list of pairs lacks counts at most, about: it was cut off there."""
BACKOFF: Final = math.log(0.4)
"""Brants et al. 2007, "Large Language Models in Machine Translation", section 4: stupid backoff."""


class EnglishLexicon:
    """English words with their frequencies and neighbours. Creating it loads nothing."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._pairs: dict[str, int] = {}
        self._words: list[str] = []

    def load(self) -> "EnglishLexicon":
        """Read the lists."""
        folder = resources.files("symspellpy")
        for line in folder.joinpath(WORDS).read_text("utf-8-sig").splitlines():
            word, count = line.split()
            self._counts[word] = int(count)
        for line in folder.joinpath(PAIRS).read_text("utf-8-sig").splitlines():
            pair, count = line.rsplit(maxsplit=1)
            self._pairs[pair] = int(count)
        self._words = list(self._counts)
        zipf_frequency("load", "en")
        return self

    def knows(self, word: str) -> bool:
        """Whether the word, or what it is the possessive of, stands in the spelling list."""
        return word in self._counts or word.removesuffix("'s") in self._counts

    def zipf(self, word: str) -> float:
        """Log10 of the word's count in 10^9 words; 0 if it was never seen."""
        return zipf_frequency(word, "en")

    def neighbours(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Known words within an edit distance, with their distance."""
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=distance, limit=None)
        return [(near, int(away)) for near, away, _ in found if away]

    def context(self, left: str | None, word: str, right: str | None) -> float:
        """Natural logarithm of the probability of a word between its neighbours, as far as pairs of words tell."""
        before = self._follows(left, word) if left else self._alone(word)
        return before + (self._follows(word, right) if right else 0.0)

    def _follows(self, first: str, second: str) -> float:
        pair = self._pairs.get(f"{first} {second}")
        if pair is not None:
            return math.log(pair / max(self._counts.get(first, 0), pair))
        return BACKOFF + self._alone(second)

    def _alone(self, word: str) -> float:
        return math.log(max(self._counts.get(word, 0), RAREST_PAIR) / CORPUS)
