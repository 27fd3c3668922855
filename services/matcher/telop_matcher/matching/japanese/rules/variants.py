"""One term, one spelling in a programme (表記ゆれ): サーバ beside サーバー, ウィルス beside ウイルス, 問い合せ beside
問い合わせ, 子供 beside 子ども.

Either is right by itself, so this is never more than worth a look, and it is said of the spelling that stands in fewer
captions. A caption that is shown again counts once; where two spellings stand equally often, nothing is said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.text import common_katakana, is_kana, is_kanji
from telop_matcher.matching.values import FYI, Kind, Suspicion
from telop_matcher.matching.writing import common

USUAL: Final = 2
"""Captions in which the usual spelling stands, at least."""
SHORTEST: Final = 3
"""Kana of a Katakana word without what is a matter of style."""
_KATAKANA: Final = re.compile("[ァ-ヴー]{3,}")
_LARGE: Final = str.maketrans("ィェァォゥ", "イエアオウ")
_CLASSES: Final = ("名詞", "動詞", "形容詞", "形状詞", "副詞")
_Places = dict[str, list[tuple[int, int, int]]]


def find_variants(cases: Sequence[Aligned], lexicon: JapaneseLexicon) -> list[list[Suspicion]]:
    """Suspect the rarer spellings of a programme; returns what is suspected of each telop."""
    spellings: dict[str, _Places] = defaultdict(lambda: defaultdict(list))
    for position, case in enumerate(cases):
        for key, spelling, start, end in _terms(case, lexicon.confusions.variants):
            spellings[key][spelling].append((position, start, end))
    found: list[list[Suspicion]] = [[] for _ in cases]
    for places in spellings.values():
        counts = {each: len({cases[position].text.raw for position, _, _ in places[each]}) for each in places}
        usual = max(counts, key=lambda each: counts[each])
        for spelling in places:
            if counts[spelling] < counts[usual] >= USUAL:
                for position, start, end in places[spelling]:
                    found[position].append(_suspicion(cases[position], (start, end), usual, counts[usual]))
    return found


def _terms(case: Aligned, variants: Mapping[str, str]) -> Iterator[tuple[str, str, int, int]]:
    """What may be spelt in several ways: a key that all spellings share, the spelling, and its folded span."""
    for match in _KATAKANA.finditer(case.text.folded.text):
        if len(key := _plain(match.group())) >= SHORTEST:
            yield key, match.group(), *match.span()
    for word in case.text.words:
        if word.surface in variants:
            yield variants[word.surface], word.surface, word.start, word.end
        elif word.word_class in _CLASSES and _has_okurigana(word):
            kanji = "".join(filter(is_kanji, common(word.surface)))
            yield f"{kanji} {word.reading} {word.word_class}", word.surface, word.start, word.end


def _plain(katakana: str) -> str:
    """A Katakana word without what is a matter of style: a long vowel at its end, small vowels, ヴ."""
    plain = re.sub("ヴ([ァィェォ])", lambda match: "バビベボ"["ァィェォ".index(match[1])], katakana)
    return plain.translate(_LARGE).rstrip("ー")


def _has_okurigana(word: Morpheme) -> bool:
    """Whether it has Kanji and may have Kana between or after them; names have one spelling each."""
    proper = word.detail.startswith(("固有名詞", "数詞"))
    kanji = sum(map(is_kanji, word.surface))
    sounds = len(word.reading) > len(word.surface) or any(map(is_kana, word.surface))
    return bool(kanji) and sounds and not proper and word.is_known and common_katakana(word.surface) != word.reading


def _suspicion(case: Aligned, span: tuple[int, int], usual: str, times: int) -> Suspicion:
    start, end = case.text.raw_span(*span)
    reasons = (f"「{usual}」 stands in {times} other captions of this programme.",)
    return Suspicion(Kind.INCONSISTENT, start, end, usual, 0.6, reasons, FYI)
