"""The English half of the scorecard: programmes of our own scripts, read and heard by the real engines.

What the engines gave is committed in `recorded/`; `python -m tests.scorecard.english.record` makes it anew.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import Judge, Judged, judge
from telop_matcher.matching.listening import NOT_LISTENED, Listened, Wording
from telop_matcher.matching.values import Lexicon, Rules, Telop, Word

from tests.scorecard.labels import DEVELOPMENT, FORMER, TEST, Programme, from_json, misheard

RECORDED: Final = Path(__file__).parent / "recorded"
"""A file a programme, named by genre, voice and take; the band stands for the voice until it is known."""
HALVES: Final = (DEVELOPMENT, FORMER, TEST)
LEARNT_FROM: Final = (DEVELOPMENT, FORMER)
"""What weights are fitted on and rules are written by."""
BANDS: Final = ((0.05, "<5 %"), (0.15, "5-15 %"), (1.0, ">15 %"))


def programmes(*halves: str) -> list[Programme]:
    """The labelled programmes of some halves, as the engines read and heard them."""
    return [replace(each, voice_band=_band(found)) for found in by_voice(*halves).values() for each in found]


def by_voice(*halves: str) -> dict[str, list[Programme]]:
    """The same by the voice that speaks, which stands in the place of the band."""
    voices: dict[str, list[Programme]] = defaultdict(list)
    for half in halves:
        listened = read_listened(half)
        for path in sorted((RECORDED / half).glob("*.jsonl.gz")):
            for programme in read(path):
                again = listened.get(sound_of(programme), {})
                voices[programme.voice_band].append(replace(programme, listened=again))
    return voices


def _band(programmes: list[Programme]) -> str:
    """The band of a voice's word error rate, over all that it says."""
    wrong, total = (sum(each) for each in zip(*map(misheard, programmes), strict=True))
    return next(name for limit, name in BANDS if wrong / total <= limit)


def read(path: Path) -> list[Programme]:
    """The programmes of one recording."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [from_json(json.loads(line)) for line in lines]


def sound_of(programme: Programme) -> str:
    """The name of its sound file: the same for its clean staging and for that with mistakes."""
    return programme.name.rpartition("-")[0]


def listened_path(half: str) -> Path:
    """Where second listens are recorded (`python -m tests.scorecard.english.listen`)."""
    return RECORDED / f"listened-{half}.json.gz"


def read_listened(half: str) -> dict[str, dict[Wording, float]]:
    """By sound file: how well the engine says each wording fits that it was asked about."""
    path = listened_path(half)
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {name: {Wording(*span): nats for *span, nats in found} for name, found in json.load(file).items()}


def judges() -> dict[str, Judge]:
    """Who judges English: without nothing, and without each part of what is known of the language."""
    lexicon = EnglishLexicon().load()
    lacking: dict[str, Lexicon | None] = {"nothing": lexicon, "the lexicon": None}
    lacking |= {f"the {part}": _Without(lexicon, part) for part in ("word sequences", "sounds", "confusion list")}
    found: dict[str, Judge] = {name: partial(judge, lexicon=less) for name, less in lacking.items()}

    def listening_once(
        telops: Sequence[Telop], words: Sequence[Word], rules: Rules, *, listened: Listened = NOT_LISTENED
    ) -> Judged:
        del listened
        return judge(telops, words, rules, lexicon)

    return found | {"the second listen": listening_once}


@dataclass(frozen=True)
class _Without:
    """A lexicon that lacks one part: it knows neither more nor less than nothing of it."""

    whole: Lexicon
    part: str

    def knows(self, word: str) -> bool:
        return self.whole.knows(word)

    def zipf(self, word: str) -> float:
        return self.whole.zipf(word)

    def neighbours(self, word: str, distance: int) -> list[tuple[str, int]]:
        return self.whole.neighbours(word, distance)

    def sound(self, word: str) -> str | None:
        return None if self.part == "sounds" else self.whole.sound(word)

    def misheard(self, said: str, heard: str) -> float | None:
        return None if self.part == "sounds" else self.whole.misheard(said, heard)

    def confused_with(self, word: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        return {} if self.part == "confusion list" else self.whole.confused_with(word)

    def likelihood(self, words: Sequence[str]) -> float:
        return 0.0 if self.part == "word sequences" else self.whole.likelihood(words)

    def context(self, left: str | None, word: str, right: str | None) -> float:
        return 0.0 if self.part == "word sequences" else self.whole.context(left, word, right)
