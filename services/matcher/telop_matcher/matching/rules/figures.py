"""A wrong number, weekday or month: the speech says another value at the same place.

Numbers are compared by value. Nothing is suspected where the written value was said anywhere around, where one may be
the other one rounded, or where a word that sounds like a number stands beside the spoken one. What is left is weighed:
how well the voice is understood, whether the words beside were heard just so, how sure the recogniser is, whether one
slip of the typist makes the one of the other, and whether the two sound alike.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import Aligned, Item
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.numbers import Number
from telop_matcher.matching.odds import AGREED, calibrated, log_odds, logit, probability
from telop_matcher.matching.spoken_numbers import spoken as in_words
from telop_matcher.matching.values import FYI, ISSUE, Blame, Kind, Lexicon, Relation, Suspicion

_CALENDAR = ("weekday", "month")


WORTH_SAYING: Final = 0.65
"""Confidence: of the least that is said, two in three are to be right."""
CLEAR: Final = 0.9
"""Of the issues, at most one in ten may be wrong; what is less likely is a hint."""
WEIGHTS: Final = (
    -0.98,  # nothing
    0.11,  # left
    -0.11,  # right
    0.43,  # surety
    -2.00,  # doubt
    1.29,  # is_slip
    1.85,  # misheard
    0.31,  # same_length
    -0.48,  # is_verbatim
    0.14,  # others
    0.61,  # is_calendar
    0.52,  # held
    -1.69,  # rounded
)
MOST: Final = 10.0
"""Nats from which mishearing one for the other is out of the question."""
SOUNDS_ALIKE: Final = 0.5
TOLD: Final = 0.95
"""Confidence where the transcript was supplied: it is not misheard, only the place may be another one."""
TRANSCRIBED: Final = "The transcript was supplied, not recognised."
ENOUGH: Final = 2
"""Words of a telop that must have been heard for its only number to be the only one that was said."""
SURE: Final = 0.5
"""The recogniser's confidence from which another measure counts."""
MEASURE_HEARD: Final = 0.85
SHORTEST_SCALE: Final = 6
"""Letters of a misspelt million; "to" after a figure is no misspelt two."""


@dataclass(frozen=True, slots=True)
class Discord:
    """What speaks for a written number being wrong where another one was heard."""

    left: float
    right: float
    """Whether the neighbour on this side was heard just so, beside it; half at an end of the telop."""
    surety: float
    doubt: float
    is_slip: float
    """Whether one digit more, less, other or swapped makes the one of the other."""
    misheard: float
    """What it costs to hear the one for the other, in nats, a tenth; 1 at most."""
    same_length: float
    is_verbatim: float
    others: float
    """How many more numbers were said around."""
    is_calendar: float
    """Whether it is a weekday or a month: recognisers rarely mistake one for another."""
    held: float
    """Whether the words beside it say that it is the same number; else it is the only one on either side."""
    rounded: float
    """Whether the one that was said may be the written one, rounded."""


def find_wrong_numbers(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect numbers whose spoken counterpart has another value."""
    for position, found in discords(aligned, agreement, lexicon):
        chance = TOLD if aligned.is_told else calibrated(probability(log_odds(found, WEIGHTS)))
        if chance >= WORTH_SAYING:
            yield _suspicion(aligned, position, found, agreement, chance)


def find_wrong_measures(aligned: Aligned, agreement: Agreement) -> Iterator[Suspicion]:
    """Suspect what a number counts, where the same number was heard with something else: km/h for miles per hour."""
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for position, item in enumerate(aligned.written):
        partner = aligned.partner[position]
        other = None if partner is None else aligned.spoken[partner].number
        if not item.number or not other or not item.number.agrees(other) or not _is_other_measure(item.number, other):
            continue
        if min(aligned.chances[at][aligned.spoken_tokens[at]] for at in range(other.last, other.until)) >= SURE:
            yield _other_measure(aligned, item.number, other, agreement)


def _is_other_measure(written: Number, spoken: Number) -> bool:
    return bool(written.measure and spoken.measure) and not written.measures_the_same(spoken)


def _other_measure(aligned: Aligned, written: Number, spoken: Number, agreement: Agreement) -> Suspicion:
    start, end = _measure_span(aligned, written)
    said = " ".join(aligned.spoken_tokens[spoken.first : spoken.until])
    reasons = (
        f'"{aligned.telop.text[start:end]}" is written with the number, "{said}" was said.',
        "The number itself was heard as it is written.",
        agreement.told,
    )
    severity = ISSUE if agreement.is_followed or aligned.is_told else FYI
    return Suspicion(Kind.NUMBER, start, end, spoken.measure, MEASURE_HEARD, reasons, severity)


def _measure_span(aligned: Aligned, written: Number) -> tuple[int, int]:
    """Where a measure stands: the sign at the figure, or the words after it."""
    if written.until > written.last:
        return aligned.tokens[written.last].start, aligned.tokens[written.until - 1].end
    first, last = aligned.tokens[written.first], aligned.tokens[written.last - 1]
    return (last.end - 1, last.end) if last.raw.endswith("%") else (first.start, first.start + 1)


def discords(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[tuple[int, Discord]]:
    """Written numbers where another one was heard, by position, with what speaks for a mistake."""
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for position, item in enumerate(aligned.written):
        partner = aligned.partner[position]
        if item.number is None or partner is None:
            continue
        other = aligned.spoken[partner].number
        if not other or _was_said(aligned, position, item.number):
            continue
        if not (_is_held(aligned, position) or _is_only(aligned, position)):
            continue
        said = " ".join(aligned.spoken_tokens[other.first : other.last])
        is_fraction = aligned.spoken_tokens[max(0, other.first - 1)] == "point"
        if is_fraction or _is_rest(item.number, said) or _is_misspelt(aligned, item, said):
            continue
        if _contradicts(item.number, other):
            yield position, _discord(aligned, position, other, agreement, lexicon)


def _is_held(aligned: Aligned, position: int) -> bool:
    """Whether the words beside it say that it is the same number: both of them, or one that is no word of grammar."""
    sides = {-1: position == 0, 1: position == len(aligned.written) - 1}
    held = [step for step in sides if aligned.touches(position, step)]
    partner = aligned.partner[position]
    number = aligned.spoken[partner].number if partner is not None else None
    written = aligned.written[position].number
    if written and number and written.measures_the_same(number):
        return True
    if number and number.may_be_more:
        return bool(held) and all(is_end or step in held for step, is_end in sides.items())
    if any(aligned.written[position + step].text not in GRAMMAR for step in held):
        return True
    return bool(held) and all(is_end or step in held for step, is_end in sides.items())


def _is_only(aligned: Aligned, position: int) -> bool:
    """Whether it is the only number of the telop and of the speech that the telop was laid against, nearly the same,
    and the rest of the telop was mostly heard: "Cat, 65, can open fridge".
    """
    places = [at for at in aligned.partner if at is not None]
    unit = mine.unit if (mine := aligned.written[position].number) else ""
    spoken = [item for item in aligned.spoken[places[0] : places[-1] + 1] if item.number and item.number.unit == unit]
    written = [item for item in aligned.written if item.number and item.number.unit == unit]
    words = [at for at, item in enumerate(aligned.written) if at != position and item.text not in GRAMMAR]
    heard = sum(aligned.is_equal(at) for at in words)
    partner = aligned.partner[position]
    number = aligned.spoken[partner].number if partner is not None else None
    if number is None or number.may_be_more or not len(written) == len(spoken) == 1:
        return False
    assert mine
    is_near = unit in _CALENDAR or _is_slip(mine, number)
    return is_near and heard >= ENOUGH and heard * 2 > len(words)


def _discord(aligned: Aligned, position: int, other: Number, agreement: Agreement, lexicon: Lexicon) -> Discord:
    written = aligned.written[position].number
    assert written
    mine, theirs = _digits(written), _digits(other)
    last = len(aligned.written) - 1
    return Discord(
        left=0.5 if position == 0 else float(aligned.touches(position, -1)),
        right=0.5 if position == last else float(aligned.touches(position, 1)),
        surety=logit(aligned.surety(position)),
        doubt=math.log(agreement.doubt / 0.05) / 2,
        is_slip=float(_is_slip(written, other)),
        misheard=_misheard(aligned, position, other, lexicon),
        same_length=float(any(len(one) == len(two) for one in mine for two in theirs)),
        is_verbatim=float(aligned.relation is Relation.VERBATIM),
        others=min(3, sum(item.number is not None for item in aligned.spoken) - 1) / 3,
        is_calendar=float(written.unit in _CALENDAR),
        held=float(_is_held(aligned, position)),
        rounded=float(written.is_rounded(other)),
    )


def _is_slip(written: Number, other: Number) -> bool:
    return any(OSA.distance(one, two) == 1 for one in _digits(written) for two in _digits(other))


def _digits(number: Number) -> set[str]:
    return {"".join(filter(str.isalnum, value)) for value in number.values}


def _misheard(aligned: Aligned, position: int, other: Number, lexicon: Lexicon) -> float:
    """What it costs to hear the written number so; words beside it that nothing was written for may be a part of it."""
    written, spoken = aligned.written[position], aligned.spoken_tokens
    assert written.number
    figure, *scales = (aligned.tokens[at].text for at in range(written.first, written.number.last))
    ways = {in_words(value) for value in written.number.values}
    if scales:
        ways.add(" ".join([in_words(figure.lstrip("$£€¥").replace(",", "")), *scales]))
    free = set(range(len(aligned.spoken))) - {at for at in aligned.partner if at is not None}
    partner = aligned.partner[position]
    assert partner is not None
    before = " ".join(spoken[aligned.spoken[partner - 1].first : other.first]) if partner - 1 in free else ""
    after = " ".join(spoken[other.last : aligned.spoken[partner + 1].last]) if partner + 1 in free else ""
    said = " ".join(spoken[other.first : other.last])
    heard = {said, f"{before} {said}".strip(), f"{said} {after}".strip()}
    costs = [lexicon.misheard(way, each) for way in ways for each in heard]
    return min([MOST, *(cost for cost in costs if cost is not None)]) / MOST


def _contradicts(written: Number, spoken: Number) -> bool:
    if written.agrees(spoken) or written.rounds(spoken):
        return False
    if written.unit in _CALENDAR and written.unit == spoken.unit:
        return True  # May where March was said is no verb
    if not (written.is_clear and spoken.is_clear) or written.unit in _CALENDAR or spoken.unit in _CALENDAR:
        return False
    return "ordinal" not in {written.unit, spoken.unit} or written.unit == spoken.unit


def _is_rest(number: Number, said: str) -> bool:
    """Whether only the end of the number was heard: forty five of eight forty five."""
    return any(in_words(value).endswith(f" {said}") for value in number.values)


def _is_misspelt(aligned: Aligned, item: Item, said: str) -> bool:
    """Whether the word after a figure is one slip away from a word of the number that was said: "15.9 milllion"."""
    after = aligned.tokens[item.last].text if item.last < len(aligned.tokens) else ""
    return len(after) >= SHORTEST_SCALE and any(OSA.distance(after, each) == 1 for each in said.split())


def _was_said(aligned: Aligned, position: int, number: Number) -> bool:
    """Whether the number was said around; where the words on both sides were heard just so, while the telop stood."""
    beside = [step for step in (-1, 1) if 0 <= position + step < len(aligned.written)]
    is_held = bool(beside) and all(aligned.touches(position, step) for step in beside)
    return any(
        item.number is not None and number.agrees(item.number) and (not is_held or aligned.is_shown(item))
        for item in aligned.spoken
    )


def _suspicion(aligned: Aligned, position: int, found: Discord, agreement: Agreement, chance: float) -> Suspicion:
    partner = aligned.partner[position]
    assert partner is not None
    written, spoken = aligned.written[position], aligned.spoken[partner]
    assert written.number
    assert spoken.number
    first, last = aligned.tokens[written.first], aligned.tokens[written.number.last - 1]
    said = " ".join(aligned.spoken_tokens[spoken.first : spoken.number.last])
    start = first.start + (1 if first.raw[:1] in "$£€¥" else 0)
    end = last.end - (1 if last.raw.endswith("%") else 0)
    suggestion = _written_like(aligned.telop.text[start:end], said, spoken.number)
    alike = written.number.is_teen_of(spoken.number) and aligned.surety(position) < AGREED
    reasons = (
        f'"{aligned.telop.text[first.start : last.end]}" is written, "{said}" was said at this place.',
        *(() if aligned.is_told else _because(found, is_teen=alike)),
        TRANSCRIBED if aligned.is_told else agreement.told,
    )
    is_clear = aligned.is_told or (chance >= CLEAR and agreement.is_followed and not alike)
    severity = ISSUE if is_clear else FYI
    blame = Blame.UNDECIDABLE if alike else Blame.CAPTION
    return Suspicion(Kind.NUMBER, start, end, suggestion, chance, reasons, severity, blame)


def _because(found: Discord, *, is_teen: bool) -> Iterator[str]:
    if is_teen or found.misheard <= SOUNDS_ALIKE:
        yield "The two sound alike: the recogniser may have misheard."
    if found.is_slip:
        yield "One slip of the typist makes the one of the other."
    if found.left == found.right == 1:
        yield "The words on both sides were heard just as they are written."


def _written_like(written: str, said: str, number: Number) -> str:
    """Write the spoken value as the caption writes numbers: in figures, with its thousands marks, or in words."""
    if number.unit in _CALENDAR:
        return said.upper() if written.isupper() else said.capitalize()
    if len(number.values) > 1 or not written[:1].isdecimal():
        return said
    value = next(iter(number.values))
    if "." not in value and ("," in written or len(value) > 4):
        value = f"{int(value):,}"
    return value + _ordinal_ending(value) if number.unit == "ordinal" else value


def _ordinal_ending(value: str) -> str:
    if value[-2:] in ("11", "12", "13"):
        return "th"
    return {"1": "st", "2": "nd", "3": "rd"}.get(value[-1], "th")
