"""Two wordings of one sound, laid side by side by how they sound, cut where both have a word's edge.

Words that both have stand alone; where the wordings differ, a passage holds as few words as can be cut apart: "metal"
beside "met all", "Whitfield" beside "would feel". Equal words are found first, then the phones between them.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

Phones = tuple[str, ...]


class Word(NamedTuple):
    """A word as it is compared, and its phones."""

    key: str
    phones: Phones


class Passage(NamedTuple):
    """Words [first, until) of the one wording beside words [other_first, other_until) of the other; one may be none."""

    first: int
    until: int
    other_first: int
    other_until: int


def passages(one: Sequence[Word], other: Sequence[Word]) -> list[Passage]:
    """All of both wordings, in order. Words of `one` in a row that have nothing beside them are one passage."""
    found = list[Passage]()
    for each in _unequal_joined(one, other):
        for part in _cut(each, one, other):
            last = found[-1] if found else None
            if last and last.other_first == last.other_until == part.other_first == part.other_until:
                found[-1] = last._replace(until=part.until)
            else:
                found.append(part)
    return found


def _unequal_joined(one: Sequence[Word], other: Sequence[Word]) -> Iterator[Passage]:
    """Equal words one by one, and all words between two of them as one passage."""
    steps = Levenshtein.opcodes([word.key for word in one], [word.key for word in other])
    for is_equal, group in groupby(steps, key=lambda step: step.tag == "equal"):
        row = list(group)
        whole = Passage(row[0].src_start, row[-1].src_end, row[0].dest_start, row[-1].dest_end)
        if is_equal:
            pairs = zip(range(whole.first, whole.until), range(whole.other_first, whole.other_until), strict=True)
            yield from (Passage(at, at + 1, there, there + 1) for at, there in pairs)
        else:
            yield whole


def _cut(passage: Passage, one: Sequence[Word], other: Sequence[Word]) -> list[Passage]:
    """The parts of a passage between the places where the edges of words in both come together."""
    ends = _ends(one[passage.first : passage.until])
    other_ends = _ends(other[passage.other_first : passage.other_until])
    sounds = [phone for word in one[passage.first : passage.until] for phone in word.phones]
    others = [phone for word in other[passage.other_first : passage.other_until] for phone in word.phones]
    parts, at, other_at = [], 0, 0
    for place, other_place in _path(sounds, others):
        if place in ends and other_place in other_ends:
            here, there = ends[place], other_ends[other_place]
            if (here, there) != (at, other_at):
                parts.append(
                    Passage(
                        passage.first + at,
                        passage.first + here,
                        passage.other_first + other_at,
                        passage.other_first + there,
                    )
                )
                at, other_at = here, there
    return parts


def _ends(words: Sequence[Word]) -> dict[int, int]:
    """How many words end at or before a place among the phones, for the places where words end."""
    ends, place = {0: 0}, 0
    for count, word in enumerate(words, 1):
        place += len(word.phones)
        ends[place] = count
    return ends


def _path(sounds: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """The places that the cheapest way from one to the other passes."""
    path = [(0, 0)]
    for step in Levenshtein.opcodes(sounds, others):
        i, j, m, n = step.src_start, step.src_end, step.dest_start, step.dest_end
        if step.tag in {"equal", "replace"}:
            path += [(i + at, m + at) for at in range(1, j - i + 1)]
        else:
            path += [(at, m) for at in range(i + 1, j + 1)] + [(j, at) for at in range(m + 1, n + 1)]
    return path
