"""A misspelling in Japanese: what is known to be written wrongly (完壁), a Katakana word one slip from a common one,
or a slip in Kana that the lexicon would much rather see repaired.

A slip that the speech confirms needs less of a gain than one that the lexicon alone suspects. Variants of okurigana,
Kana for Kanji, spoken forms, and words that merely are in no lexicon are left alone.
"""

from collections.abc import Iterator, Set
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.repairing import gain, is_spoken_form, slips
from telop_matcher.matching.japanese.text import is_kanji
from telop_matcher.matching.values import Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

LONGEST: Final = 10
GAIN_HEARD: Final = 2_500
GAIN_RECOGNISED: Final = 7_000
GAIN_PARTICLE: Final = 4_000
GAIN_ALONE: Final = 9_000
ODD: Final = 8_000
"""Cost of three words in a row from which a slip is looked for among them; natural ones stay below."""
KATAKANA: Final = 5
"""Letters from which a Katakana word is compared with others."""
RATIO: Final = 2.0
COMMON: Final = 3.3
_ALPHABET: Final = [chr(code) for code in range(ord("ァ"), ord("ヴ") + 1)] + ["ー"]
_PERSONAL: Final = ("さん", "氏", "選手", "監督", "容疑者", "大統領", "首相", "ちゃん", "くん", "君", "・")
_PARTICLES: Final = frozenset("をがはにのでとへも")


def find_misspellings(
    case: Aligned, names: Set[str], lexicon: JapaneseLexicon, *, trusted: bool
) -> Iterator[Suspicion]:
    """Suspect what is misspelt."""
    yield from _listed(case, names, lexicon)
    heard = [each for each in case.differences if not any(unit.number for unit in (*each.units, *each.heard_units))]
    for difference in heard:
        suspicion = _heard(case, difference, lexicon, trusted=trusted)
        if suspicion:
            yield suspicion
    yield from _katakana(case, names, lexicon)
    if case.relation is not Relation.VERBATIM or not all(case.is_equal):
        yield from _alone(case, names, lexicon)


def _listed(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """What ends within a word is another word: 末定 in 週末定休."""
    text, wrongs = case.text.folded.text, lexicon.confusions.misspelt
    borders = {word.start for word in case.text.words} | {len(text)}
    at = 0
    while at < len(text):
        sizes = range(min(LONGEST, len(text) - at), 1, -1) if at in borders else ()
        length = next((size for size in sizes if at + size in borders and text[at : at + size] in wrongs), 0)
        wrong = text[at : at + length]
        if length and not any(wrong in name for name in names):
            reason = f"「{wrong}」 is a known misspelling of 「{wrongs[wrong]}」."
            yield _suspicion(case, (at, at + length), wrongs[wrong], 0.95, reason)
        at += max(1, length)


def _heard(case: Aligned, difference: Difference, lexicon: JapaneseLexicon, *, trusted: bool) -> Suspicion | None:
    start, end = difference.start, difference.end
    written, heard = case.text.folded.text[start:end], difference.heard_text
    if not difference.anchored or not heard or is_spoken_form(written, heard) or difference.sounds_same:
        return None
    if case.relation not in (Relation.VERBATIM, Relation.CONDENSED) or not _differ_in_kana(written, heard):
        return None
    if _is_particle_only(written, heard):
        return _particle(case, difference, lexicon) if trusted else None
    gained = gain(case, start, end, heard, lexicon)
    if gained < (GAIN_HEARD if trusted else GAIN_RECOGNISED):
        return None
    reasons = (
        f"「{heard}」 was heard where 「{written}」 is written.",
        "The lexicon finds the heard words far likelier.",
    )
    return _suspicion(case, (start, end), heard, 0.95 if trusted else 0.85, *reasons)


def _particle(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> Suspicion | None:
    """A particle was left out: captions do so on purpose, but not of one in a sentence that keeps all others."""
    others = [each for each in case.differences if each is not difference]
    kept = sum(word.is_particle for word in case.text.words)
    if others or kept < 1 or case.relation is not Relation.VERBATIM or not _is_sentence(case.text.words):
        return None
    heard = difference.heard_text
    if gain(case, difference.start, difference.end, heard, lexicon) < GAIN_PARTICLE:
        return None
    reasons = (
        f"「{heard}」 was heard, all else is written as it was said.",
        "The lexicon misses the particle as well.",
    )
    return _suspicion(case, (difference.start, difference.end), heard, 0.8, *reasons)


def _is_particle_only(written: str, heard: str) -> bool:
    return any(heard[:at] + heard[at + 1 :] == written for at, each in enumerate(heard) if each in _PARTICLES)


def _is_sentence(words: tuple[Morpheme, ...]) -> bool:
    spoken = [word for word in words if word.word_class not in ("補助記号", "空白", "記号")]
    return bool(spoken) and spoken[-1].word_class in ("助動詞", "動詞", "形容詞", "助詞")


def _differ_in_kana(written: str, heard: str) -> bool:
    """Whether the two have the same Kanji, and their Kana are a slip or two apart."""
    kanji = ["".join(filter(is_kanji, common(each))) for each in (written, heard)]
    if kanji[0] != kanji[1] or common(written) == common(heard):
        return False
    return OSA.distance(common(written), common(heard)) <= (1 if len(heard) <= 3 else 2)


def _katakana(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    for word in case.text.words:
        if len(word.surface) < KATAKANA or not all("ァ" <= each <= "ー" for each in word.surface):
            continue
        after = case.text.folded.text[word.end : word.end + 3]
        if word.is_known or any(word.surface in name for name in names) or after.startswith(_PERSONAL):
            continue
        right = _neighbour(word.surface, lexicon)
        if right and not _was_said(case, word):
            reason = f"「{word.surface}」 is in no list; 「{right}」 is one slip away and far more frequent."
            yield _suspicion(case, (word.start, word.end), right, 0.88, reason)


def _was_said(case: Aligned, word: Morpheme) -> bool:
    return any(each.surface == word.surface for each in case.spoken_words)


def _neighbour(word: str, lexicon: JapaneseLexicon) -> str | None:
    candidates = {word[:at] + word[at + 1 :] for at in range(len(word))}
    candidates |= {word[:at] + kana + word[at:] for at in range(1, len(word) + 1) for kana in _ALPHABET}
    candidates |= {word[:at] + kana + word[at + 1 :] for at in range(1, len(word)) for kana in _ALPHABET}
    candidates |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    wanted = max(COMMON, lexicon.zipf(word) + RATIO)
    likely = [(lexicon.zipf(each), each) for each in candidates - {word} if lexicon.zipf(each) >= wanted]
    best = max(likely, default=(0.0, ""))[1]
    return best if best and lexicon.cut(best)[0].detail.startswith("普通名詞") else None


def _alone(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """A slip in Kana that only the lexicon tells: where three words in a row are odd, and one slip makes them good."""
    text, words = case.text.folded.text, case.text.words
    done = 0
    for at in range(len(words) - 1):
        group = words[at : at + 3]
        start, end = group[0].start, group[-1].end
        if start < done or not _is_odd(text, start, end, lexicon) or any(name in text for name in names if name):
            continue
        low, high = max(0, start - 2), min(len(text), end + 2)
        best = max(_repairs(case, low, high, lexicon), default=None)
        if best and best[0] >= GAIN_ALONE:
            _, first, last, other = best
            done = end
            yield _alone_suspicion(case, first, last, other)


def _is_odd(text: str, start: int, end: int, lexicon: JapaneseLexicon) -> bool:
    part = text[start:end]
    has_kana = sum("ぁ" <= each <= "ん" for each in part) >= 2
    return has_kana and not any(each.isascii() for each in part) and lexicon.cost(part) >= ODD


def _repairs(case: Aligned, start: int, end: int, lexicon: JapaneseLexicon) -> Iterator[tuple[int, int, int, str]]:
    for first, last, other in slips(case.text.folded.text, start, end):
        yield gain(case, first, last, other, lexicon), first, last, other


def _alone_suspicion(case: Aligned, first: int, last: int, other: str) -> Suspicion:
    """Of the words that the slip lies in."""
    text = case.text.folded.text
    inside = [word for word in case.text.words if word.start < max(last, first + 1) and first <= word.end]
    start, end = min(word.start for word in inside), max(word.end for word in inside)
    right = text[start:first] + other + text[last:end]
    reasons = (f"「{text[start:end]}」 is no Japanese that the lexicon knows; 「{right}」 is, one slip away.",)
    return _suspicion(case, (start, end), right, 0.8, *reasons)


def _suspicion(case: Aligned, span: tuple[int, int], right: str, confidence: float, *reasons: str) -> Suspicion:
    return Suspicion(Kind.SPELLING, *case.text.raw_span(*span), right, confidence, reasons)
