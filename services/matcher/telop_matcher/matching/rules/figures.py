"""A wrong number, weekday or month: the speech says another value at the same place, clearly.

Numbers are compared by value. Nothing is suspected where the written value was said anywhere around, where one may be
the other one rounded, or where a word that sounds like a number stands beside the spoken one. What sounds alike
(fifteen and fifty) is worth a look, no more.
"""

from collections.abc import Iterator

from telop_matcher.matching.alignment import Aligned, Item
from telop_matcher.matching.numbers import Number
from telop_matcher.matching.values import FYI, ISSUE, Blame, Kind, Relation, Suspicion

_CALENDAR = ("weekday", "month")


def find_wrong_numbers(aligned: Aligned) -> Iterator[Suspicion]:
    """Suspect numbers whose spoken counterpart has another value."""
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for position, item in enumerate(aligned.written):
        partner = aligned.partner[position]
        if item.number is None or partner is None:
            continue
        spoken = aligned.spoken[partner]
        if spoken.number is None or not _contradicts(item.number, spoken.number):
            continue
        if _was_said(aligned, item.number) or not aligned.is_anchored(position):
            continue
        yield _suspicion(aligned, item, spoken)


def _contradicts(written: Number, spoken: Number) -> bool:
    if written.agrees(spoken) or not (written.is_clear and spoken.is_clear) or written.is_rounded(spoken):
        return False
    if written.unit in _CALENDAR or spoken.unit in _CALENDAR:
        return written.unit == spoken.unit
    return "ordinal" not in {written.unit, spoken.unit} or written.unit == spoken.unit


def _was_said(aligned: Aligned, number: Number) -> bool:
    return any(item.number is not None and number.agrees(item.number) for item in aligned.spoken)


def _suspicion(aligned: Aligned, written: Item, spoken: Item) -> Suspicion:
    assert written.number is not None
    assert spoken.number is not None
    first, last = aligned.tokens[written.first], aligned.tokens[written.number.last - 1]
    alike = written.number.is_teen_of(spoken.number)
    said = " ".join(aligned.spoken_tokens[spoken.first : spoken.number.last])
    reasons = [f'"{aligned.telop.text[first.start : last.end]}" is written, "{said}" was said at this place.']
    if alike:
        reasons.append("The two sound alike: the recogniser may have misheard.")
    start = first.start + (1 if first.raw[:1] in "$£€¥" else 0)
    end = last.end - (1 if last.raw.endswith("%") else 0)
    return Suspicion(
        Kind.NUMBER,
        start,
        end,
        _written_like(aligned.telop.text[start:end], said, spoken.number),
        0.5 if alike else 0.92,
        tuple(reasons),
        FYI if alike else ISSUE,
        Blame.UNDECIDABLE if alike else Blame.CAPTION,
    )


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
