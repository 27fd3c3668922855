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
from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.evidence import sound_of
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.likeness import phones_alike
from telop_matcher.matching.numbers import Number
from telop_matcher.matching.odds import calibrated, log_odds, logit, probability
from telop_matcher.matching.spoken_numbers import spoken as in_words
from telop_matcher.matching.values import FYI, ISSUE, Blame, Kind, Lexicon, Relation, Suspicion

_CALENDAR = ("weekday", "month")


WORTH_SAYING: Final = 0.6
CLEAR: Final = 0.8
WEIGHTS: Final = (
    2.86,  # nothing
    -0.28,  # left
    -0.70,  # right
    0.43,  # surety
    -2.00,  # doubt
    1.15,  # is_slip
    -0.67,  # sounds
    0.51,  # same_length
    -0.50,  # is_verbatim
    0.07,  # others
)
SOUNDS_ALIKE: Final = 0.75


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
    sounds: float
    same_length: float
    is_verbatim: float
    others: float
    """How many more numbers were said around."""


def find_wrong_numbers(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect numbers whose spoken counterpart has another value."""
    for position, found in discords(aligned, agreement, lexicon):
        chance = probability(log_odds(found, WEIGHTS))
        if chance >= WORTH_SAYING:
            yield _suspicion(aligned, position, found, agreement, chance)


def discords(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[tuple[int, Discord]]:
    """Written numbers where another one was heard, by position, with what speaks for a mistake."""
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for position, item in enumerate(aligned.written):
        partner = aligned.partner[position]
        if item.number is None or partner is None:
            continue
        other = aligned.spoken[partner].number
        if not other or _was_said(aligned, item.number) or not _is_held(aligned, position):
            continue
        said = " ".join(aligned.spoken_tokens[other.first : other.last])
        if _contradicts(item.number, other) and not _is_rest(item.number, said):
            yield position, _discord(aligned, position, other, agreement, lexicon)


def _is_held(aligned: Aligned, position: int) -> bool:
    """Whether the words beside it say that it is the same number: both of them, or one that is no word of grammar."""
    sides = {-1: position == 0, 1: position == len(aligned.written) - 1}
    held = [step for step in sides if aligned.touches(position, step)]
    partner = aligned.partner[position]
    number = aligned.spoken[partner].number if partner is not None else None
    if number and number.may_be_more:
        return bool(held) and all(is_end or step in held for step, is_end in sides.items())
    if any(aligned.written[position + step].text not in GRAMMAR for step in held):
        return True
    return bool(held) and all(is_end or step in held for step, is_end in sides.items())


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
        is_slip=float(any(OSA.distance(one, two) == 1 for one in mine for two in theirs)),
        sounds=max(_sound_alike(one, two, lexicon) for one in written.values for two in other.values),
        same_length=float(any(len(one) == len(two) for one in mine for two in theirs)),
        is_verbatim=float(aligned.relation is Relation.VERBATIM),
        others=min(3, sum(item.number is not None for item in aligned.spoken) - 1) / 3,
    )


def _digits(number: Number) -> set[str]:
    return {"".join(filter(str.isalnum, value)) for value in number.values}


def _sound_alike(value: str, other: str, lexicon: Lexicon) -> float:
    one, two = (sound_of(in_words(each), lexicon) for each in (value, other))
    return phones_alike(one, two)


def _contradicts(written: Number, spoken: Number) -> bool:
    if written.agrees(spoken) or not (written.is_clear and spoken.is_clear) or written.is_rounded(spoken):
        return False
    if written.unit in _CALENDAR or spoken.unit in _CALENDAR:
        return written.unit == spoken.unit
    return "ordinal" not in {written.unit, spoken.unit} or written.unit == spoken.unit


def _is_rest(number: Number, said: str) -> bool:
    """Whether only the end of the number was heard: forty five of eight forty five."""
    return any(in_words(value).endswith(f" {said}") for value in number.values)


def _was_said(aligned: Aligned, number: Number) -> bool:
    return any(item.number is not None and number.agrees(item.number) for item in aligned.spoken)


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
    alike = written.number.is_teen_of(spoken.number)
    reasons = (
        f'"{aligned.telop.text[first.start : last.end]}" is written, "{said}" was said at this place.',
        *_because(found, is_teen=alike),
        agreement.told,
    )
    severity = ISSUE if chance >= CLEAR and agreement.is_followed and not alike else FYI
    blame = Blame.UNDECIDABLE if alike else Blame.CAPTION
    return Suspicion(Kind.NUMBER, start, end, suggestion, calibrated(chance), reasons, severity, blame)


def _because(found: Discord, *, is_teen: bool) -> Iterator[str]:
    if is_teen or found.sounds >= SOUNDS_ALIKE:
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
