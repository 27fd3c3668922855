"""Kanji that are no word, where exchanging one for a Kanji that sounds or looks like it gives a frequent one: 記緑 for
記録, 収録 for 収緑.

This needs no speech. The lexicon must find the text far likelier with the other Kanji, which is what tells a slip from
two words side by side (日本人基地 is not 人気). Names, and what was said just so, are left alone.
"""

from collections.abc import Iterator, Set
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.repairing import gain
from telop_matcher.matching.japanese.text import is_kanji, sound
from telop_matcher.matching.values import FYI, ISSUE, Kind, Suspicion

SIZES: Final = (2, 3, 4)
LIKELY: Final = 7_000
SURE: Final = 12_000
"""Gains in the lexicon's costs from which it is worth a look, and from which it is surely a slip: of 14,700 sentences
of program messages, which are full of coinages, one in 800 gains the first and none the second.
"""
COMMON: Final = 4.0
SELDOM: Final = 2.0
"""Zipf frequencies of a word that is meant, and of a listed one that hardly is (衝撃, 衝激)."""
_TITLES: Final = ("さん", "氏", "選手", "監督", "容疑者", "議員", "様", "君", "くん", "ちゃん", "投手", "被告")
_Found = tuple[int, int, int, str]


def find_odd_kanji(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Suspect Kanji that are one Kanji away from a frequent word."""
    text, done = case.text.folded.text, [False] * len(case.text.folded.text)
    found = sorted(_found(case, names, lexicon), key=lambda each: (each[0], each[2] - each[1], each[3]))
    for gained, start, end, other in reversed(found):
        if any(done[start:end]):
            continue
        done[start:end] = [True] * (end - start)
        reason = f"「{text[start:end]}」 is no usual word; 「{other}」, one Kanji away, is, and fits better."
        sure = gained >= SURE
        severity, confidence = (ISSUE, 0.88) if sure else (FYI, 0.6)
        yield Suspicion(Kind.SPELLING, *case.text.raw_span(start, end), other, confidence, (reason,), severity)


def _found(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[_Found]:
    """What may have been meant, where, with what the lexicon gains."""
    text = case.text.folded.text
    said = "".join(word.surface for word in case.spoken_words) if case.spoken.units else ""
    starts = case.text.starts() | {len(text)}
    for start in starts:
        for end in (start + size for size in SIZES if start + size in starts):
            written = text[start:end]
            if not all(map(is_kanji, written)) or written in said or any(written in name for name in names):
                continue
            if not (_is_name(case, start, end) or _is_counted(case, start, end) or _is_cure(case, written, lexicon)):
                for other in lexicon.similar(written):
                    gained = _gained(case, start, end, other, lexicon)
                    if gained >= LIKELY:
                        yield gained, start, end, other


def _gained(case: Aligned, start: int, end: int, other: str, lexicon: JapaneseLexicon) -> int:
    written = case.text.folded.text[start:end]
    if not lexicon.knows(written):
        return gain(case, start, end, other, lexicon)
    rarer = lexicon.zipf(other) >= COMMON and lexicon.zipf(written) < SELDOM
    return LIKELY if rarer and sound(lexicon.cut(written)) == sound(lexicon.cut(other)) else 0


def _is_cure(case: Aligned, written: str, lexicon: JapaneseLexicon) -> bool:
    """Whether it is a part of what is listed as right: 霧中 of 五里霧中."""
    rights = lexicon.confusions.misspelt.values()
    return any(written in right and right in case.text.folded.text for right in rights)


def _is_counted(case: Aligned, start: int, end: int) -> bool:
    """Whether it counts something: 3個分, 一周."""
    before = case.text.folded.text[:start].rstrip()
    first = next(word for word in case.text.words if word.start == start)
    numeral = any(word.is_numeral for word in case.text.words if start <= word.start < end)
    figure = before[-1:].isascii() and before[-1:].isalnum()
    return (first.is_numeral and end - start < SIZES[-1]) or figure or (numeral and end - start == SIZES[0])


def _is_name(case: Aligned, start: int, end: int) -> bool:
    """Whether it is a part of a name: a family name and a given one, a place, or followed by a title."""
    text = case.text.folded.text
    if text.startswith(_TITLES, end):
        return True
    touched = [word for word in case.text.words if word.start < end and start < word.end]
    return any(word.detail.startswith("固有名詞") and len(word.surface) > 1 for word in touched)
