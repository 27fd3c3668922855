"""Where a telop stands in a supplied script, and what the script has in place of each of its parts.

A script may be of any length, with times or without, in the order of the programme or nearly; a passage is found by
the rare words that it shares with the telop, and of equal passages the one nearest to where the programme has got to.
What the script has more, or less, than the telop is no difference: captions are condensed. The script is read only,
never repaired: it may itself be wrong.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Indel

from telop_matcher.matching.japanese.numerals import value_of
from telop_matcher.matching.numbers import find_numbers
from telop_matcher.matching.values import Telop
from telop_matcher.matching.writing import fold, letters, tokens

RARE: Final = 60
"""Words that stand in the script more often than this do not help to find a place."""
NEAR: Final = 3
"""Words by which a telop and its passage may be shifted against each other."""
FOUND: Final = 0.6
"""Share of a telop's letters that its passage must have just so."""
FAR_S: Final = 300.0
"""A timed line further away than this is not what was meant for the telop."""
SLIP: Final = 4
"""Words in a row, on either side, up to which a difference counts as one."""
_UNIT: Final = re.compile(
    r"\d+(?:[.,:]\d+)*|[a-z\u00c0-\u024f]+(?:'[a-z\u00c0-\u024f]+)*|[\u30a0-\u30ff\uff66-\uff9f]+|[^\W_]"
)
"""A figure, a word, a run of katakana; each other letter of a script without spaces is one of its own."""


_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of a script; with both times, or without."""

    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A folded word, the raw span it stands in, and the line."""

    text: str
    start: int
    end: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Instead:
    """`text[start:end]` of a telop, for which the script has `scripted`; `likeness` is 1 for the same letters."""

    start: int
    end: int
    scripted: str
    likeness: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class _Laid:
    """`[start:end)` of a telop on `[first:last)` of a line of the script."""

    start: int
    end: int
    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a telop stands in the script: the lines, the parts that are the same, and those that are not."""

    lines: Sequence[ScriptLine]
    laid: tuple[_Laid, ...]
    same: tuple[_Span, ...]
    instead: tuple[Instead, ...]

    @classmethod
    def of(cls, text: str, lines: Sequence[ScriptLine], laid: Sequence[_Laid]) -> "Passage":
        """Sort the parts of a telop that were laid on the script."""
        same: list[_Span] = []
        instead: list[Instead] = []
        for each in laid:
            written, scripted = text[each.start : each.end], lines[each.line].text[each.first : each.last]
            if says_the_same(written, scripted):
                same.append((each.start, each.end))
            else:
                likeness = Indel.normalized_similarity(letters(written), letters(scripted))
                instead.append(Instead(each.start, each.end, scripted, likeness))
        return cls(lines, tuple(laid), tuple(same), tuple(instead))

    @property
    def text(self) -> str:
        """The lines in which it stands."""
        return " / ".join(line.text for line in self.lines[self.laid[0].line : self.laid[-1].line + 1])

    @property
    def covered(self) -> float:
        """How many characters of the telop the script has; those of words that it has nearly count in part."""
        nearly = sum((each.end - each.start) * each.likeness for each in self.instead)
        return sum(end - start for start, end in self.same) + nearly

    def stretch(self, start: int, end: int) -> str | None:
        """What the script has in place of a part of the telop, words between included; None if that is not known."""
        under = [each for each in self.laid if each.start < end and start < each.end]
        if not under or under[0].start > start or under[-1].end < end or under[0].line != under[-1].line:
            return None
        return self.lines[under[0].line].text[under[0].first : under[-1].last]


class Script:
    """A script, cut into words once, in which telops are found in order of time."""

    def __init__(self, lines: Sequence[ScriptLine]) -> None:
        self._lines = lines
        self._units: list[_Unit] = []
        for number, line in enumerate(lines):
            self._units += units(line.text, number)
        self._where: dict[str, list[int]] = {}
        for at, unit in enumerate(self._units):
            self._where.setdefault(unit.text, []).append(at)
        self._reached = 0

    def find(self, telop: Telop) -> Passage | None:
        """Return the passage of a telop; telops are asked for in order of time."""
        written = units(telop.text)
        if not written:
            return None
        votes: Counter[int] = Counter()
        for at, unit in enumerate(written):
            places = self._where.get(unit.text, ())
            if len(places) <= RARE:
                votes.update(place - at for place in places)
        near = [each for each in votes if self._is_near(each, telop)]
        if not near:
            return None
        best = max(near, key=lambda each: (votes[each], -abs(each - self._reached)))
        passage = self._compare(telop.text, written, best)
        if passage:
            self._reached = best + len(written)
        return passage

    def _line(self, at: int) -> int:
        return self._units[min(max(0, at), len(self._units) - 1)].line

    def _is_near(self, at: int, telop: Telop) -> bool:
        line = self._lines[self._line(at)]
        if line.start_s is None or line.end_s is None:
            return True
        return line.start_s - FAR_S <= telop.end_s and telop.start_s <= line.end_s + FAR_S

    def _compare(self, text: str, written: Sequence[_Unit], shift: int) -> Passage | None:
        """Lay a telop against a place; words around it are only looked at if they explain more of it."""
        tried = [self._laid(text, written, shift, margin) for margin in (0, NEAR)]
        best = max(tried, key=lambda each: each.covered)
        return best if best.covered >= FOUND * sum(unit.end - unit.start for unit in written) else None

    def _laid(self, text: str, written: Sequence[_Unit], shift: int, margin: int) -> Passage:
        window = self._units[max(0, shift - margin) : max(0, shift + len(written) + margin)]
        laid: list[_Laid] = []
        done = other = 0
        for block in Indel.opcodes([unit.text for unit in written], [unit.text for unit in window]):
            if block.tag != "equal":
                continue
            begin = other if laid else max(0, block.dest_start - block.src_start)
            laid += _slip(written[done : block.src_start], window[begin : block.dest_start])
            done, other = block.src_end, block.dest_end
            pairs = zip(written[block.src_start : done], window[block.dest_start : other], strict=True)
            laid += [_over([mine], [theirs]) for mine, theirs in pairs]
        rest = written[done:]
        laid += _slip(rest, window[other : other + len(rest)])
        return Passage.of(text, self._lines, laid)


def _slip(written: Sequence[_Unit], scripted: Sequence[_Unit]) -> list[_Laid]:
    """What stands on both sides between two words that are the same; much of it is another wording, no slip."""
    if not written or not scripted or max(len(written), len(scripted)) > SLIP:
        return []
    return [_over(written, scripted)] if scripted[0].line == scripted[-1].line else []


def _over(written: Sequence[_Unit], scripted: Sequence[_Unit]) -> _Laid:
    return _Laid(written[0].start, written[-1].end, scripted[0].line, scripted[0].start, scripted[-1].end)


def says_the_same(first: str, second: str) -> bool:
    """Whether two texts have the same letters, or are the same number."""
    return letters(first) == letters(second) or bool(values_of(first) & values_of(second))


def values_of(text: str) -> frozenset[str]:
    """The values that a text may have that is nothing but a number; none for any other text."""
    words = [token.text for token in tokens(text)]
    found = find_numbers(words)
    if len(found) == 1 and (found[0].first, found[0].until) == (0, len(words)):
        return found[0].values
    value = value_of(fold(text).text)
    return frozenset() if value is None else frozenset([f"{value:f}"])


def units(text: str, line: int = 0) -> list[_Unit]:
    """Cut a text into folded words, in order; a number in several words, like a year, is one."""
    folded = fold(text)
    found = [_Unit(match.group(), *folded.raw_span(*match.span()), line=line) for match in _UNIT.finditer(folded.text)]
    for number in reversed(find_numbers([unit.text for unit in found])):
        words = found[number.first : number.last]
        whole = _Unit(" ".join(unit.text for unit in words), words[0].start, words[-1].end, line)
        found[number.first : number.last] = [whole]
    return found
