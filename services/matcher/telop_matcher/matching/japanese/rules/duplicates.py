"""A doubled particle (をを), a doubled word, or a doubled phrase (会議で会議で), also across a line break.

A particle is doubled only by mistake. Other words are doubled on purpose as well (すごいすごい, はい、はい), so they
need speech that says them once. Nothing is suspected of words that the lexicon has as they are (ますます), of three and
more in a row (ははは), where punctuation stands between, or where the speaker doubled it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.text import is_kanji
from telop_matcher.matching.values import FYI, Kind, Relation, Suspicion
from telop_matcher.matching.writing import fold

LONGEST: Final = 6
"""Words of a phrase that may be doubled."""
PIECES: Final = (3, 2, 1)
BESIDE: Final = 2
"""Characters of a stutter, and on each side of it, that the speech must have; one before a Kanji at the end."""
_SINGLE: Final = frozenset("をがはのにでへともや")
_NOUNS_OF_PARTICLES: Final = ("のの字", "のの様", "はは", "もも", "とと", "やや", "へへ", "がが")


def find_redundant(case: Aligned, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Suspect what says the same twice (頭痛が痛い), unless it was said so: a matter of style, worth a look."""
    for twice, once in lexicon.confusions.redundant.items():
        at = case.text.folded.text.find(twice)
        if at >= 0 and twice not in case.heard_text:
            reason = f"「{twice}」 says the same twice; 「{once}」 would do."
            span = case.text.raw_span(at, at + len(twice))
            yield Suspicion(Kind.DUPLICATE, *span, once, 0.6, (reason,), FYI)


def find_duplicates(case: Aligned) -> Iterator[Suspicion]:
    """Suspect what stands twice in a row."""
    words = [word for word in case.text.words if word.word_class != "空白"]
    at = 0
    while at < len(words):
        size = next((size for size in range(LONGEST, 0, -1) if _is_doubled(words, at, size)), 0)
        if size and _is_suspect(case, words, at, size):
            start, _ = case.text.raw_span(words[at].start, words[at + size - 1].end)
            _, end = case.text.raw_span(words[at + size].start, words[at + 2 * size - 1].end)
            yield _suspicion(case, start, end, "".join(word.surface for word in words[at : at + size]))
        at += max(1, 2 * size)
    if case.relation in (Relation.VERBATIM, Relation.CONDENSED):
        yield from _stutters(case)


def _stutters(case: Aligned) -> Iterator[Suspicion]:
    """Characters that stand twice within a word, where speech has them once between the same ones: スペシャシャル."""
    text, heard = "".join(filter(str.isalnum, case.text.folded.text)), fold(_heard(case)).text
    places = [at for at, each in enumerate(case.text.folded.text) if each.isalnum()]
    for at, size in ((at, size) for at in range(len(text)) for size in PIECES):
        piece, rest = text[at : at + size], text[at + 2 * size :]
        if len(piece) < size or piece != text[at + size : at + 2 * size] or any(map(str.isdecimal, piece)):
            continue
        before, after = text[max(0, at - BESIDE) : at], rest[:BESIDE]
        if before + piece + after not in heard or before + piece * 2 + after in heard:
            continue
        if len(before + after) < BESIDE and not (before and is_kanji(piece) and heard.count(piece) == 1):
            continue
        start, end = case.text.raw_span(places[at], places[at + 2 * size - 1] + 1)
        yield _suspicion(case, start, end, piece)
        return


def _is_doubled(words: Sequence[Morpheme], at: int, size: int) -> bool:
    first, second = words[at : at + size], words[at + size : at + 2 * size]
    return len(second) == size and [each.surface for each in first] == [each.surface for each in second]


def _is_suspect(case: Aligned, words: Sequence[Morpheme], at: int, size: int) -> bool:
    doubled = words[at : at + size]
    text = "".join(word.surface for word in doubled)
    if not all(character.isalpha() for character in text) or _is_doubled(words, at + size, size):
        return False
    if at and words[at - 1].surface == text:
        return False
    if text * 2 in _heard(case) or any(each.number for each in case.text.units if _inside(each.start, words, at)):
        return False
    if size == 1 and doubled[0].word_class in ("助詞", "助動詞") and text in _SINGLE:
        return _is_slip(case, words, at, text)
    return _was_said_once(case, text) or (size > 1 and doubled[-1].is_particle and doubled[0].word_class == "名詞")


def _inside(place: int, words: Sequence[Morpheme], at: int) -> bool:
    return words[at].start <= place < words[at].end


def _is_slip(case: Aligned, words: Sequence[Morpheme], at: int, particle: str) -> bool:
    """Whether two particles in a row are no word of their own: 東京のの天気, but not のの字 or すももも."""
    around = case.text.folded.text[max(0, words[at].start - 2) : words[at].end + 3]
    if at == 0 or any(each in around for each in _NOUNS_OF_PARTICLES if each != particle * 2):
        return False
    if words[at - 1].word_class in ("感動詞", "助動詞") and particle not in "をのに":
        return False
    return words[at + 2 : at + 3] == [] or not words[at + 2].surface.startswith(("字", particle))


def _heard(case: Aligned) -> str:
    """What was heard, without marks: who doubles a word on purpose may be transcribed with a comma between."""
    return "".join(filter(str.isalnum, case.heard_text))


def _was_said_once(case: Aligned, text: str) -> bool:
    spoken = case.relation in (Relation.VERBATIM, Relation.CONDENSED)
    return spoken and len(text) > 1 and text in _heard(case) and text * 2 not in _heard(case)


def _suspicion(case: Aligned, start: int, end: int, right: str) -> Suspicion:
    reasons = [f"「{right}」 stands twice in a row."]
    if right in _heard(case):
        reasons.append("It was said once.")
    return Suspicion(Kind.DUPLICATE, start, end, right, 0.96, tuple(reasons))
