"""One character of a word typed twice, which the surface tells without any speech: 注意報報, 監監督, リスクク.

Where two words meet, the last and the first character may be the same (大会会場, 委員会会長): then both belong to a
word. So one of the two must be a word of its own that stands where none can, or the lexicon must know the word only
without it; and the text must be likelier without it. What was said twice is left alone.
"""

from collections.abc import Iterator
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.repairing import gain
from telop_matcher.matching.japanese.text import is_kanji
from telop_matcher.matching.values import FYI, ISSUE, Kind, Suspicion
from telop_matcher.matching.writing import fold

LIKELY: Final = 2_500
SURE: Final = 4_000
"""Gains in the lexicon's costs without the second one, from which it is worth a look, and more."""
ATTACHED: Final = 12_000
"""And where the first of the two may end the word before: 猟友会会長 gains 6,000."""
_PARTS: Final = frozenset("内長員外側前中上下主率数")
"""What makes a word of a single Kanji before it, though the lexicon cuts it off: 会場|場|内."""
_SIDES: Final = ("名詞", "接頭辞", "接尾辞", "形状詞")


def find_doubled(case: Aligned, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Suspect characters that stand twice in a row."""
    text, heard = case.text.folded.text, fold("".join(word.surface for word in case.spoken_words)).text
    for at in range(len(text) - 1):
        one = text[at]
        if text[at + 1] != one or not (is_kanji(one) or "ァ" <= one <= "ヴ") or one in "々〆":
            continue
        if (
            f"{one}の{one}" in heard
            or one in (text[at - 1 : at], text[at + 2 : at + 3])
            or text[max(0, at - 1) : at + 2] in heard
        ):
            continue
        least = _least(case, at, lexicon)
        gained = gain(case, at, at + 2, one, lexicon)
        if least and gained >= least:
            sure = gained >= max(SURE, least)
            reasons = (f"「{one}」 stands twice in a row.", "The lexicon knows the word with one.")
            span = case.text.raw_span(at, at + 2)
            yield Suspicion(Kind.DUPLICATE, *span, one, 0.9 if sure else 0.6, reasons, ISSUE if sure else FYI)


def _least(case: Aligned, at: int, lexicon: JapaneseLexicon) -> int:
    """The gain from which the second character is a slip; 0 where both belong to words."""
    words = case.text.words
    first = next(number for number, word in enumerate(words) if word.start <= at < word.end)
    second = next(number for number, word in enumerate(words) if word.start <= at + 1 < word.end)
    if first == second:
        listed = words[first].is_known and lexicon.zipf(words[first].surface) > 0
        return 0 if listed else SURE
    if words[first].is_numeral or words[second].is_numeral:
        return 0
    if _is_single(words[second]):
        after = words[second + 1] if second + 1 < len(words) else None
        suffix = after and after.surface in _PARTS and after.start == words[second].end
        return 0 if suffix else LIKELY
    if _is_single(words[first]):
        before = words[first - 1] if first else None
        attached = before and before.word_class in _SIDES and before.end == words[first].start
        return ATTACHED if attached else SURE
    return 0


def _is_single(word: Morpheme) -> bool:
    return len(word.surface) == 1
