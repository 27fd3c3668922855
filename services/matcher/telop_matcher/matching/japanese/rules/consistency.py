"""One name, one spelling: a Japanese full name that is written in other Kanji of the same sound than most of the time
in the same programme.

Only full names (family and given name) that no roster has are compared, and only those that differ in one character.
The spelling that stands more often is taken for the right one; between two that stand equally often nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import Morpheme
from telop_matcher.matching.japanese.rules.names import Roster
from telop_matcher.matching.japanese.text import is_kanji, sound
from telop_matcher.matching.values import FYI, ISSUE, Kind, Suspicion

ENOUGH: Final = 3
"""Appearances of a spelling that make it the usual one beyond doubt."""
SHORTEST: Final = 3
Place = tuple[int, int, int]


def find_inconsistent(cases: Sequence[Aligned], roster: Roster) -> list[list[Suspicion]]:
    """Suspect names of a programme; returns what is suspected of each telop."""
    places: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for position, case in enumerate(cases):
        for family, given in _full_names(case.text.words):
            name = family.surface + given.surface
            if name not in roster.parts and len(name) >= SHORTEST and all(map(is_kanji, name)):
                places[sound((family, given))][name].append((position, family.start, given.end))
    found: list[list[Suspicion]] = [[] for _ in cases]
    for spellings in places.values():
        for name, usual in _rivals(spellings):
            for position, start, end in spellings[name]:
                found[position].append(_suspicion(cases[position], (start, end), usual, len(spellings[usual])))
    return found


def _full_names(words: Sequence[Morpheme]) -> Iterator[tuple[Morpheme, Morpheme]]:
    for family, given in pairwise(words):
        if family.detail == "固有名詞・人名・姓" and given.detail == "固有名詞・人名・名" and family.end == given.start:
            yield family, given


def _rivals(spellings: dict[str, list[Place]]) -> Iterator[tuple[str, str]]:
    """Names, each with one that stands more often and differs from it in one character."""
    for name, own in spellings.items():
        others = [each for each in spellings if len(spellings[each]) > len(own) and _differs_in_one(name, each)]
        if others:
            yield name, max(others, key=lambda each: len(spellings[each]))


def _differs_in_one(one: str, two: str) -> bool:
    return len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1


def _suspicion(case: Aligned, span: tuple[int, int], usual: str, times: int) -> Suspicion:
    sure = times >= ENOUGH
    reasons = (f"The same name is written 「{usual}」 {times} times in this programme.",)
    start, end = case.text.raw_span(*span)
    return Suspicion(Kind.INCONSISTENT, start, end, usual, 0.8 if sure else 0.5, reasons, ISSUE if sure else FYI)
