"""Aligns a telop with the words around its time, and says how the two relate.

The whole telop is laid against any stretch of the window (ends of the speech are free): equal words score most, words
that look or sound alike less, numbers pair with numbers whatever their value. Skipping a spoken word costs little,
because captions are condensed; leaving a written word unpaired costs more.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.american import american
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.likeness import alike
from telop_matcher.matching.numbers import Number, find_numbers
from telop_matcher.matching.values import Compared, Relation, Telop, Word
from telop_matcher.matching.writing import Token, letters, tokens

BEFORE_S: Final = 4.0
AFTER_S: Final = 4.0
"""A caption may come before its sentence or stay behind it by about this much."""
LONGEST_S: Final = 60.0
"""Of a telop that stands for longer, only this much is compared: it is a label."""
EQUAL: Final = 2.0
EQUAL_LITTLE: Final = 0.8
"""Of a word of grammar: one "the" must not outweigh the word after it."""
NUMBERS: Final = 1.0
SUBSTITUTION: Final = -0.8
SKIP_SPOKEN: Final = -0.25
SKIP_WRITTEN: Final = -0.7
ALIKE: Final = 0.6
VERBATIM: Final = 0.6
CONDENSED: Final = 0.5
PARAPHRASE: Final = 0.3
_DROPPED: Final = "the a an that is was are were been his her their its"
DROPPED: Final = frozenset(_DROPPED.split())
"""Words that captions leave out: who leaves them out, condenses."""
_OPENING: Final = "the a an his her their its i he she we they it you"
OPENING: Final = frozenset(_OPENING.split())
"""Those that captions leave out at the beginning: "Fans sang" of "the fans sang"."""
DENSE: Final = 0.75
WHILE_SHOWN: Final = 0.15
"""More for what is said while the telop stands: "seven of clubs" then, not "eight of spades, four of clubs" later."""
SHOWN_S: Final = 0.5
LITTLE_WORDS: Final = 3
"""So many little words in a row are a witness as a plain word is one: "when I was 57"."""


@dataclass(frozen=True, slots=True)
class Item:
    """A word or a whole number, written or spoken: tokens `[first:last)` of its side."""

    text: str
    first: int
    last: int
    number: Number | None = None


@dataclass(frozen=True)
class Aligned:
    """A telop beside the speech around it. `partner[i]` is the spoken item of written item i, if any."""

    telop: Telop
    tokens: tuple[Token, ...]
    written: tuple[Item, ...]
    spoken: tuple[Item, ...]
    spoken_tokens: tuple[str, ...]
    chances: tuple[Mapping[str, float], ...]
    """Of the spoken tokens: how likely the recogniser thinks each word that may have been said."""
    times: tuple[tuple[float, float], ...]
    """Of the spoken tokens: from when to when, in seconds."""
    partner: tuple[int | None, ...]
    relation: Relation

    def is_equal(self, position: int) -> bool:
        """Whether the written item was heard just so."""
        return 0 <= position < len(self.written) and self._same(position)

    def _same(self, position: int) -> bool:
        partner = self.partner[position]
        return partner is not None and _equal(self.written[position], self.spoken[partner])

    def is_shown(self, spoken: Item) -> bool:
        """Whether it was said while the telop stood."""
        return _stands(self.telop, self.times[spoken.first][0])

    def is_alike(self, position: int) -> bool:
        """Whether something like the written item was heard: an equal or similar word, a little word, a number."""
        partner = self.partner[position]
        if partner is None:
            return False
        item, other = self.written[position], self.spoken[partner]
        both_little = item.text in GRAMMAR and other.text in GRAMMAR
        return both_little or bool(item.number and other.number) or alike(item.text, other.text) >= ALIKE

    def heard(self, position: int) -> str | None:
        """The folded spoken text that stands against a written item."""
        partner = self.partner[position]
        return None if partner is None else self.spoken[partner].text

    def said(self, position: int) -> str:
        """A written item as it is said: a figure that was heard just so in the words it was heard in."""
        partner = self.partner[position]
        item = self.written[position]
        return (
            self.spoken[partner].text if item.number and partner is not None and self.is_equal(position) else item.text
        )

    def surety(self, position: int, word: str | None = None) -> float:
        """How likely the recogniser thinks what stands against a written item, or another word in that place."""
        partner = self.partner[position]
        if partner is None:
            return 0.0
        item = self.spoken[partner]
        if word is None:
            return min(self.chances[at][self.spoken_tokens[at]] for at in range(item.first, item.last))
        return self.chances[item.first].get(word, 0.0) if item.last == item.first + 1 else 0.0

    @property
    def is_told(self) -> bool:
        """Whether somebody wrote down what was said: nothing is misheard then. No recogniser is sure of every word."""
        return all(len(found) == 1 and min(found.values()) == 1 for found in self.chances)

    @property
    def heard_text(self) -> str:
        """The stretch of speech that the telop was laid against; empty if it is unspoken."""
        partners = [each for each in self.partner if each is not None]
        if not partners or self.relation is Relation.UNSPOKEN:
            return ""
        return " ".join(self.spoken_tokens[self.spoken[partners[0]].first : self.spoken[partners[-1]].last])

    def compared(self) -> tuple[Compared, ...]:
        """Every written item with what was heard in its place."""
        found = []
        for position, item in enumerate(self.written):
            first, last = self.tokens[item.first], self.tokens[item.last - 1]
            heard = None if self.relation is Relation.UNSPOKEN else self.heard(position)
            numeric = item.number is not None
            found.append(Compared(first.start, last.end, heard, self._cost(position, heard), numeric))
        return tuple(found)

    def _cost(self, position: int, heard: str | None) -> float:
        if heard is None:
            return 1.0
        return 0.0 if self._same(position) else min(1.0, max(0.0, 1 - alike(self.written[position].text, heard)))

    def touches(self, position: int, step: int) -> bool:
        """Whether the neighbour on one side was heard just so, right beside this item's partner."""
        beside = position + step
        if not self.is_equal(beside):
            return False
        own, other = self.partner[position], self.partner[beside]
        return own is not None and other is not None and other - own == step


class Speech:
    """All words of a programme, cut into tokens once, found by time."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._tokens: list[str] = []
        self._times: list[float] = []
        self._spans: list[tuple[float, float]] = []
        self._chances: list[Mapping[str, float]] = []
        for word in sorted(words, key=lambda each: each.middle_s):
            parts = tokens(word.text)
            for token in parts:
                self._tokens.append(token.text)
                self._times.append(word.middle_s)
                self._spans.append((word.start_s, word.end_s))
                self._chances.append(_chances(word, token.text) if len(parts) == 1 else {token.text: word.confidence})

    def around(
        self, telop: Telop
    ) -> tuple[tuple[str, ...], tuple[Mapping[str, float], ...], tuple[tuple[float, float], ...]]:
        """The tokens that were said while the telop stood, a little before and after, their chances and times."""
        end = min(telop.end_s, telop.start_s + LONGEST_S)
        first = bisect_left(self._times, telop.start_s - BEFORE_S)
        last = bisect_left(self._times, end + AFTER_S)
        return tuple(self._tokens[first:last]), tuple(self._chances[first:last]), tuple(self._spans[first:last])


def _chances(word: Word, text: str) -> dict[str, float]:
    others = {letters(each.text): each.confidence for each in word.alternatives}
    return others | {text: word.confidence}


def align(telop: Telop, speech: Speech) -> Aligned:
    """Lay a telop against the speech around it."""
    written_tokens = tuple(tokens(telop.text))
    spoken_tokens, chances, times = speech.around(telop)
    written = items([token.text for token in written_tokens])
    spoken = items(spoken_tokens)
    shown = [_stands(telop, times[item.first][0]) for item in spoken]
    partner = _trace(written, spoken, shown)
    relation = _relation(written, spoken, partner)
    return Aligned(telop, written_tokens, written, spoken, spoken_tokens, chances, times, partner, relation)


def items(texts: Sequence[str]) -> tuple[Item, ...]:
    """Group tokens: each number is one item, each other word is one."""
    numbers = {number.first: number for number in find_numbers(texts)}
    found: list[Item] = []
    position = 0
    while position < len(texts):
        number = numbers.get(position)
        last = number.until if number else position + 1
        found.append(Item(" ".join(texts[position:last]), position, last, number))
        position = last
    return tuple(found)


def _stands(telop: Telop, at_s: float) -> bool:
    return telop.start_s - SHOWN_S <= at_s <= telop.end_s


def _equal(written: Item, spoken: Item) -> bool:
    if american(written.text) == american(spoken.text):
        return True
    return bool(written.number and spoken.number and written.number.agrees(spoken.number))


def _score(written: Item, spoken: Item) -> float:
    if _equal(written, spoken):
        return EQUAL_LITTLE if written.text in GRAMMAR else EQUAL
    if written.number and spoken.number:
        return NUMBERS
    if written.number or spoken.number:
        return SUBSTITUTION
    likeness = alike(written.text, spoken.text)
    return likeness if likeness >= ALIKE else SUBSTITUTION


def _trace(written: Sequence[Item], spoken: Sequence[Item], shown: Sequence[bool]) -> tuple[int | None, ...]:
    """Dynamic programming over both sequences; the speech's ends are free. `shown` tells which items were said while
    the telop stood. Returns the partner of each written item.
    """
    width = len(spoken) + 1
    best = [0.0] * width
    steps: list[list[int]] = []
    for item in written:
        row = [best[0] + SKIP_WRITTEN]
        moves = [1]
        for column in range(1, width):
            choices = (
                best[column - 1] + _score(item, spoken[column - 1]) + WHILE_SHOWN * shown[column - 1],
                best[column] + SKIP_WRITTEN,
                row[column - 1] + SKIP_SPOKEN,
            )
            move = max(range(3), key=choices.__getitem__)
            row.append(choices[move])
            moves.append(move)
        best = row
        steps.append(moves)
    partner: list[int | None] = [None] * len(written)
    line, column = len(written), max(range(width), key=best.__getitem__)
    while line:
        move = steps[line - 1][column]
        if move == 0:
            partner[line - 1] = column - 1
        line -= move != 2
        column -= move != 1
    return tuple(partner)


def _relation(written: Sequence[Item], spoken: Sequence[Item], partner: Sequence[int | None]) -> Relation:
    places = [at for at in partner if at is not None]
    pairs = [(item, spoken[at]) for item, at in zip(written, partner, strict=True) if at is not None]
    paired = [pair for pair in pairs if _score(*pair) > 0]
    if not places:
        return Relation.UNSPOKEN
    equal = [item for item, other in pairs if _equal(item, other)]
    share = len(paired) / len(written)
    density = len(places) / (places[-1] - places[0] + 1)
    if all(item.text in GRAMMAR for item in equal) and (len(equal) < LITTLE_WORDS or density < 1):
        return Relation.UNSPOKEN
    skipped = {item.text for at, item in enumerate(spoken) if places[0] < at < places[-1] and at not in places}
    before = spoken[places[0] - 1].text if partner[0] is not None and places[0] else ""
    if share >= VERBATIM and density >= DENSE and not skipped & DROPPED and before not in OPENING:
        return Relation.VERBATIM
    if share >= CONDENSED:
        return Relation.CONDENSED
    return Relation.PARAPHRASE if share >= PARAPHRASE else Relation.UNSPOKEN
