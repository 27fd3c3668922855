"""One name, one spelling, also of names that no lexicon knows: 拓植みどり beside 柘植みどり, とき子 beside トキ子.

Texts of a programme's captions are compared that are the same but for one character, which looks or sounds like the
other. Where one of the two was said, or is the roster's, the other one is wrong; else what stands more often is taken
for right, then what the lexicon finds likelier, and that is only worth a look. Two ordinary words side by side (会見
beside 会話) are no name.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    names = "　".join(name.text for name in roster.names)
    for size in SIZES:
        for at, places in _by_pattern(cases, size).items():
            spellings: dict[str, list[_Place]] = defaultdict(list)
            for place in places:
                spellings[place.text].append(place)
            for wrong, right, sure in _rivals(spellings, at[0], said, names, cases, lexicon):
                for place in spellings[wrong]:
                    if (place.case, place.start + at[0]) not in done:
                        done.add((place.case, place.start + at[0]))
                        found[place.case].append(_suspicion(cases[place.case], place, right, sure=sure))
    return found


def _by_pattern(cases: Sequence[Aligned], size: int) -> dict[tuple[int, str], list[_Place]]:
    """Where texts stand that are the same but for the character at a place."""
    patterns: dict[tuple[int, str], list[_Place]] = defaultdict(list)
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
                    patterns[at, part[:at] + _ANY + part[at + 1 :]].append(_Place(number, start, part))
    return {key: places for key, places in patterns.items() if len({each.text for each in places}) > 1}


def _rivals(
    spellings: dict[str, list[_Place]],
    at: int,
    said: str,
    names: str,
    cases: Sequence[Aligned],
    lexicon: JapaneseLexicon,
) -> Iterator[tuple[str, str, bool]]:
    """Spellings that are wrong, each with the right one, and whether a witness says so."""
    for wrong in spellings:
        for right in spellings:
            if wrong == right or not _alike(wrong[at], right[at], lexicon) or wrong in said or wrong in names:
                continue
            if not all(
                any(_is_name(cases[place.case], place, at) for place in spellings[each]) for each in (wrong, right)
            ):
                continue
            witnessed = right in said or right in names
            counts = len(spellings[right]), len(spellings[wrong])
            if (
                witnessed
                or counts[0] > counts[1]
                or (counts[0] == counts[1] and _is_likelier(right, wrong, spellings, cases, lexicon))
            ):
                yield wrong, right, witnessed
                break


def _is_likelier(
    right: str, wrong: str, spellings: dict[str, list[_Place]], cases: Sequence[Aligned], lexicon: JapaneseLexicon
) -> bool:
    """Whether the lexicon prefers one in the captions of both."""
    gains = (
        gain(cases[place.case], place.start, place.start + len(wrong), other, lexicon) * sign
        for own, other, sign in ((wrong, right, 1), (right, wrong, -1))
        for place in spellings[own][:1]
    )
    return sum(gains) >= LIKELIER


def _alike(one: str, two: str, lexicon: JapaneseLexicon) -> bool:
    if common(one) == common(two):
        return is_kana(one)
    return is_kanji(one) and is_kanji(two) and lexicon.alike(one, two)


def _is_name(case: Aligned, place: _Place, at: int) -> bool:
    """Whether the character belongs to a name, or to what the lexicon does not know."""
    where = place.start + at
    inside = [word for word in case.text.words if word.start < place.start + len(place.text) and place.start < word.end]
    if any(word.is_known and word.word_class not in _SIDES for word in inside):
        return False
    word = next(word for word in inside if word.start <= where < word.end)
    return word.detail.startswith("固有名詞") or not word.is_known


def _suspicion(case: Aligned, place: _Place, right: str, *, sure: bool) -> Suspicion:
    reasons = (f"「{right}」 is written in other captions" + (", and was said or is the roster's." if sure else "."),)
    start, end = case.text.raw_span(place.start, place.start + len(place.text))
    return Suspicion(Kind.INCONSISTENT, start, end, right, 0.8 if sure else 0.6, reasons, ISSUE if sure else FYI)
