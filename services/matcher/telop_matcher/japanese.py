"""What is known of Japanese words: Sudachi's dictionary, wordfreq's frequencies, and lists of what is confused.

Only surfaces and readings are taken from Sudachi; its normalised forms repair mistakes. All data lie inside of
packages, nothing is fetched. Sudachi maps its dictionary into memory: loading takes a fraction of a second.
"""

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Final, Literal

from sudachipy import Dictionary, MorphemeList, SplitMode, Tokenizer

from telop_matcher.counts import Counts, frequencies
from telop_matcher.kanji import KanjiLikeness
from telop_matcher.matching.japanese.lexicon import Confusions, Homophone, Morpheme

KEPT: Final = 32_768
"""Texts whose words are remembered; a telop and its few repairs are asked for again and again."""
_FIELDS: Final[set[Literal["surface", "pos", "reading_form"]]] = {"surface", "pos", "reading_form"}
_ROWS: Final = {
    "う": "わいうえおっ",
    "く": "かきくけこい",
    "ぐ": "がぎぐげごい",
    "す": "さしすせそし",
    "つ": "たちつてとっ",
    "ぬ": "なにぬねのん",
    "ぶ": "ばびぶべぼん",
    "む": "まみむめもん",
    "る": "らりるれろっ",
}
"""The endings of verbs of five steps, by the last Kana of their dictionary form."""


class SudachiLexicon:
    """Japanese words. Creating it loads nothing; once loaded it may be asked from several threads."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._dictionary: Dictionary | None = None
        self._frequencies = Counts({})
        self._confusions = Confusions({}, {}, frozenset())
        self._kanji: KanjiLikeness | None = None
        self.cut = lru_cache(KEPT)(self._cut)
        self.cost = lru_cache(KEPT)(self._cost)

    def load(self) -> "SudachiLexicon":
        """Open the dictionary and read the lists."""
        self._dictionary = Dictionary(dict="core")
        self._frequencies = frequencies("ja")
        self._confusions = _read_confusions()
        self._kanji = KanjiLikeness(self._frequencies, self.knows)
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
        frequency = self._frequencies.get(word)
        return max(0.0, 9 + math.log10(frequency)) if frequency else 0.0

    def alike(self, one: str, two: str) -> bool:
        """Whether two Kanji share a sound or look alike."""
        assert self._kanji
        return self._kanji.alike(one, two)

    def similar(self, written: str) -> list[str]:
        """The frequent words that differ from a text of Kanji in one that is like the other."""
        assert self._kanji
        return self._kanji.similar(written)

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
        return int(self._analysed(text).get_internal_cost())

    def _analysed(self, text: str) -> MorphemeList:
        assert self._dictionary
        if not hasattr(self._local, "tokenizer"):
            self._local.tokenizer = self._dictionary.tokenizer(SplitMode.C, fields=_FIELDS)
        tokenizer: Tokenizer = self._local.tokenizer
        return tokenizer.tokenize(text)


def _read_confusions() -> Confusions:
    groups: dict[str, list[Homophone]] = {}
    for lines in _blocks("japanese_homophones.tsv"):
        for members in _inflected([_homophone(line) for line in lines]):
            for member in members:
                own, *others = groups.get(member.surface, [replace(member, before=(), after=(), near=())])
                others += [each for each in members if each is not member]
                groups[member.surface] = [_with_cues_of(own, member), *others]
    misspelt = {wrong: right for lines in _blocks("japanese_misspellings.tsv") for wrong, right in lines}
    equivalents = {frozenset(line) for lines in _blocks("japanese_equivalents.tsv") for line in lines}
    spellings = [line[0].split() for lines in _blocks("japanese_variants.txt") for line in lines]
    variants = {each: group[0] for group in spellings for each in group}
    redundant = {twice: once for lines in _blocks("japanese_redundant.tsv") for twice, once in lines}
    return Confusions(groups, misspelt, frozenset(equivalents), variants, redundant)


def _blocks(name: str) -> Iterator[list[list[str]]]:
    """The lines of each block of a list, cut at tabs; a line that begins with # says where the block is from."""
    text = resources.files("telop_matcher").joinpath("data", name).read_text("utf-8")
    for block in text.split("\n\n"):
        lines = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            yield lines


def _homophone(columns: list[str]) -> Homophone:
    surface, before, after, near = (*columns, "", "", "")[:4]
    return Homophone(surface, *(tuple(filter(None, each.split("|"))) for each in (before, after, near)))


def _with_cues_of(one: Homophone, two: Homophone) -> Homophone:
    """A word may stand in several blocks."""
    return replace(one, before=one.before + two.before, after=one.after + two.after, near=one.near + two.near)


def _inflected(members: list[Homophone]) -> Iterator[list[Homophone]]:
    """The members, and where they are verbs, each of their forms beside the same form of the others."""
    if not all(each.surface[-1] in _ROWS and len(each.surface) > 1 for each in members):
        yield members
        return
    for at in range(len(_forms(members[0].surface))):
        yield [replace(each, surface=_forms(each.surface)[at]) for each in members]


def _forms(verb: str) -> list[str]:
    """The forms of a verb that other words follow, as the dictionary cuts them."""
    if verb[-1] == "る" and verb[-2] in "いきしちにひみりぎじびえけせてねへめれげぜでべ":
        return [verb[:-1], verb]
    return [verb[:-1] + ending for ending in _ROWS[verb[-1]]]
