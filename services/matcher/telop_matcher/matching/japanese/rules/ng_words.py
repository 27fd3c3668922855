"""Forbidden words in Japanese: in Kana they must be whole words (ばか is not in そればかり), in Kanji they may stand
anywhere; exceptions hold as everywhere.
"""

from collections.abc import Iterator, Sequence

from telop_matcher.matching.japanese.text import Text, is_kana
from telop_matcher.matching.rules.ng_words import find_ng_words
from telop_matcher.matching.values import NgRule, Suspicion


def find_japanese_ng_words(text: Text, rules: Sequence[NgRule]) -> Iterator[Suspicion]:
    """Suspect forbidden words on screen."""
    starts, ends = text.starts(), {word.end for word in text.words}
    for suspicion in find_ng_words(text.raw, rules):
        wrong = text.raw[suspicion.start : suspicion.end]
        if not all(map(is_kana, wrong)):
            yield suspicion
            continue
        inside = [at for at, raw in enumerate(text.folded.origin[:-1]) if suspicion.start <= raw < suspicion.end]
        if inside and inside[0] in starts and inside[-1] + 1 in ends:
            yield suspicion
