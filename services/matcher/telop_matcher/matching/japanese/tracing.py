"""Lays written units against spoken ones: Gotoh's affine gaps (1982), all of the written, any stretch of the spoken.

Leaving out a spoken passage costs about the same however long it is, since captions are condensed; leaving a written
unit unpaired costs more. Words that sound the same pair although their characters differ.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from telop_matcher.matching.japanese.lexicon import Morpheme
from telop_matcher.matching.japanese.text import HEAVY, Unit

NUMBERS: Final = 1.0
SAME_SOUND: Final = 0.6
DIFFERENT: Final = -1.0
OUTSIDE: Final = -0.15
OPEN_SPOKEN: Final = -1.1
MORE_SPOKEN: Final = -0.04
OPEN_WRITTEN: Final = -1.3
MORE_WRITTEN: Final = -0.6
_NEVER: Final = -1e9
_PAIR, _SPOKEN, _WRITTEN, _START = range(4)
_MARGIN: Final = 8

Side = tuple[Sequence[Unit], Sequence[Morpheme]]


def equal(written: Unit, spoken: Unit) -> bool:
    """Whether both say the same."""
    if written.number and spoken.number:
        return written.number.agrees(spoken.number)
    return written.key == spoken.key


def trace(written: Side, spoken: Side, outside: Sequence[bool]) -> tuple[int | None, ...]:
    """Return the partner of each written unit among the spoken ones; all None where they share nothing.

    Of two stretches that fit alike, the one that was not said `outside` of the telop's time is taken.
    """
    first, last = _promising(written[0], spoken[0])
    if first == last:
        return (None,) * len(written[0])
    near = (spoken[0][first:last], spoken[1])
    moves, column, state = _filled(written, near, [OUTSIDE * each for each in outside[first:last]])
    partner: list[int | None] = [None] * len(written[0])
    line = len(written[0])
    while line and state != _START:
        before = moves[line][state][column]
        if state == _PAIR:
            partner[line - 1] = first + column - 1
        line -= state != _SPOKEN
        column -= state != _WRITTEN
        state = before
    return tuple(partner)


def _promising(written: Sequence[Unit], spoken: Sequence[Unit]) -> tuple[int, int]:
    """The part of the spoken where pairs of written units recur, and as much around as is written."""
    pairs = {(one.key, two.key) for one, two in pairwise(written)}
    heavy = {unit.key for unit in written if unit.weight == HEAVY}
    places = [
        at
        for at, (one, two) in enumerate(pairwise(spoken))
        if (one.key, two.key) in pairs or (one.number and one.key in heavy)
    ]
    if not places and not (len(written) < 3 and any(unit.key in heavy for unit in spoken)):
        return 0, 0
    if not places:
        return 0, len(spoken)
    reach = len(written) + _MARGIN
    return max(0, places[0] - reach), min(len(spoken), places[-1] + reach)


def _scores(written: Unit, spoken: Side, sounds: Sequence[str], own: str) -> list[float]:
    row = []
    for unit, heard in zip(spoken[0], sounds, strict=True):
        if equal(written, unit):
            row.append(written.weight)
        elif written.number and unit.number and written.number.unit == unit.number.unit:
            row.append(NUMBERS)
        else:
            row.append(SAME_SOUND if heard == own and len(own) > 1 else DIFFERENT)
    return row


def _filled(written: Side, spoken: Side, bias: Sequence[float]) -> tuple[list[list[list[int]]], int, int]:
    """Fill the three tables; return the moves, and where the best way ends."""
    width = len(spoken[0]) + 1
    sounds = [spoken[1][unit.word].reading for unit in spoken[0]]
    pair, over, left = [_NEVER] * width, [_NEVER] * width, [_NEVER] * width
    free = [0.0] * width
    moves: list[list[list[int]]] = [[]]
    for unit in written[0]:
        row = [
            one + two
            for one, two in zip(_scores(unit, spoken, sounds, written[1][unit.word].reading), bias, strict=True)
        ]
        pair, over, left, made = _line(row, pair, over, left, free)
        moves.append(made)
        free = [_NEVER] * width
    end = max(range(width), key=lambda at: max(pair[at], left[at]))
    return moves, end, _PAIR if pair[end] >= left[end] else _WRITTEN


_Line = tuple[list[float], list[float], list[float], list[list[int]]]


def _line(row: list[float], pair: list[float], over: list[float], left: list[float], free: list[float]) -> _Line:
    """One line of each table from the line above: a pair, spoken units passed over, the written unit left alone."""
    new_pair, new_over, new_left = [_NEVER], [_NEVER], [max(left[0] + MORE_WRITTEN, free[0] + OPEN_WRITTEN)]
    by_pair, by_over = [_START], [_START]
    by_left = [_WRITTEN if left[0] > _NEVER else _START]
    for at in range(1, len(pair)):
        best, by = pair[at - 1], _PAIR
        if over[at - 1] > best:
            best, by = over[at - 1], _SPOKEN
        if left[at - 1] > best:
            best, by = left[at - 1], _WRITTEN
        if free[at - 1] > best:
            best, by = free[at - 1], _START
        new_pair.append(best + row[at - 1])
        by_pair.append(by)
        best, by = left[at] + MORE_WRITTEN, _WRITTEN
        if pair[at] + OPEN_WRITTEN > best:
            best, by = pair[at] + OPEN_WRITTEN, _PAIR
        if free[at] + OPEN_WRITTEN > best:
            best, by = free[at] + OPEN_WRITTEN, _START
        new_left.append(best)
        by_left.append(by)
        best, by = new_over[at - 1] + MORE_SPOKEN, _SPOKEN
        if new_pair[at - 1] + OPEN_SPOKEN > best:
            best, by = new_pair[at - 1] + OPEN_SPOKEN, _PAIR
        new_over.append(best)
        by_over.append(by)
    return new_pair, new_over, new_left, [by_pair, by_over, by_left]
