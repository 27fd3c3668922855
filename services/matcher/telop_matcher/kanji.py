"""Which Kanji are taken for one another: those that share a sound, and those that look alike; and which frequent words
differ in one such Kanji from a text.

The lists lie inside of the package and say where they are from; frequencies are wordfreq's.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Final

from telop_matcher.counts import Counts

FREQUENT: Final = {2: 3.0, 3: 2.0, 4: 2.0}
"""Zipf frequency from which a word of so many Kanji may have been meant."""
_WORD: Final = re.compile("[㐀-鿿々]{2,4}")
_ANY: Final = "?"


class KanjiLikeness:
    """Kanji that sound or look alike, and frequent words by all of their Kanji but one."""

    def __init__(self, frequencies: Counts, knows: Callable[[str], bool]) -> None:
        """`frequencies` are shares of all words."""
        self._looks: dict[str, set[str]] = defaultdict(set)
        for group in _lines("japanese_lookalikes.txt"):
            for kanji in group:
                self._looks[kanji] |= set(group) - {kanji}
        for kanji, alike in (line.split("\t") for line in _lines("japanese_kanji_shapes.tsv")):
            self._looks[kanji] |= set(alike)
        pairs = (line.split("\t") for line in _lines("japanese_kanji_sounds.tsv"))
        self._sounds = {kanji: frozenset(sounds.split()) for kanji, sounds in pairs}
        self._words: dict[str, list[str]] = defaultdict(list)
        least = {size: 10 ** (zipf - 9) for size, zipf in FREQUENT.items()}
        for word in frequencies.words(min(least.values())):
            if _WORD.fullmatch(word) and frequencies.get(word) >= least[len(word)] and knows(word):
                for pattern in _patterns(word):
                    self._words[pattern].append(word)

    def alike(self, one: str, two: str) -> bool:
        """Whether two Kanji share a sound or look alike."""
        same_sound = self._sounds.get(one, frozenset()) & self._sounds.get(two, frozenset())
        return two in self._looks.get(one, ()) or bool(same_sound)

    def similar(self, written: str) -> list[str]:
        """The frequent words that differ from a text in one Kanji that is like the other."""
        found = []
        for at, pattern in enumerate(_patterns(written)):
            others = self._words.get(pattern, ())
            found += [word for word in others if word != written and self.alike(word[at], written[at])]
        return found


def _patterns(word: str) -> Iterator[str]:
    """The word with each of its Kanji left open."""
    for at in range(len(word)):
        yield word[:at] + _ANY + word[at + 1 :]


def _lines(name: str) -> Iterator[str]:
    text = resources.files("telop_matcher").joinpath("data", name).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
