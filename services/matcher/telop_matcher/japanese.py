"""What is known of Japanese words: Sudachi's dictionary, wordfreq's frequencies, and lists of what is confused.

Only surfaces and readings are taken from Sudachi; its normalised forms repair mistakes. All data lie inside of
packages, nothing is fetched. Sudachi maps its dictionary into memory: loading takes a fraction of a second.
"""

import math
import threading
from functools import lru_cache
from importlib import resources
from typing import Final

import wordfreq
from sudachipy import Dictionary, MorphemeList, SplitMode, Tokenizer

from telop_matcher.matching.japanese.lexicon import Confusions, Homophone, Morpheme

KEPT: Final = 32_768
"""Texts whose words are remembered; a telop and its few repairs are asked for again and again."""
_FIELDS: Final = {"surface", "pos", "reading_form"}


class SudachiLexicon:
    """Japanese words. Creating it loads nothing; once loaded it may be asked from several threads."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._dictionary: Dictionary | None = None
        self._frequencies: dict[str, float] = {}
        self._confusions = Confusions({}, {}, frozenset())
        self.cut = lru_cache(KEPT)(self._cut)
        self.cost = lru_cache(KEPT)(self._cost)

    def load(self) -> "SudachiLexicon":
        """Open the dictionary and read the lists."""
        self._dictionary = Dictionary(dict="core")
        self._frequencies = wordfreq.get_frequency_dict("ja", "best")
        self._confusions = _read_confusions()
        self.cut("準備")
        return self

    @property
    def confusions(self) -> Confusions:
        """What is known to be confused."""
        return self._confusions

    def knows(self, word: str) -> bool:
        """Whether the dictionary lists exactly this word."""
        assert self._dictionary
        return any(each.surface() == word for each in self._dictionary.lookup(word))

    def zipf(self, word: str) -> float:
        """Log10 of the word's count in 10^9 words; 0 if it was never seen."""
        frequency = self._frequencies.get(word, 0.0)
        return max(0.0, 9 + math.log10(frequency)) if frequency else 0.0

    def _cut(self, text: str) -> tuple[Morpheme, ...]:
        return tuple(
            Morpheme(
                surface=each.surface(),
                reading=each.reading_form(),
                word_class=each.part_of_speech()[0],
                detail="・".join(each.part_of_speech()[1:4]),
                start=each.begin(),
                end=each.end(),
                is_known=not each.is_oov(),
            )
            for each in self._analysed(text)
        )

    def _cost(self, text: str) -> int:
        return self._analysed(text).get_internal_cost()

    def _analysed(self, text: str) -> MorphemeList:
        assert self._dictionary
        if not hasattr(self._local, "tokenizer"):
            self._local.tokenizer = self._dictionary.tokenizer(SplitMode.C, fields=_FIELDS)
        tokenizer: Tokenizer = self._local.tokenizer
        return tokenizer.tokenize(text)


def _read_confusions() -> Confusions:
    folder = resources.files("telop_matcher").joinpath("data")
    groups: dict[str, list[Homophone]] = {}
    for block in folder.joinpath("japanese_homophones.tsv").read_text("utf-8").split("\n\n"):
        lines = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        members = [_homophone(line) for line in lines]
        for member in members:
            groups.setdefault(member.surface, []).extend(other for other in members if other is not member)
            groups[member.surface].insert(0, member)
    pairs = [
        line.split("\t")
        for line in folder.joinpath("japanese_misspellings.tsv").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    equivalents = frozenset(
        frozenset(line.split("\t"))
        for line in folder.joinpath("japanese_equivalents.tsv").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    return Confusions(groups, {wrong: right for wrong, right in pairs}, equivalents)


def _homophone(columns: list[str]) -> Homophone:
    surface, before, after, near = (*columns, "", "", "")[:4]
    return Homophone(surface, *(tuple(filter(None, each.split("|"))) for each in (before, after, near)))
