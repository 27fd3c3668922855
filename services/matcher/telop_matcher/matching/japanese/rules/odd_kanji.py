"""Kanji that are no word, where exchanging one for a Kanji that sounds or looks like it gives a frequent one: 記緑 for
記録, 収録 for 収緑.

This needs no speech: the lexicon must find the text far likelier with the other Kanji, which is what tells a slip from
two words side by side (日本人基地 is not 人気). Where the other word was said around, and what is written was not, less
is enough. Names, figures, and what was said just so are left alone.
"""

from collections.abc import Iterator, Set
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.repairing import AROUND, gain
from telop_matcher.matching.japanese.text import is_kanji, sound
from telop_matcher.matching.values import FYI, ISSUE, Kind, Suspicion

SIZES: Final = (2, 3, 4)
LIKELY: Final = 5_000
SURE: Final = 10_000
"""Gains in the lexicon's costs from which it is worth a look, and from which it is surely a slip: of 1,900 captions
that are right, one that is no name gains the first; of 4,900 program messages, full of coinages, one in 300.
"""
SAID: Final = 1_000
"""And where a transcript that is to be trusted has the other word."""
COMMON: Final = 4.0
SELDOM: Final = 2.0
"""Zipf frequencies of a word that is meant, and of a listed one that hardly is (衝撃, 衝激)."""
_TITLES: Final = (
    "さん",
    "氏",
    "選手",
    "監督",
    "容疑者",
    "議員",
    "様",
    "君",
    "くん",
    "ちゃん",
    "投手",
    "被告",
    "幹事長",
)
_OF_PLACES: Final = (
    "県",
    "市",
    "町",
    "村",
    "区",
    "駅",
    "府",
    "地方",
    "管区",
    "空港",
    "山地",
    "半島",
    "新幹線",
    "湾",
    "港",
    "城",
)
_COUNTING: Final = frozenset("一二三四五六七八九十百千万億兆数何幾第")
_Found = tuple[int, int, int, str]


def find_odd_kanji(
    case: Aligned, names: Set[str], lexicon: JapaneseLexicon, *, trusted: bool = False
) -> Iterator[Suspicion]:
    """Suspect Kanji that are one Kanji away from a frequent word."""
    text, done = case.text.folded.text, [False] * len(case.text.folded.text)
    found = sorted(
        _found(case, names, lexicon, trusted=trusted), key=lambda each: (each[0], each[2] - each[1], each[3])
    )
    for gained, start, end, other in reversed(found):
        if any(done[start:end]):
            continue
        done[start:end] = [True] * (end - start)
        reason = f"「{text[start:end]}」 is no usual word; 「{other}」, one Kanji away, is, and fits better."
        severity, confidence = (ISSUE, 0.88) if gained >= SURE else (FYI, 0.6)
        yield Suspicion(Kind.SPELLING, *case.text.raw_span(start, end), other, confidence, (reason,), severity)


def _found(case: Aligned, names: Set[str], lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[_Found]:
    """What may have been meant, where, with what the lexicon gains."""
    text = case.text.folded.text
    said = "".join(word.surface for word in case.spoken_words) if case.spoken.units else ""
    for start in range(len(text)):
        for size in SIZES:
            written = text[start : start + size]
            if len(written) < size or not all(map(is_kanji, written)) or len(set(written)) == 1:
                break
            end = start + size
            if written in said or any(written in name for name in names) or _is_cure(case, written, lexicon):
                continue
            if _COUNTING & set(text[max(0, start - 1) : end]) or text[:start].rstrip()[-1:].isdigit():
                continue
            if _tears(case, start, end, lexicon):
                continue
            for other in lexicon.similar(written):
                if _is_name(case, start, end) and not _is_place(case, start, end, other, lexicon):
                    continue
                heard = trusted and other in said and other not in text
                gained = _gained(case, start, end, other, lexicon)
                if gained >= (SAID if heard else LIKELY) and _is_cut(case, start, end, other, lexicon):
                    yield gained + SURE * heard, start, end, other


def _gained(case: Aligned, start: int, end: int, other: str, lexicon: JapaneseLexicon) -> int:
    written = case.text.folded.text[start:end]
    if not lexicon.knows(written):
        return gain(case, start, end, other, lexicon)
    rarer = lexicon.zipf(other) >= COMMON and lexicon.zipf(written) < SELDOM
    same = rarer and sound(lexicon.cut(written)) == sound(lexicon.cut(other))
    unseen = lexicon.zipf(written) == 0 and lexicon.zipf(other) >= SELDOM
    return LIKELY if same else gain(case, start, end, other, lexicon) if unseen else 0


def _tears(case: Aligned, start: int, end: int, lexicon: JapaneseLexicon) -> bool:
    """Whether the span ends within a word that is in use: 大値 of 最大値, 新記 of 新記録."""
    text = case.text.folded.text
    if any(lexicon.zipf(text[at - 1 : at + 1]) >= COMMON for at in (start, end) if 0 < at < len(text)):
        return True
    crossed = [
        word
        for word in case.text.words
        if word.start < end and start < word.end and not start <= word.start < word.end <= end
    ]
    return any(word.is_known and lexicon.zipf(word.surface) >= SELDOM for word in crossed)


def _is_cut(case: Aligned, start: int, end: int, other: str, lexicon: JapaneseLexicon) -> bool:
    """Whether the lexicon would cut the other word out of the text, or a longer one that has it."""
    text = case.text.folded.text
    first = max(0, start - AROUND)
    words = lexicon.cut(text[first:start] + other + text[end : end + AROUND])
    return any(word.start <= start - first and end - first <= word.end for word in words)


def _is_cure(case: Aligned, written: str, lexicon: JapaneseLexicon) -> bool:
    """Whether it is a part of what is listed as right: 霧中 of 五里霧中."""
    rights = lexicon.confusions.misspelt.values()
    return any(written in right and right in case.text.folded.text for right in rights)


def _is_name(case: Aligned, start: int, end: int) -> bool:
    """Whether it is a part of a name: a family name and a given one, a place, or followed by a title."""
    text = case.text.folded.text
    if text[end:].lstrip().startswith(_TITLES) or text[:start].endswith(("県立", "市立")):
        return True
    touched = [word for word in case.text.words if word.start < end and start < word.end]
    return any(word.detail.startswith("固有名詞") and len(word.surface) > 1 for word in touched)


def _is_place(case: Aligned, start: int, end: int, other: str, lexicon: JapaneseLexicon) -> bool:
    """Whether the other word is a place, which what is written is not, and what follows or comes before says so:
    新渇県, 群馬県高埼.
    """
    text = case.text.folded.text
    beside = text.startswith(_OF_PLACES, end) or text[:start].rstrip().endswith(_OF_PLACES)
    place = lexicon.cut(other)[0].detail.startswith("固有名詞・地名")
    return beside and place and lexicon.zipf(text[start:end]) < SELDOM < lexicon.zipf(other)
