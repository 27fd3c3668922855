"""Aligns a telop with the speech around its time: by characters first, then by sound; says how the two relate, and
where they differ.

Where they differ, the difference is widened to whole words on both sides. Pairs that stand alone between differences
(a stray の) are part of the difference. A telop whose characters are not found, but whose sounds are, was transcribed
in Kana or in other Kanji: then only its sounds and numbers are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.speech import Speech, Stretch
from telop_matcher.matching.japanese.text import LIGHT, Text, Unit, cut, heard_as, is_kanji, sound
from telop_matcher.matching.japanese.tracing import equal, trace
from telop_matcher.matching.values import Compared, Relation, Telop

VERBATIM: Final = 0.75
CONDENSED: Final = 0.55
PARAPHRASE: Final = 0.3
DENSE: Final = 0.8
UNLIKE: Final = 0.5
"""What a unit counts that stands against another one: it is in its place, but another."""
WIDEST: Final = 12
"""Units by which a difference is widened at most."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that are written, `folded[start:end]`, against the words in their place; either may be empty.

    `touched` is the part of the written that truly differs. `anchored` tells that what stands on both sides, as far
    as there is anything, was heard just so.
    """

    start: int
    end: int
    written: tuple[Morpheme, ...]
    heard: tuple[Morpheme, ...]
    touched: tuple[int, int]
    units: tuple[Unit, ...]
    heard_units: tuple[Unit, ...]
    anchored: bool

    @property
    def heard_text(self) -> str:
        """What was heard, as it was transcribed."""
        return "".join(word.surface for word in self.heard)

    @property
    def sounds_same(self) -> bool:
        """Whether both sound the same, one way that they may be read."""
        return sound(self.written) == sound(self.heard)


@dataclass(frozen=True)
class Aligned:
    """A telop beside the speech around it. `partner[i]` is the spoken unit of written unit i, if any."""

    telop: Telop
    text: Text
    spoken: Stretch
    partner: tuple[int | None, ...]
    relation: Relation
    by_sound: bool
    """Whether only the sounds were found, not the characters."""

    @cached_property
    def is_equal(self) -> tuple[bool, ...]:
        """Of each written unit whether it was heard just so."""
        return tuple(
            at is not None and equal(unit, self.spoken.units[at])
            for unit, at in zip(self.text.units, self.partner, strict=True)
        )

    @property
    def heard_text(self) -> str:
        """The stretch of speech that the telop was laid against; empty if it is unspoken."""
        partners = [each for each in self.partner if each is not None]
        if not partners or self.relation is Relation.UNSPOKEN:
            return ""
        return "".join(word.surface for word in _words(self.spoken, partners[0], partners[-1] + 1))

    @property
    def spoken_words(self) -> Sequence[Morpheme]:
        """All words that were said around."""
        return _words(self.spoken, 0, len(self.spoken.units))

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Where the two differ, in order; nothing is one in a telop that was not spoken by its characters."""
        if self.by_sound or self.relation is Relation.UNSPOKEN:
            return ()
        return tuple(_differences(self))

    def pauses_after(self, difference: Difference) -> bool:
        """Whether a mark follows what was heard there."""
        after = difference.heard_units[-1].word + 1 if difference.heard_units else len(self.spoken.words)
        return after < len(self.spoken.words) and self.spoken.words[after].word_class == "補助記号"

    def compared(self) -> list[Compared]:
        """Every word or number of the telop with what was heard in its place."""
        found: list[Compared] = []
        for word in self.text.words:
            inside = [at for at, unit in enumerate(self.text.units) if word.start <= unit.start < word.end]
            if not inside:
                continue
            partners = [each for at in inside if (each := self.partner[at]) is not None]
            heard = "".join(self.spoken.units[each].key.removeprefix("#") for each in partners) or None
            if self.relation is Relation.UNSPOKEN:
                heard = None
            same = sum(self.is_equal[at] for at in inside) / len(inside) if heard else 0.0
            number = any(self.text.units[at].number for at in inside)
            found.append(Compared(*self.text.raw_span(word.start, word.end), heard, 1 - same, number))
        return found


def align(telop: Telop, speech: Speech, lexicon: JapaneseLexicon) -> Aligned:
    """Lay a telop against the speech around it."""
    text, spoken = cut(telop.text, lexicon), speech.around(telop)
    partner = trace((text.units, text.words), (spoken.units, spoken.words), spoken.outside)
    relation = _relation(text.units, spoken.units, partner)
    if relation in (Relation.VERBATIM, Relation.CONDENSED) or not spoken.units:
        return Aligned(telop, text, spoken, partner, relation, by_sound=False)
    heard = _by_sound(text, spoken)
    if heard is not None:
        return Aligned(telop, text, spoken, heard, Relation.VERBATIM, by_sound=True)
    return Aligned(telop, text, spoken, partner, relation, by_sound=False)


def _relation(written: Sequence[Unit], spoken: Sequence[Unit], partner: Sequence[int | None]) -> Relation:
    runs = _runs(written, spoken, partner)
    total = sum(unit.weight for unit in written)
    matched = zip(written, partner, runs, strict=True)
    paired = sum(unit.weight * (1.0 if run else UNLIKE) for unit, at, run in matched if at is not None)
    places = [at for at, run in zip(partner, runs, strict=True) if at is not None and run]
    if not places or not any(run and unit.weight > LIGHT for unit, run in zip(written, runs, strict=True)):
        return Relation.UNSPOKEN
    share = paired / total
    density = len(places) / (places[-1] - places[0] + 1)
    if share >= VERBATIM and density >= DENSE:
        return Relation.VERBATIM
    if share >= CONDENSED:
        return Relation.CONDENSED
    return Relation.PARAPHRASE if share >= PARAPHRASE else Relation.UNSPOKEN


def _runs(written: Sequence[Unit], spoken: Sequence[Unit], partner: Sequence[int | None]) -> list[bool]:
    """Of each written unit whether it is equal within a run of pairs that is no chance, or is an equal number."""
    same = [at is not None and equal(unit, spoken[at]) for unit, at in zip(written, partner, strict=True)]

    def joined(at: int) -> bool:
        one, two = partner[at], partner[at + 1]
        return same[at] and same[at + 1] and one is not None and two is not None and two - one == 1

    joints = [joined(at) for at in range(len(written) - 1)]
    return [
        same[at] and (written[at].number is not None or any(joints[max(0, at - 1) : at + 1]) or len(written) == 1)
        for at in range(len(written))
    ]


def _by_sound(text: Text, spoken: Stretch) -> tuple[int | None, ...] | None:
    """Find the telop's sounds as a whole in the speech's; numbers may have any value."""
    own = heard_as(
        "".join(word.reading for word in text.words if word.reading.strip() and word.word_class != "補助記号")
    )
    first, last = spoken.units[0].word, spoken.units[-1].word
    words = list(spoken.words[first : last + 1])
    sounds = [sound([word]) if word.word_class != "補助記号" else "" for word in words]
    at = "".join(sounds).find(own) if len(own) > 3 else -1
    if at < 0:
        return None
    lengths, inside = 0, []
    for number, each in enumerate(sounds):
        if lengths < at + len(own) and lengths + len(each) > at:
            inside.append(first + number)
        lengths += len(each)
    places = [place for place, unit in enumerate(spoken.units) if unit.word in set(inside)]
    if not places:
        return None
    scale = len(places) / len(text.units)
    return tuple(places[min(len(places) - 1, int(number * scale))] for number in range(len(text.units)))


def _words(spoken: Stretch, first: int, last: int) -> Sequence[Morpheme]:
    """The words of spoken units; a number may reach over several."""
    if first >= last:
        return ()
    end, until = spoken.units[last - 1].word + 1, spoken.units[last - 1].end
    while end < len(spoken.words) and spoken.words[end - 1].end == spoken.words[end].start < until:
        end += 1
    return spoken.words[spoken.units[first].word : end]


@dataclass
class _Span:
    """A difference while it is widened: written units `[a:b)` and spoken ones `[c:d)`."""

    a: int
    b: int
    c: int
    d: int


def _differences(case: Aligned) -> Iterator[Difference]:
    spans = list(_spans(case))
    merged: list[tuple[_Span, tuple[int, int]]] = []
    for span in spans:
        core = (span.a, span.b)
        _widen(case, span)
        if merged and span.a < merged[-1][0].b:
            last, old = merged[-1]
            last.b, last.d = max(last.b, span.b), max(last.d, span.d)
            merged[-1] = (last, (old[0], core[1]))
        else:
            merged.append((span, core))
    for span, core in merged:
        yield _difference(case, span, core)


def _difference(case: Aligned, span: _Span, core: tuple[int, int]) -> Difference:
    units = case.text.units
    start = units[span.a].start if span.a < len(units) else units[-1].end
    end = units[span.b - 1].end if span.b > span.a else start
    words = tuple(word for word in case.text.words if word.start < end and start < word.end)
    if core[0] < core[1]:
        touched = units[core[0]].start, units[core[1] - 1].end
    else:
        place = units[core[0]].start if core[0] < len(units) else units[-1].end
        touched = place, place
    return Difference(
        start=min([start, *(word.start for word in words)]),
        end=max([end, *(word.end for word in words)]),
        written=words,
        heard=tuple(_words(case.spoken, span.c, span.d)),
        touched=touched,
        units=units[span.a : span.b],
        heard_units=tuple(case.spoken.units[span.c : span.d]),
        anchored=_anchored(case, span),
    )


def _anchored(case: Aligned, span: _Span) -> bool:
    """Two units on each side were heard just so, as far as there is a side."""
    left = all(case.is_equal[max(0, span.a - 2) : span.a]) and span.a > 0
    right = all(case.is_equal[span.b : span.b + 2]) and span.b < len(case.is_equal)
    if span.a == 0:
        return right and len(case.is_equal) - span.b >= 2
    if span.b == len(case.is_equal):
        return left and span.a >= 2
    return left and right


def _spans(case: Aligned) -> Iterator[_Span]:
    """Maximal stretches between runs of pairs; a lone pair of Kana between two differences is no run."""
    kept = [at for at in range(len(case.partner)) if case.is_equal[at] and not _is_stray(case, at)]
    if not kept:
        return
    a = b = kept[0]
    if kept[0] > 0:
        place = _partner(case, kept[0])
        before = [each for each in case.partner[: kept[0]] if each is not None]
        yield _Span(0, kept[0], before[0] if before else place, place)
    for a, b in pairwise(kept):
        c, d = _partner(case, a) + 1, _partner(case, b)
        if a + 1 < b or c < d:
            yield _Span(a + 1, b, c, d)
    if kept[-1] + 1 < len(case.partner):
        place = _partner(case, kept[-1]) + 1
        after = [each for each in case.partner[kept[-1] + 1 :] if each is not None]
        yield _Span(kept[-1] + 1, len(case.partner), place, after[-1] + 1 if after else place)


def _is_stray(case: Aligned, at: int) -> bool:
    unit = case.text.units[at]
    if unit.weight > LIGHT or is_kanji(unit.key):
        return False
    place = _partner(case, at)
    neighbours = [(at - 1, place - 1), (at + 1, place + 1)]
    return not any(
        0 <= near < len(case.partner) and case.partner[near] == other and case.is_equal[near]
        for near, other in neighbours
    )


def _partner(case: Aligned, at: int) -> int:
    partner = case.partner[at]
    assert partner is not None
    return partner


def _widen(case: Aligned, span: _Span) -> None:
    """To the borders of words, on both sides."""
    written, spoken = case.text.units, case.spoken.units
    for _ in range(WIDEST):
        before = span.a, span.b, span.c, span.d
        if span.a > 0 and (_is_within(written, span.a) or _is_within(spoken, span.c)):
            _step_back(case, span)
        if span.b < len(written) and (_is_within(written, span.b) or _is_within(spoken, span.d)):
            _step_on(case, span)
        if before == (span.a, span.b, span.c, span.d):
            return


def _is_within(units: Sequence[Unit], at: int) -> bool:
    """Whether a place lies within a word."""
    return 0 < at < len(units) and units[at - 1].word == units[at].word


def _step_back(case: Aligned, span: _Span) -> None:
    span.a -= 1
    partner = case.partner[span.a]
    span.c = min(span.c, partner) if partner is not None else span.c


def _step_on(case: Aligned, span: _Span) -> None:
    partner = case.partner[span.b]
    span.b += 1
    span.d = max(span.d, partner + 1) if partner is not None else span.d
