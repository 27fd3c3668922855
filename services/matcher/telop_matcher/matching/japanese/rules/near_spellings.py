"""One name, one spelling, also of names that no lexicon knows: 拓植みどり beside 柘植みどり, とき子 beside トキ子.

Texts of a programme's captions are compared that are the same but for one character, which looks or sounds like the
other. Where one of the two was said, or is the roster's, the other one is wrong; else what stands more often is taken
for right, then what the lexicon finds likelier, and that is only worth a look. Two ordinary words side by side (会見
beside 会話) are no name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.repairing import gain
from telop_matcher.matching.japanese.rules.names import Roster
from telop_matcher.matching.japanese.text import is_kana, is_kanji
from telop_matcher.matching.values import FYI, ISSUE, Kind, Suspicion
from telop_matcher.matching.writing import common

SIZES: Final = (4, 3)
"""Characters of the texts that are compared, the one that differs among them."""
USUAL: Final = 1.5
"""Zipf frequency of a usual name."""
LIKELIER: Final = 2_000
"""Gain in the lexicon's costs, of both captions together, that tells which of two is right."""
_SIDES: Final = ("名詞", "接頭辞", "接尾辞", "形状詞")
_ANY: Final = "?"


@dataclass(frozen=True, slots=True)
class _Place:
    case: int
    start: int
    text: str


def find_near_spellings(cases: Sequence[Aligned], roster: Roster, lexicon: JapaneseLexicon) -> list[list[Suspicion]]:
    """Suspect spellings of a programme that are one character off; returns what is suspected of each telop."""
    found: list[list[Suspicion]] = [[] for _ in cases]
    done: set[tuple[int, int]] = set()
    said = "".join(word.surface for word in cases[0].spoken.words) if cases else ""
    known = said + "　".join(name.text for name in roster.names)
    for size in SIZES:
        for (at, _), places in _by_pattern(cases, size).items():
            for wrong, right in _rivals(places, at, known, cases, lexicon):
                place = places[wrong][0]
                if (place.case, place.start + at) not in done:
                    done.add((place.case, place.start + at))
                    found[place.case].append(_suspicion(cases[place.case], place, right, sure=right in known))
    return found


def _by_pattern(cases: Sequence[Aligned], size: int) -> dict[tuple[int, str], dict[str, list[_Place]]]:
    """Texts that are the same but for one character, and where they stand; what is shown again counts once."""
    patterns: dict[tuple[int, str], dict[str, list[_Place]]] = defaultdict(lambda: defaultdict(list))
    seen: set[str] = set()
    for number, case in enumerate(cases):
        text = case.text.folded.text
        if text in seen:
            continue
        seen.add(text)
        for start in range(len(text) - size + 1):
            part = text[start : start + size]
            if all(is_kanji(each) or is_kana(each) for each in part) and any(map(is_kanji, part)):
                for at in range(size):
                    patterns[at, part[:at] + _ANY + part[at + 1 :]][part].append(_Place(number, start, part))
    return {key: places for key, places in patterns.items() if len(places) > 1}


def _rivals(
    spellings: Mapping[str, Sequence[_Place]], at: int, known: str, cases: Sequence[Aligned], lexicon: JapaneseLexicon
) -> Iterator[tuple[str, str]]:
    """Spellings that are wrong, each with the right one; `known` are the names and words that are right."""
    for wrong, right in permutations(spellings, 2):
        if not _alike(wrong[at], right[at], lexicon) or wrong in known:
            continue
        both = spellings[wrong], spellings[right]
        if not all(any(_is_name(cases[place.case], place, at, lexicon) for place in places) for places in both):
            continue
        times, others = map(len, both)
        likelier = times == others and _prefers(both[1][0], both[0][0], cases, lexicon)
        usual = [_is_usual_name(cases[places[0].case], places[0], at, lexicon) for places in both]
        if right in known or (others > times and not all(usual)) or (likelier and not usual[0]):
            yield wrong, right


def _is_usual_name(case: Aligned, place: _Place, at: int, lexicon: JapaneseLexicon) -> bool:
    """Whether the character belongs to a usual name of people: of two such names either may be right."""
    word = next(word for word in case.text.words if word.start <= place.start + at < word.end)
    return lexicon.zipf(word.surface) >= USUAL and word.detail.startswith("固有名詞・人名") and len(word.surface) > 1


def _prefers(right: _Place, wrong: _Place, cases: Sequence[Aligned], lexicon: JapaneseLexicon) -> bool:
    """Whether the lexicon finds one likelier in both captions."""
    pairs = ((wrong, right, 1), (right, wrong, -1))
    gains = [
        gain(cases[own.case], own.start, own.start + len(own.text), other.text, lexicon) * sign
        for own, other, sign in pairs
    ]
    return sum(gains) >= LIKELIER


def _alike(one: str, two: str, lexicon: JapaneseLexicon) -> bool:
    if common(one) == common(two):
        return is_kana(one)
    return is_kanji(one) and is_kanji(two) and lexicon.alike(one, two)


def _is_name(case: Aligned, place: _Place, at: int, lexicon: JapaneseLexicon) -> bool:
    """Whether the character belongs to a name, or to what the lexicon does not know or nobody uses."""
    where = place.start + at
    inside = [word for word in case.text.words if word.start < place.start + len(place.text) and place.start < word.end]
    if any(word.is_known and word.word_class not in _SIDES for word in inside):
        return False
    word = next(word for word in inside if word.start <= where < word.end)
    return word.detail.startswith("固有名詞") or not word.is_known or lexicon.zipf(word.surface) == 0


def _suspicion(case: Aligned, place: _Place, right: str, *, sure: bool) -> Suspicion:
    reasons = (f"「{right}」 is written in other captions" + (", and was said or is the roster's." if sure else "."),)
    start, end = case.text.raw_span(place.start, place.start + len(place.text))
    return Suspicion(Kind.INCONSISTENT, start, end, right, 0.8 if sure else 0.6, reasons, ISSUE if sure else FYI)
