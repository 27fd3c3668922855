"""What a script that has other Japanese words than a telop may say: little, since captions word most sentences anew.

The script is laid on a telop letter by letter, so a paraphrase looks like many small differences (particles, endings,
half of a word). Only one difference in a telop that is else the same counts, between whole words of Kanji or Katakana
that are alike, or between whole numbers of the same unit.
"""

from typing import Final

from rapidfuzz.distance import OSA, Indel

from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.numerals import Number
from telop_matcher.matching.japanese.text import Text, cut, is_kanji, sound
from telop_matcher.matching.script import Instead, Passage
from telop_matcher.matching.writing import fold

SHORTEST: Final = 2
COVERED: Final = 0.7
"""Share of a telop's letters that its passage must have."""


def scripted(text: str, instead: Instead, passage: Passage, lexicon: JapaneseLexicon) -> Instead | None:
    """What the script has instead of the whole word or number; None if it is another wording."""
    written = cut(text, lexicon)
    for number in written.numbers:
        if _touches(span := written.raw_span(number.start, number.end), instead):
            other = _other_number(written, number, cut(passage.text, lexicon))
            return Instead(*span, other, 0.0, is_number=True) if other else None
    spans = [written.raw_span(word.start, word.end) for word in written.words]
    touched = [span for span in spans if _touches(span, instead)]
    start, end = min(span[0] for span in touched), max(span[1] for span in touched)
    one, two = text[start:end], text[start : instead.start] + instead.scripted + text[instead.end : end]
    if len(passage.instead) > 1 or passage.covered < COVERED * len(text) or not _is_slip(one, two, lexicon):
        return None
    return Instead(start, end, two, Indel.normalized_similarity(one, two))


def _other_number(written: Text, number: Number, passage: Text) -> str | None:
    """The one number of the same unit that the passage has and the telop has not."""
    alike = [each for each in passage.numbers if each.unit == number.unit]
    rest = [each for each in alike if not any(map(each.agrees, written.numbers))]
    if len(rest) != 1 or any(map(number.agrees, alike)) or not rest[0].opposes(number):
        return None
    return passage.raw[slice(*passage.raw_span(rest[0].start, rest[0].end))]


def _is_slip(one: str, two: str, lexicon: JapaneseLexicon) -> bool:
    """Whether two words without Hiragana, of which particles and endings are made, sound the same or nearly look it."""
    one, two = fold(one).text, fold(two).text
    if len(one) < SHORTEST or not all(is_kanji(each) or "ァ" <= each <= "ヺ" or each == "ー" for each in one + two):
        return False
    return sound(lexicon.cut(one)) == sound(lexicon.cut(two)) or OSA.distance(one, two) == 1


def _touches(span: tuple[int, int], instead: Instead) -> bool:
    return span[0] < instead.end and instead.start < span[1]
