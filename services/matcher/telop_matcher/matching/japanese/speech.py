"""The speech of a programme, joined and cut into Japanese words once, found by time.

Recognisers give pieces of words, transcripts whole lines without a space: the time of a piece is shared out among its
characters. Work and memory grow linearly with the speech.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.text import Unit, cut
from telop_matcher.matching.values import Telop, Word

BEFORE_S: Final = 4.0
AFTER_S: Final = 4.0
"""A caption may come before its sentence or stay behind it by about this much."""
LONGEST_S: Final = 60.0
"""Of a telop that stands for longer, only this much is compared: it is a label."""
PAUSE_S: Final = 1.0
LONGEST: Final = 200
"""Characters that are cut into words together at most, about; a sentence ends before."""
_ENDS: Final = ("。", "！", "？", "!", "?", "．")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the speech: its units with the words that they belong to, and the text they were cut from."""

    units: Sequence[Unit]
    words: Sequence[Morpheme]
    outside: Sequence[bool]
    """Of each unit whether it was said before the telop came or after it went."""


class Speech:
    """All that was said. `punctuated` tells that somebody wrote it, or a good recogniser."""

    def __init__(self, words: Sequence[Word], lexicon: JapaneseLexicon) -> None:
        self._units: list[Unit] = []
        self._times: list[float] = []
        self._words: list[Morpheme] = []
        self._marks = 0
        self.confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
        for passage in passages(sorted(words, key=lambda each: each.middle_s)):
            self._add(passage, lexicon)

    @property
    def punctuated(self) -> bool:
        """Whether it has the marks of a written text."""
        return self._marks * 60 >= len(self._units) > 0

    def _add(self, passage: Sequence[Word], lexicon: JapaneseLexicon) -> None:
        texts = spaced(passage)
        raw = "".join(texts)
        times = [time for word, text in zip(passage, texts, strict=True) for time in _shared_out(word, text)]
        text = cut(raw, lexicon)
        offset = len(self._words)
        self._words.extend(text.words)
        self._marks += sum(raw.count(mark) for mark in (*_ENDS, "、"))
        for unit in text.units:
            self._units.append(replace(unit, word=unit.word + offset))
            time = times[text.folded.origin[unit.start]]
            self._times.append(max(time, self._times[-1]) if self._times else time)

    def around(self, telop: Telop) -> Stretch:
        """What was said while the telop stood, and a little before and after."""
        end = min(telop.end_s, telop.start_s + LONGEST_S)
        first = bisect_left(self._times, telop.start_s - BEFORE_S)
        last = bisect_left(self._times, end + AFTER_S)
        outside = [not telop.start_s <= time <= end for time in self._times[first:last]]
        return Stretch(self._units[first:last], self._words, outside)


def passages(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that belong together: until a pause, the end of a sentence, or what is long enough."""
    passage: list[Word] = []
    length = 0
    for word in words:
        ended = passage and (passage[-1].text.rstrip().endswith(_ENDS) or word.start_s - passage[-1].end_s > PAUSE_S)
        if ended or length > LONGEST:
            yield passage
            passage, length = [], 0
        passage.append(word)
        length += len(word.text)
    if passage:
        yield passage


def spaced(passage: Sequence[Word]) -> list[str]:
    """The texts, with the space that words in Latin letters need between them."""
    befores = ["", *(word.text[-1:] for word in passage[:-1])]
    latin = [before.isascii() and before.isalpha() for before in befores]
    return [" " * (after and word.text[:1].isascii()) + word.text for word, after in zip(passage, latin, strict=True)]


def _shared_out(word: Word, text: str) -> Iterator[float]:
    share = (word.end_s - word.start_s) / max(1, len(text))
    for at in range(len(text)):
        yield word.start_s + (at + 0.5) * share
