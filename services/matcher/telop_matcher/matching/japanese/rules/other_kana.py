"""One Hiragana that was said otherwise, in a caption that is word for word what was said: 食べて来て for 食べに来て.

Both are good Japanese, so no lexicon tells; a transcript that is to be trusted does, where nothing else differs.
Particles of which captions take either, demonstratives, spoken forms, voiced beginnings (くらい, ぐらい), and
what stands at the end of a caption are other wordings.
"""

from collections.abc import Iterator
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.repairing import gain, is_spoken_form
from telop_matcher.matching.values import FYI, ISSUE, Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

LEAST: Final = 8
"""Units of a caption from which it is hardly by chance that all others were said."""
AGAINST: Final = -2_500
"""Gain in the lexicon's costs below which it speaks for what is written: worth a look, no more."""
BESIDE: Final = 3
_EITHER: Final = tuple(
    map(frozenset, ("がはもをの", "にへでと", "をに", "はに", "もに", "はで", "もで", "てで", "よねなわぞさ"))
)
"""Particles of which captions take one for another."""
_POINTING: Final = frozenset("こそあど")
_VOICED: Final = str.maketrans("がぎぐげござじずぜぞだぢづでどばびぶべぼ", "かきくけこさしすせそたちつてとはひふへほ")
_ALIKE: Final = tuple(
    frozenset(pair.split("/")) for pair in ["いい/よい", "いく/ゆく", "なに/なん", "わたし/あたし", "し/て", "た/て"]
)
_UNSAID: Final = ("感動詞", "代名詞", "連体詞")


def find_other_kana(case: Aligned, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect the one Kana by which a caption differs from what was said."""
    differences = [each for each in case.differences if each.units or each.heard_units]
    literal = case.relation is Relation.VERBATIM and len(case.text.units) >= LEAST
    if not trusted or not literal or len(differences) != 1:
        return
    (difference,) = differences
    if _is_inside(case, difference) and _is_another_word(case, difference):
        yield _suspicion(case, difference, lexicon)


def _is_inside(case: Aligned, difference: Difference) -> bool:
    """Whether the caption goes on after it, and both sides were heard just so."""
    first, last = case.text.units[0].start, case.text.units[-1].end
    return difference.anchored and first < difference.touched[0] and difference.touched[1] < last


def _is_another_word(case: Aligned, difference: Difference) -> bool:
    """Whether one Hiragana differs, and not as other wordings do."""
    written, heard = _written(case, difference), difference.heard_text
    if len(written) != len(heard) or difference.sounds_same:
        return False
    pairs = [(one, two) for one, two in zip(common(written), common(heard), strict=True) if one != two]
    if len(pairs) != 1 or not all("ぁ" <= each <= "ん" for each in (*pairs[0], *_replaced(written, heard))):
        return False
    return not _is_other_wording(case, difference, frozenset(pairs[0]))


def _is_other_wording(case: Aligned, difference: Difference, pair: frozenset[str]) -> bool:
    written, heard = _written(case, difference), difference.heard_text
    words = (*difference.written, *difference.heard)
    if pair <= _POINTING or written.translate(_VOICED) == heard.translate(_VOICED):
        return True
    if len(words) == 2 and all(word.is_particle for word in words):
        return any(pair <= each for each in _EITHER)
    if any(word.word_class in _UNSAID for word in words) or frozenset((written, heard)) in _ALIKE:
        return True
    text = case.text.folded.text
    before, after = text[max(0, difference.start - BESIDE) : difference.start], text[difference.end :][:BESIDE]
    return is_spoken_form(before + written + after, before + heard + after)


def _written(case: Aligned, difference: Difference) -> str:
    return case.text.folded.text[difference.start : difference.end]


def _replaced(written: str, heard: str) -> list[str]:
    return [each for one, two in zip(written, heard, strict=True) if common(one) != common(two) for each in (one, two)]


def _suspicion(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> Suspicion:
    written, heard = _written(case, difference), difference.heard_text
    against = gain(case, difference.start, difference.end, heard, lexicon) < AGAINST
    reasons = (f"「{heard}」 was said where 「{written}」 is written; all else is written as it was said.",)
    severity, confidence = (FYI, 0.6) if against else (ISSUE, 0.85)
    span = case.text.raw_span(difference.start, difference.end)
    return Suspicion(Kind.WRONG_WORD, *span, heard, confidence, reasons, severity)
