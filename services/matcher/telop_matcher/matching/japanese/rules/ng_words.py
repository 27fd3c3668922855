"""Forbidden words in Japanese: in Kana they must end where words or Kana end (ばか is not in そればかり), in Kanji they
may stand anywhere; exceptions hold as everywhere.
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
        if not inside:
            continue
        before, after = text.folded.text[: inside[0]][-1:], text.folded.text[inside[-1] + 1 :][:1]
        begins = inside[0] in starts or not is_kana(before)
        if begins and (inside[-1] + 1 in ends or not is_kana(after)):
            yield suspicion
