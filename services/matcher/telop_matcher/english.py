"""What is known of English words: spellings, frequencies, neighbours, sounds, and which are written for each other.

Spellings and word pairs are symspell's, frequencies wordfreq's, sounds the CMU dictionary's and sequences of three
words a trigram model's, which both lie inside pocketsphinx; confused words are a list of our own. Nothing is fetched.
Loading takes about a second and 90 MB with its libraries, and happens once.
"""

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Final

from marisa_trie import BytesTrie
from pocketsphinx import Config, LogMath, NGramModel  # type: ignore[import-untyped]
from rapidfuzz import process
from rapidfuzz.distance import OSA
from wordfreq.numbers import digit_freq, smash_numbers
from wordfreq.tokens import lossy_tokenize

from telop_matcher.counts import Counts, frequencies
from telop_matcher.matching import mishearing
from telop_matcher.matching.confusions import Confusions, parse

WORDS: Final = "frequency_dictionary_en_82_765.txt"
PAIRS: Final = "frequency_bigramdictionary_en_243_342.txt"
CORPUS: Final = 1_024_908_267_229
"""Words of the corpus that both lists were counted in (Google's, as symspell documents it)."""
RAREST_PAIR: Final = 100_000
"""What a pair that the list of pairs lacks counts at most, about: it was cut off there."""
SOUNDS: Final = "model/en-us/cmudict-en-us.dict"
TRIGRAMS: Final = "model/en-us/en-us.lm.bin"
CONFUSIONS: Final = "lists/english_confusions.txt"
MISHEARINGS: Final = "lists/english_mishearings.txt"
MOST_WAYS: Final = 4
"""Pronunciations of a word, or of several, that are compared."""
MOST_PAIRS: Final = 16_384
"""Of words whose mishearing is remembered."""
LOG_BASE: Final = 1.0001
"""Of the logarithms that pocketsphinx counts in."""
UNKNOWN: Final = -14.0
"""Natural logarithm given to a word that the trigram model lacks; its rarest words are at about -15."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz'"
BACKOFF: Final = math.log(0.4)
"""Brants et al. 2007, "Large Language Models in Machine Translation", section 4: stupid backoff."""


class EnglishLexicon:
    """English words with their frequencies and neighbours. Creating it loads nothing."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._pairs = Counts({})
        self._frequencies = Counts({})
        self._words: list[str] = []
        self._sounds = BytesTrie()
        self._trigrams: NGramModel | None = None
        self._confusions: Confusions = {}
        self._mishearings = mishearing.Costs({}, 0.0)
        self._misheard = lru_cache(maxsize=MOST_PAIRS)(self._cost)

    def load(self) -> "EnglishLexicon":
        """Read the lists."""
        folder = resources.files("symspellpy")
        for line in folder.joinpath(WORDS).read_text("utf-8-sig").splitlines():
            word, count = line.split()
            self._counts[word] = int(count)
        pairs = (line.rsplit(maxsplit=1) for line in folder.joinpath(PAIRS).read_text("utf-8-sig").splitlines())
        self._pairs = Counts({pair: int(count) for pair, count in pairs})
        self._words = list(self._counts)
        engine = resources.files("pocketsphinx")
        lines = (line.partition(" ") for line in engine.joinpath(SOUNDS).read_text("utf-8").splitlines())
        # A word's other pronunciations follow its first: word, word(2), word(3).
        self._sounds = BytesTrie((word, sounds.encode()) for word, _, sounds in lines)
        with resources.as_file(engine.joinpath(TRIGRAMS)) as path:
            self._trigrams = NGramModel(Config(), LogMath(LOG_BASE), str(path))
        own = resources.files("telop_matcher")
        self._confusions = parse(own.joinpath(CONFUSIONS).read_text("utf-8"))
        self._mishearings = mishearing.parse(own.joinpath(MISHEARINGS).read_text("utf-8"))
        self._frequencies = frequencies("en")
        return self

    def knows(self, word: str) -> bool:
        """Whether the word, or what it is the possessive of, stands in the spelling list."""
        return word in self._counts or word.removesuffix("'s") in self._counts

    def zipf(self, word: str) -> float:
        """Log10 of the word's count in 10^9 words, to a hundredth, as wordfreq works it out; 0 if it was never seen."""
        rarity = 0.0
        for token in lossy_tokenize(word, "en"):
            smashed = smash_numbers(token)
            frequency = self._frequencies.get(smashed) * (digit_freq(token) if smashed != token else 1.0)
            rarity += 1.0 / frequency if frequency else math.inf
        return max(0.0, round(9.0 - math.log10(rarity), 2)) if 0.0 < rarity < math.inf else 0.0

    def neighbours(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Known words within an edit distance, with their distance."""
        if distance == 1:
            return [(near, 1) for near in _edits(word) if near in self._counts]
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=distance, limit=None)
        return [(near, int(away)) for near, away, _ in found if away]

    def sound(self, word: str) -> str | None:
        """The word's phonemes (ARPAbet, without stress); None where the dictionary lacks it."""
        found = self._sounds.get(word)
        return found[0].decode() if found else None

    def misheard(self, said: str, heard: str) -> float | None:
        """Nats that it costs a recogniser to hear one word, or several, for another."""
        return self._misheard(said, heard)

    def _cost(self, said: str, heard: str) -> float | None:
        pairs = itertools.product(self._ways(said), self._ways(heard))
        return min((mishearing.cost(one, other, self._mishearings) for one, other in pairs), default=None)

    def _ways(self, words: str) -> list[list[str]]:
        """Some ways to say words, each as a row of phonemes; none where the dictionary lacks a word."""
        ways = itertools.product(*(self._pronunciations(word) for word in words.split()))
        return [" ".join(way).split() for way in itertools.islice(ways, MOST_WAYS)]

    def _pronunciations(self, word: str) -> list[str]:
        keys = (word, *(f"{word}({at})" for at in range(2, MOST_WAYS + 1)))
        return [sounds.decode() for key in keys for sounds in self._sounds.get(key, ())]

    def confused_with(self, word: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Words that are written for this one or this for them, with the cues of this one and of the other."""
        return self._confusions.get(word, {})

    def likelihood(self, words: Sequence[str]) -> float:
        """Natural logarithm of the probability of words in a row, each after the two before it."""
        assert self._trigrams is not None
        total, scale = 0.0, math.log(LOG_BASE)
        for at in range(len(words)):
            value = self._trigrams.prob(list(reversed(words[max(0, at - 2) : at + 1]))) * scale
            total += max(value, UNKNOWN)
        return total

    def context(self, left: str | None, word: str, right: str | None) -> float:
        """Natural logarithm of the probability of a word between its neighbours, as far as pairs of words tell."""
        before = self._follows(left, word) if left else self._alone(word)
        return before + (self._follows(word, right) if right else 0.0)

    def _follows(self, first: str, second: str) -> float:
        pair = self._pairs.get(f"{first} {second}")
        if pair:
            return math.log(pair / max(self._counts.get(first, 0), pair))
        return BACKOFF + self._alone(second)

    def _alone(self, word: str) -> float:
        return math.log(max(self._counts.get(word, 0), RAREST_PAIR) / CORPUS)


def _edits(word: str) -> list[str]:
    """All strings at an edit distance of 1, in a fixed order: to look them up is quicker than to measure every word."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = [head + tail[1:] for head, tail in cuts if tail]
    found += [head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1]
    found += [head + letter + tail[1:] for head, tail in cuts if tail for letter in LETTERS]
    found += [head + letter + tail for head, tail in cuts for letter in LETTERS]
    return [each for each in dict.fromkeys(found) if each != word]
