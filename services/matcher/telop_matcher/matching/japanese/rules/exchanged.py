"""A caption that is word for word but for one word: one Kanji of it is another one that looks or sounds alike (塊 for
魂), it sounds nearly as what was said (事項 for 事故), or it has a Kana or an ending that nobody said.

Only a transcript whose spelling is to be trusted may accuse here (see `trust`), but for Kanji that look alike and sound
otherwise: no recogniser takes 塊 for 魂. Words that stand for one another, other
okurigana that the lexicon knows, and condensed captions are left alone; what is a matter of style is only worth a look.
"""

from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.repairing import gain, is_spoken_form
from telop_matcher.matching.japanese.rules.wrong_words import is_sentence, is_variant
from telop_matcher.matching.japanese.text import is_kana, is_kanji, sound
from telop_matcher.matching.values import FYI, ISSUE, Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

EXTRA: Final = 3_000
"""Least gain in the lexicon's costs without a Kana that nobody said."""
ENDING: Final = 6_000
"""And with the okurigana that were transcribed."""
LONG_SOUND: Final = 3
FAR: Final = 2
STYLE: Final = 0.6
"""Confidence in what may be a matter of style, which is only worth a look."""
_TAGS: Final = frozenset("ねよなさわぞぜかもはの")
"""What captions add to what was said, or what speech leaves out."""
_CASES: Final = frozenset("をがにで")
_HONOURS: Final = frozenset(
    ("さん", "氏", "様", "さま", "選手", "監督", "市長", "知事", "議員", "教授", "容疑者", "被告")
)


def find_exchanged(case: Aligned, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect words of a literal caption that a slip made of what was said."""
    if case.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for difference in case.differences:
        if not difference.anchored or any(each.number for each in (*difference.units, *difference.heard_units)):
            continue
        if difference.written and difference.heard and (trusted or _sounds_other(difference)):
            yield from _other(case, difference, lexicon, trusted=trusted)
        if trusted and case.relation is Relation.VERBATIM:
            yield from _more_or_less(case, difference, lexicon)


def _other(case: Aligned, difference: Difference, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    written, heard = "".join(word.surface for word in difference.written), difference.heard_text
    elsewhere = written in case.heard_text.replace(heard, "")
    if elsewhere or _has_name(difference):
        return
    reason = f"「{heard}」 was said where 「{written}」 is written, between the same words"
    variant = is_variant(written, heard, lexicon)
    if not variant and _differ_in_alike_kanji(written, heard, lexicon):
        yield _suspicion(
            _span(case, difference), Kind.WRONG_WORD, heard, 0.9, f"{reason}; one Kanji is like the other."
        )
    elif trusted and not variant and _sound_nearly_alike(difference, written, heard):
        yield _suspicion(
            _span(case, difference), Kind.WRONG_WORD, heard, 0.85, f"{reason}; the two sound nearly alike."
        )
    elif trusted and case.relation is Relation.VERBATIM:
        yield from _particle(case, difference, written, heard)
        if _has_odd_ending(case, difference, written, heard, lexicon):
            yield _suspicion(_span(case, difference), Kind.SPELLING, heard, 0.85, f"{reason}; the ending is odd.")


def _sounds_other(difference: Difference) -> bool:
    """Whether the two sound so differently that no recogniser takes one for the other, however alike they look."""
    return OSA.distance(sound(difference.written), sound(difference.heard)) >= FAR


def _has_name(difference: Difference) -> bool:
    return any(word.detail.startswith("固有名詞") for word in difference.heard)


def _differ_in_alike_kanji(written: str, heard: str, lexicon: JapaneseLexicon) -> bool:
    one, two = common(written), common(heard)
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a != b]
    if len(one) != len(two) or len(pairs) != 1 or not all(map(is_kanji, pairs[0])):
        return False
    return lexicon.alike(*pairs[0])


def _sound_nearly_alike(difference: Difference, written: str, heard: str) -> bool:
    """Two words of Kanji of which one has a long vowel that the other lacks, or that share no Kanji and differ in one
    sound: 予想 and 予測, which share one, mean the same.
    """
    if not all(map(is_kanji, written + heard)) or len(difference.written) != 1 or len(difference.heard) != 1:
        return False
    one, two = sound(difference.written), sound(difference.heard)
    if min(len(one), len(two)) < LONG_SOUND or OSA.distance(one, two) > 1:
        return False
    lengthened = len(one) != len(two) and len(written) == len(heard) and not set("ャュョ") & (set(one) ^ set(two))
    return lengthened or not set(written) & set(heard)


def _particle(case: Aligned, difference: Difference, written: str, heard: str) -> Iterator[Suspicion]:
    """Another case in a sentence that is the same in all else: 現金が奪って for 現金を奪って."""
    if {written, heard} <= _CASES and is_sentence(case.text.words) and _is_all(case, difference):
        reason = f"「{heard}」 was said where 「{written}」 is written; all else is written as it was said."
        yield _suspicion(_span(case, difference), Kind.SPELLING, heard, STYLE, reason)


def _has_odd_ending(case: Aligned, difference: Difference, written: str, heard: str, lexicon: JapaneseLexicon) -> bool:
    """Whether the same Kanji have other Kana, which the lexicon takes for no word: 取り組の成果 for 取り組みの成果."""
    one, two = ("".join(filter(is_kanji, common(each))) for each in (written, heard))
    if not one or one != two or lexicon.knows(written) or is_spoken_form(written, heard):
        return False
    ends = difference.end >= len(case.text.folded.text.rstrip())
    return not ends and gain(case, difference.start, difference.end, heard, lexicon) >= ENDING


def _more_or_less(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    written, heard = "".join(word.surface for word in difference.written), difference.heard_text
    if not heard and written and len(written) <= 2 and all(map(is_kana, written)) and _stands_within(case, difference):
        before = case.text.folded.text[: difference.start][-1:]
        single = written in _TAGS or (difference.written[0].is_particle and before not in _CASES)
        if not single and gain(case, difference.start, difference.end, "", lexicon) >= EXTRA:
            reason = f"Nobody said 「{written}」; without it all is written as it was said."
            yield _suspicion(_span(case, difference), Kind.SPELLING, "", 0.85, reason)
    elif not written and heard in _HONOURS and is_sentence(case.text.words) and _is_all(case, difference):
        reason = f"「{heard}」 was said after the name; all else is written as it was said."
        yield _suspicion(_span(case, difference), Kind.MISSING, heard, STYLE, reason)


def _stands_within(case: Aligned, difference: Difference) -> bool:
    return difference.start > 0 and difference.end < len(case.text.folded.text.rstrip())


def _is_all(case: Aligned, difference: Difference) -> bool:
    """Whether the caption differs from the speech nowhere else."""
    return all(each is difference or not (each.units or each.heard_units) for each in case.differences)


def _span(case: Aligned, difference: Difference) -> tuple[int, int]:
    return case.text.raw_span(difference.start, difference.end)


def _suspicion(span: tuple[int, int], kind: Kind, right: str, confidence: float, reason: str) -> Suspicion:
    return Suspicion(kind, *span, right, confidence, (reason,), FYI if confidence <= STYLE else ISSUE)
