"""The second listen: whether the sound itself is nearer to the heard wording than to the written one.

The recogniser chose its words with a model of language, and mishears. Before a caption is accused of a word, the
written and the heard wording are scored over exactly the same sound: the speech around the place with the one or the
other in it, so that only their difference counts. Real mistakes of the scorecard's development half differ by 33 nats
or more, mishearings mostly by less. Only to fit worse is evidence: nothing but the recogniser spoke for the other word.
To fit better is none, as captions are reworded on purpose and the recogniser heard the same sound the first time;
counted in favour, it found more wrong words and raised more false alarms (docs/scorecard.md). So a second listen clears
captions and never accuses one.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from telop_matcher.matching.alignment import Aligned

CONTEXT: Final = 2
"""Words on each side: where a word begins and ends depends on the wording."""
PAUSE_S: Final = 0.25
"""Nothing is taken from beyond a pause."""
LONGEST_GAP: Final = 3
"""Spoken words in the place of one."""
MOST_WORDINGS: Final = 10
CLEAR: Final = 30.0
"""Nats by which the written wording must fit better, to leave no doubt."""
LOSS: Final = 16.0
"""What the logarithm of the odds loses where the written wording fits clearly better; below that, in proportion."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What may have been said from when to when, in folded words."""

    start_s: float
    end_s: float
    text: str


Listened = Mapping[Wording, float]
"""How well each wording fits the sound: the logarithm of a likelihood, comparable within one span."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time span to be listened to again, and the wordings in question."""

    start_s: float
    end_s: float
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Spoken tokens that stand against a written word, and with them those that stand against nothing beside it."""

    narrow: range
    wide: range


NOT_LISTENED: Final[Listened] = MappingProxyType({})


class Ear:
    """What was listened to again; what should be is gathered in the course of one judgement."""

    def __init__(self, listened: Listened) -> None:
        self._listened = listened
        self._wanted: dict[tuple[float, float], dict[str, float]] = defaultdict(dict)

    def weighed(self, aligned: Aligned, place: Place, words: tuple[str, str], odds: float) -> float:
        """The logarithm of the odds that the second of two words was said, not the first, which is written.

        Where they were not compared yet, they should be: the higher the odds, the sooner.
        """
        sides = [[each for each in _wordings(aligned, place, word) if each.text] for word in words]
        fits = [[self._listened[each] for each in side if each in self._listened] for side in sides]
        if all(fits):
            nearer = max(fits[1]) - max(fits[0])
            return odds + LOSS * max(-1.0, min(0.0, nearer / CLEAR))
        for each in itertools.chain(*sides):
            span = self._wanted[each.start_s, each.end_s]
            span[each.text] = max(odds, span.get(each.text, odds))
        return odds

    def wanted(self) -> list[Span]:
        """The spans worth a second listen, the likeliest mistakes first."""
        return [Span(*span, tuple(texts)[:MOST_WORDINGS]) for span, texts in sorted(self._wanted.items(), key=_rank)]


def _rank(item: tuple[tuple[float, float], dict[str, float]]) -> tuple[float, float]:
    (start_s, _), texts = item
    return -max(texts.values()), start_s


def place_of(aligned: Aligned, position: int) -> Place | None:
    """Where the speech stands against a written item."""
    partner = aligned.partner[position]
    if partner is None:
        return None
    item = aligned.spoken[partner]
    before, after = (_beside(aligned, position + step) for step in (-1, 1))
    first = item.first if before is None else aligned.spoken[before].last
    last = item.last if after is None else aligned.spoken[after].first
    first = first if item.first - first <= LONGEST_GAP else item.first
    last = last if last - item.last <= LONGEST_GAP else item.last
    return Place(range(item.first, item.last), range(first, last))


def _beside(aligned: Aligned, position: int) -> int | None:
    return aligned.partner[position] if 0 <= position < len(aligned.partner) else None


def _wordings(aligned: Aligned, place: Place, word: str) -> Iterable[Wording]:
    """A word in its place, and in the place of all that was heard between its neighbours."""
    first, last = place.wide.start, place.wide.stop
    times, said = aligned.times, aligned.spoken_tokens
    while first and place.wide.start - first < CONTEXT and times[first][0] - times[first - 1][1] < PAUSE_S:
        first -= 1
    while last < len(said) and last - place.wide.stop < CONTEXT and times[last][0] - times[last - 1][1] < PAUSE_S:
        last += 1
    for slot in dict.fromkeys((place.wide, place.narrow)):
        text = " ".join(filter(None, [*said[first : slot.start], word, *said[slot.stop : last]]))
        yield Wording(times[first][0], times[last - 1][1], text)
