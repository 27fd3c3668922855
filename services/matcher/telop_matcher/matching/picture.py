"""What the picture itself says to a suspicion: whether the caption is wrong, or only the reader of it.

A typo is the same on every frame, a misreading flickers. Glyphs that the reader is known to mistake for one another
accuse nobody until they were drawn and compared. Where the picture leaves it open, a second look may decide: it is
given the texts in question, and says which of them the pixels match.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import Levenshtein

from telop_matcher.matching.values import FYI, Blame, FoldedSpan, Kind, Look, Suspicion, Telop
from telop_matcher.matching.writing import letters

UNSURE: Final = 0.8
"""Reader's confidence below which a mistake may as well be a misreading."""
STABLE: Final = 3
"""Equal readings, and no other, that make up for a reader that is not sure."""
MOST_CANDIDATES: Final = 10
LONGEST_TEXT: Final = 2_000
"""Code points of a telop's text: what would be longer cannot stand there."""


def weigh(telop: Telop, suspicion: Suspicion) -> tuple[Suspicion, bool]:
    """Return the suspicion with whom the picture blames, and whether a second look could tell more."""
    if suspicion.kind is Kind.NG_WORD or suspicion.suggestion is None:
        return suspicion, False
    repaired = letters(_repaired(telop.text, suspicion.start, suspicion.end, suspicion.suggestion))
    if reason := _why_misread(telop, suspicion, repaired):
        return doubted(suspicion, Blame.OCR, reason), False
    if _is_confirmed(telop):
        return suspicion, False
    if any(span.looks_like is None for span in _glyphs_in_question(telop, suspicion)):
        return doubted(suspicion, Blame.UNDECIDABLE, "The reader mistakes these glyphs for each other."), True
    if _is_doubtful(telop):
        return doubted(suspicion, Blame.UNDECIDABLE, "The reader is not sure of this text."), True
    return suspicion, False


def clears(telop: Telop, suspicion: Suspicion) -> bool:
    """Whether the picture was drawn and compared, and shows a name as the roster has it: there is nothing to say."""
    if suspicion.kind is not Kind.NAME or suspicion.suggestion is None:
        return False
    repaired = letters(_repaired(telop.text, suspicion.start, suspicion.end, suspicion.suggestion))
    if telop.likeliest is not None:
        return letters(telop.likeliest) == repaired
    glyphs = _glyphs_in_question(telop, suspicion)
    return bool(glyphs) and all(_looks_otherwise(telop, span) for span in glyphs)


def _why_misread(telop: Telop, suspicion: Suspicion, repaired: str) -> str | None:
    """Why the right text stands there, and was only misread; None if nothing says so."""
    if telop.likeliest and letters(telop.likeliest) == repaired:
        return "Drawn beside each other, the right text matches the picture better."
    readings = [*(reading.text for reading in telop.readings), *(other.text for other in telop.second_readings)]
    if right := sum(letters(reading) == repaired for reading in readings):
        return f"{right} of {len(readings)} readings of the picture show the right text."
    if any(_looks_otherwise(telop, span) for span in _glyphs_in_question(telop, suspicion)):
        return "The reader mistakes these glyphs for each other; drawn, the other one matches."
    return None


def _looks_otherwise(telop: Telop, span: FoldedSpan) -> bool:
    """Whether these glyphs were drawn and compared, and another one matches than the one that was read."""
    return span.looks_like not in (None, telop.text[span.start : span.end])


def doubted(suspicion: Suspicion, blame: Blame, reason: str) -> Suspicion:
    """Return the suspicion as one that is only worth a look."""
    reasons = (*suspicion.reasons, reason)
    return replace(suspicion, severity=FYI, blame=blame, confidence=suspicion.confidence / 2, reasons=reasons)


def look_again(telops: Sequence[Telop], looks: Iterable[Look]) -> list[Telop]:
    """Return the telops with what second looks gave beside what was read first."""
    taken = {(look.start_s, look.box): look for look in looks}
    return [_with(telop, taken.get((telop.start_s, telop.box))) for telop in telops]


def candidates(telop: Telop, suspected: Iterable[tuple[int, int, str]]) -> tuple[str, ...]:
    """Return the texts of which one stands there: as read, and with each suspected span replaced."""
    texts = [telop.text, *(_repaired(telop.text, *each) for each in suspected)]
    return tuple(text for text in dict.fromkeys(texts) if 0 < len(text) <= LONGEST_TEXT)[:MOST_CANDIDATES]


def _with(telop: Telop, look: Look | None) -> Telop:
    if look is None:
        return telop
    return replace(
        telop,
        readings=(*telop.readings, *look.readings),
        second_readings=(*telop.second_readings, *look.second_readings),
        likeliest=look.likeliest,
    )


def _repaired(text: str, start: int, end: int, suggestion: str) -> str:
    return text[:start] + suggestion + text[end:]


def _glyphs_in_question(telop: Telop, suspicion: Suspicion) -> list[FoldedSpan]:
    """The folded spans on which a suspicion rests; none, if it also differs elsewhere or by other glyphs."""
    assert suspicion.suggestion is not None
    written = telop.text[suspicion.start : suspicion.end]
    changed = [step for step in Levenshtein.opcodes(written, suspicion.suggestion) if step.tag != "equal"]
    touched = []
    for step in changed:
        start, end = suspicion.start + step.src_start, suspicion.start + step.src_end
        span = next((each for each in telop.folded if each.start <= start and end <= each.end and start < end), None)
        other = suspicion.suggestion[step.dest_start : step.dest_end]
        if span is None or not _may_stand(telop.text, span, start, end, other):
            return []
        touched.append(span)
    return touched


def _may_stand(text: str, span: FoldedSpan, start: int, end: int, other: str) -> bool:
    """Whether a folded span with `[start:end)` replaced is one of those that the reader mistakes for it."""
    replaced = text[span.start : start] + other + text[end : span.end]
    return replaced.casefold() in {each.casefold() for each in span.alternatives}


def _is_confirmed(telop: Telop) -> bool:
    """Whether a second look found that the text as read matches the picture best."""
    return telop.likeliest is not None and letters(telop.likeliest) == letters(telop.text)


def _is_doubtful(telop: Telop) -> bool:
    """Whether the reader is unsure, and has not read the same on several frames: a typo is stable."""
    same = sum(letters(reading.text) == letters(telop.text) for reading in telop.readings)
    return telop.confidence < UNSURE and not (same >= STABLE and same == len(telop.readings))
