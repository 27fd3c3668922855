"""One name, one spelling: a name that is written otherwise than most of the time in the same programme.

Only names of several words that no roster has are compared, and only those that differ in one word, which looks or
sounds like the other. The spelling that stands more often is taken for the right one; between two that stand equally
often the one that is far better known in the world; else nothing is said. What a reader of pictures confuses is left
alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.evidence import sound_alike
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.likeness import looks, sounds
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.values import Kind, Lexicon, Suspicion
from telop_matcher.matching.writing import Token, glyphs

SAME_SOUND: Final = 0.85
LOOKS: Final = 0.7
SHORTEST: Final = 4
ENOUGH: Final = 3
"""Appearances of a spelling that make it the usual one beyond doubt."""
BETTER_KNOWN: Final = 2.0
"""As a power of ten: Dashwood is 2.5 above Dashwoood, and Eric 0.8 above Erik."""
Name = tuple[str, ...]
Places = Mapping[Name, Sequence[tuple[int, Sequence[Token]]]]


def find_inconsistent(cases: Sequence[Aligned], roster: Roster, lexicon: Lexicon | None) -> list[list[Suspicion]]:
    """Suspect names of a programme; returns what is suspected of each telop."""
    places = _places(cases, roster)
    found: list[list[Suspicion]] = [[] for _ in cases]
    for name, other, at in _rivals(places, lexicon):
        for case, written in places[name]:
            found[case].append(_suspicion(written, places[other][0][1], at, len(places[other]), len(places[name])))
    return found


def _places(cases: Sequence[Aligned], roster: Roster) -> Places:
    places: dict[Name, list[tuple[int, Sequence[Token]]]] = defaultdict(list)
    for position, case in enumerate(cases):
        for written in (*_names(case, in_capitals=False), *_names(case, in_capitals=True)):
            name = tuple(token.text for token in written)
            if not any(roster.has(word) for word in name):
                places[name].append((position, written))
    return places


def _names(case: Aligned, *, in_capitals: bool) -> Iterator[Sequence[Token]]:
    """Runs of two words or more with capitals in one line, or all in capitals; what is none, like a headline, finds
    no rival.
    """
    text = case.telop.text
    run: list[Token] = []
    for token in case.tokens:
        has_capital = token.raw[:1].isupper() and token.raw.isupper() == in_capitals and token.text not in GRAMMAR
        if run and (not has_capital or text[run[-1].end : token.start] not in (" ", ". ")):
            yield from [run] if len(run) > 1 else []
            run = []
        if has_capital:
            run.append(token)
    yield from [run] if len(run) > 1 else []


def _rivals(places: Places, lexicon: Lexicon | None) -> Iterator[tuple[Name, Name, int]]:
    """Names, each with a more frequent one that differs from it in the word at one place. What stands in capitals only
    is no name yet: "CITY BANS CARS" and "CITY BANS BARS" are two headlines.
    """
    known = {name for name, found in places.items() if not all(token.raw.isupper() for _, it in found for token in it)}
    by_rest: dict[tuple[int, Name], list[Name]] = defaultdict(list)
    for name in places:
        for at in range(len(name)):
            by_rest[at, (*name[:at], "", *name[at + 1 :])].append(name)
    for (at, _), names in by_rest.items():
        for name in names:
            others = [
                other
                for other in names
                if (name in known or other in known)
                and _prevails(other[at], name[at], len(places[other]) - len(places[name]), lexicon)
                and _is_one(name[at], other[at], lexicon)
            ]
            if others:
                yield name, max(others, key=lambda other: len(places[other])), at


def _prevails(word: str, other: str, more: int, lexicon: Lexicon | None) -> bool:
    """Whether a spelling is the right one of two, the one standing so many times more than the other."""
    if more or lexicon is None:
        return more > 0
    return lexicon.zipf(word) - lexicon.zipf(other) >= BETTER_KNOWN


def _is_one(word: str, other: str, lexicon: Lexicon | None) -> bool:
    if min(len(word), len(other)) < SHORTEST or glyphs(word) == glyphs(other):
        return False
    sound = sound_alike(word, other, lexicon) if lexicon else sounds(word, other)
    return looks(word, other) >= LOOKS and (OSA.distance(word, other) == 1 or sound >= SAME_SOUND)


def _suspicion(written: Sequence[Token], usual: Sequence[Token], at: int, often: int, seldom: int) -> Suspicion:
    token, right = written[at], usual[at].raw
    suggestion = right.upper() if token.raw.isupper() else right.capitalize() if right.isupper() else right
    name, other = (" ".join(each.raw for each in names) for names in (written, usual))
    better_known = () if often > seldom else ("The other spelling is far better known.",)
    reasons = (
        f'"{name}" is written {seldom} times in this programme, and "{other}" {often} times.',
        *better_known,
        "No roster has either of them.",
    )
    confidence = 0.9 if often >= ENOUGH else 0.75
    return Suspicion(Kind.INCONSISTENT, token.start, token.end, suggestion, confidence, reasons)
