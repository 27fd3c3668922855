"""What a recogniser makes of a true sentence: other Kanji of the same sound, lost particles, no punctuation, figures as
they come, pieces of words, times off by a second.

Homophones come from Sudachi's readings of wordfreq's most frequent words, not from the matcher's lists.
"""

import random
import re
from collections import defaultdict
from functools import lru_cache
from typing import Final

import wordfreq
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.values import Word

SWAPPED: Final = 0.08
"""Share of Kanji words that are written with other Kanji."""
LOST: Final = 0.06
"""Share of particles that are not heard."""
FREQUENT: Final = 40_000
_PUNCTUATION: Final = re.compile("[。、！？]")
_KANJI: Final = re.compile("[一-鿿]{2,}")


def recognised(
    said: str, spoken: tuple[float, float], not_before_s: float, chance: random.Random, lexicon: SudachiLexicon
) -> list[Word]:
    """The words of a sentence as they were recognised; words never overtake each other."""
    parts = []
    for word in lexicon.cut(_PUNCTUATION.sub("", said)):
        if word.is_particle and len(word.surface) == 1 and chance.random() < LOST:
            continue
        others = homophones().get(word.reading, ()) if _KANJI.fullmatch(word.surface) else ()
        swapped = [other for other in others if other != word.surface]
        parts.append(chance.choice(swapped) if swapped and chance.random() < SWAPPED else word.surface)
    text = "".join(parts)
    start_s, end_s = spoken
    per = (end_s - start_s) / max(1, len(text))
    start_s = max(not_before_s, start_s + chance.uniform(-1.0, 1.0))
    words, at = [], 0
    while at < len(text):
        size = chance.randint(1, 5)
        piece = text[at : at + size]
        begins = start_s + at * per
        words.append(Word(piece, begins, begins + len(piece) * per, round(chance.uniform(0.6, 1.0), 2)))
        at += size
    return words


@lru_cache(maxsize=1)
def homophones() -> dict[str, list[str]]:
    """Frequent Kanji words by their sound."""
    lexicon = SudachiLexicon().load()
    found: dict[str, list[str]] = defaultdict(list)
    for word in wordfreq.top_n_list("ja", FREQUENT):
        if _KANJI.fullmatch(word) and len(cut := lexicon.cut(word)) == 1:
            found[cut[0].reading].append(word)
    return dict(found)
