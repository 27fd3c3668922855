"""What verified a telop: speech, script, roster, only the dictionary, or nothing; and its names and numbers one by one.

To be verified is more than to have no finding: somebody other than the picture says the same. A name or a number is
verified if it was heard just so, if a located script has it, or if the name stands in the roster. What changes in
place, as clocks and scores do, is said by nobody and counts neither names nor numbers; nor does a time of day that
stands alone for longer than a caption would: a clock within its minute.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.judging import Case, Judged
from telop_matcher.matching.values import CHANGING, Compared, Relation, Telop
from telop_matcher.matching.writing import fold

SPEECH: Final = "speech"
SCRIPT: Final = "script"
ROSTER: Final = "roster"
DICTIONARY: Final = "dictionary"
NOTHING: Final = "nothing"
WITNESSES: Final = (SPEECH, SCRIPT, ROSTER, DICTIONARY, NOTHING)
MOST: Final = 0.75
"""Share of a telop's letters that a witness must have said to have verified it; captions are condensed."""
CLOCK: Final = re.compile(r"\d{1,2}:\d{2}")
CLOCK_S: Final = 15.0
"""A caption that is read aloud or to oneself is gone before."""

Span = tuple[int, int]
Spans = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Share:
    """How many there are, and how many of them were verified."""

    total: int = 0
    verified: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.total + other.total, self.verified + other.verified)


@dataclass(frozen=True, slots=True)
class Verified:
    """Who verified a telop, strongest first; and its names and numbers."""

    by: tuple[str, ...]
    names: Share
    numbers: Share


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many telops each witness verified as the strongest; and the names and numbers of the programme."""

    telops: dict[str, int]
    names: Share
    numbers: Share

    @property
    def unverified(self) -> float:
        """Share of names and numbers that nothing verified; 0 if there are none."""
        both = self.names + self.numbers
        return 1 - both.verified / both.total if both.total else 0.0


@dataclass(frozen=True, slots=True)
class Terms:
    """Names of a roster, folded once."""

    folded: tuple[str, ...]

    @classmethod
    def of(cls, terms: Iterable[str]) -> "Terms":
        """Fold the names."""
        return cls(tuple(filter(None, {fold(term).text.strip() for term in terms})))

    def places(self, text: str) -> list[Span]:
        """Where they stand in a text as whole words; in scripts without spaces, wherever they stand."""
        folded = fold(text)
        found = []
        for term in self.folded:
            at = folded.text.find(term)
            while at >= 0:
                end = at + len(term)
                if not (_joins(folded.text, at) or _joins(folded.text, end)):
                    found.append(folded.raw_span(at, end))
                at = folded.text.find(term, end)
        return sorted(set(found))


def verify(case: Case, scripted: Spans, roster: Terms, judged: Judged) -> Verified:
    """Say what verified a telop. `scripted` are the parts of its text that the script has just so."""
    text, compared = case.telop.text, case.compared()
    listed = roster.places(text)
    is_heard = case.relation in (Relation.VERBATIM, Relation.CONDENSED)
    heard = [(each.start, each.end) for each in compared if is_heard and each.cost == 0]
    numbers = [(each.start, each.end) for each in compared if each.is_number]
    words = [each for each in compared if not each.is_number]
    holds = {
        SPEECH: _covers(heard, compared),
        SCRIPT: _covers(scripted, compared),
        ROSTER: _covers(listed, compared),
        DICTIONARY: bool(words) and not numbers and all(_is_known(each, text, listed, judged.knows) for each in words),
    }
    by = tuple(witness for witness, does in holds.items() if does)
    if case.telop.kind == CHANGING or _is_clock(case.telop):
        return Verified(by, Share(), Share())
    vouched = [*heard, *scripted]
    named = [span for span in judged.names(text) if not _overlaps(span, listed)]
    names = [*listed, *named]
    return Verified(by, _share(names, [*vouched, *listed]), _share(numbers, vouched))


def cover(verified: Iterable[Verified]) -> Coverage:
    """Add up a programme."""
    strongest: Counter[str] = Counter()
    names, numbers = Share(), Share()
    for each in verified:
        strongest[each.by[0] if each.by else NOTHING] += 1
        names, numbers = names + each.names, numbers + each.numbers
    return Coverage({witness: strongest[witness] for witness in WITNESSES}, names, numbers)


def _is_clock(telop: Telop) -> bool:
    return telop.end_s - telop.start_s > CLOCK_S and CLOCK.fullmatch(fold(telop.text).text.strip()) is not None


def _joins(text: str, at: int) -> bool:
    """Whether a word of a script with spaces goes on across this place."""
    around = text[max(0, at - 1) : at + 1]
    return 0 < at < len(text) and len(around) == 2 and all(each.isalnum() and each < "\u2e80" for each in around)


def _covers(spans: Spans, compared: Sequence[Compared]) -> bool:
    total = sum(each.end - each.start for each in compared)
    covered = sum(each.end - each.start for each in compared if _is_vouched((each.start, each.end), spans))
    return covered >= MOST * total > 0


def _is_known(each: Compared, text: str, listed: Spans, knows: Callable[[str], bool]) -> bool:
    return _is_vouched((each.start, each.end), listed) or knows(text[each.start : each.end])


def _overlaps(span: Span, others: Spans) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _share(wanted: Spans, vouched: Spans) -> Share:
    return Share(len(wanted), sum(_is_vouched(each, vouched) for each in wanted))


def _is_vouched(span: Span, vouched: Spans) -> bool:
    """Whether spans that were vouched for cover it, but for single characters between."""
    at = span[0]
    for start, end in sorted(vouched):
        if start <= at + 1 and end > at:
            at = end
    return at >= span[1]
