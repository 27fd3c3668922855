"""A misspelling that the lexicon tells, whatever was said: what is known to be written wrongly (完壁), a Katakana word
one slip from a common one, or a slip in Kana that the lexicon would much rather see repaired.

Variants of okurigana, Kana for Kanji, spoken forms, and words that merely are in no lexicon are left alone.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import replace
from itertools import pairwise
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.repairing import gain, slips
from telop_matcher.matching.values import FYI, Kind, Relation, Suspicion

LONGEST: Final = 10
GAIN_ALONE: Final = 8_000
GAIN_SURE: Final = 11_000
"""From which it is worth a look, and more than that: one in 1,000 sentences of program messages gains the first."""
ODD: Final = 7_000
"""Cost of three words in a row from which a slip is looked for among them; natural ones stay below."""
GAIN_KATAKANA: Final = 5_000
"""For a Katakana word that the lexicon cuts in pieces."""
RATIO: Final = 2.0
COMMON: Final = 3.3
PART: Final = 2
"""Kana of a part of a Katakana compound at least."""
SHORTEST: Final = 10
"""Characters from which a text is a sentence that the lexicon alone may judge."""
_PLAYFUL: Final = re.compile("[ーぁぃぅぇぉァィゥェォ〜…!?♪☆]")
"""Marks of speech that plays with spelling."""
_ALPHABET: Final = [chr(code) for code in range(ord("ァ"), ord("ヴ") + 1)] + ["ー"]
_KATAKANA: Final = re.compile("[ァ-ヴー]{5,}")
"""Katakana words that are long enough to be compared with others."""
_PLAIN: Final = "うくぐすつぬぶむる"
_POLITE_STEM: Final = "いきぎしちにびみり"
_POLITE: Final = ("ます", "まし", "ませ")
_PERSONAL: Final = ("さん", "氏", "選手", "監督", "容疑者", "大統領", "首相", "ちゃん", "くん", "君", "・")


def find_misspellings(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Suspect what is misspelt."""
    yield from _listed(case, names, lexicon)
    yield from _katakana(case, names, lexicon)
    yield from _uninflected(case)
    if case.relation is not Relation.VERBATIM or not all(case.is_equal):
        yield from _alone(case, names, lexicon)


def _listed(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """What ends within a word is another word: 末定 in 週末定休."""
    text, wrongs = case.text.folded.text, lexicon.confusions.misspelt
    starts = {word.start for word in case.text.words}
    ends = (
        starts | {len(text)} | {at for word in case.text.words if _inflects(word) for at in range(word.start, word.end)}
    )
    at = 0
    while at < len(text):
        sizes = range(min(LONGEST, len(text) - at), 1, -1) if at in starts else ()
        length = next((size for size in sizes if at + size in ends and text[at : at + size] in wrongs), 0)
        wrong = text[at : at + length]
        if length and not any(wrong in name for name in names):
            reason = f"「{wrong}」 is a known misspelling of 「{wrongs[wrong]}」."
            yield _suspicion(case, (at, at + length), wrongs[wrong], 0.95, reason)
        at += max(1, length)


def _uninflected(case: Aligned) -> Iterator[Suspicion]:
    """A verb before ます that is not inflected: 学ぶました."""
    for verb, ending in pairwise(case.text.words):
        polite = ending.word_class == "助動詞" and ending.surface.startswith(_POLITE) and verb.end == ending.start
        if polite and verb.word_class == "動詞" and verb.surface[-1] in _PLAIN:
            reason = f"「{verb.surface}」 cannot stand before 「{ending.surface}」."
            right = verb.surface[:-1] + _POLITE_STEM[_PLAIN.index(verb.surface[-1])] + ending.surface
            yield _suspicion(case, (verb.start, ending.end), right, 0.9, reason)


def _inflects(word: Morpheme) -> bool:
    return word.word_class in ("動詞", "形容詞", "助動詞")


def _katakana(case: Aligned, names: Set[str], lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    text = case.text.folded.text
    for match in _KATAKANA.finditer(text):
        run, span = match.group(), match.span()
        if lexicon.knows(run) or text.startswith(_PERSONAL, span[1]) or any(run in name for name in names):
            continue
        right = None if _is_compound(run, lexicon) else _neighbour(run, lexicon)
        whole = len(lexicon.cut(run)) == 1
        if right and (whole or gain(case, *span, right, lexicon) >= GAIN_KATAKANA) and not _was_said(case, run):
            reason = f"「{run}」 is in no list; 「{right}」 is one slip away and far more frequent."
            yield _suspicion(case, span, right, 0.88, reason)


def _is_compound(run: str, lexicon: JapaneseLexicon) -> bool:
    """Whether it is two common words side by side: キーコード is no slip for キーボード."""
    cuts = ((run[:at], run[at:]) for at in range(PART, len(run) - PART + 1))
    return any(min(lexicon.zipf(one), lexicon.zipf(two)) >= COMMON for one, two in cuts)


def _was_said(case: Aligned, run: str) -> bool:
    return run in "".join(word.surface for word in case.spoken_words)


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
    if len(text) < SHORTEST or _PLAYFUL.search(text) or any(name in text for name in names):
        return
    done = 0
    for at in range(len(words) - 1):
        group = words[at : at + 3]
        start, end = group[0].start, group[-1].end
        if start < done or not _is_odd(text, start, end, lexicon):
            continue
        low, high = max(0, start - 2), min(len(text), end + 2)
        best = max(_repairs(case, low, high, lexicon), default=None)
        if best and best[0] >= GAIN_ALONE:
            gained, first, last, other = best
            done = end
            found = _alone_suspicion(case, first, last, other)
            yield found if gained >= GAIN_SURE else replace(found, severity=FYI, confidence=0.6)


def _is_odd(text: str, start: int, end: int, lexicon: JapaneseLexicon) -> bool:
    part = text[start:end]
    has_kana = sum("ぁ" <= each <= "ん" for each in part) >= 2
    return has_kana and not any(each.isascii() for each in part) and lexicon.cost(part) >= ODD


def _repairs(case: Aligned, start: int, end: int, lexicon: JapaneseLexicon) -> Iterator[tuple[int, int, int, str]]:
    particles = {word.start for word in case.text.words if word.is_particle and len(word.surface) == 1}
    for first, last, other in slips(case.text.folded.text, start, end):
        if (first in particles and not other) or _was_heard_so(case, first - 1, last + 1):
            continue
        yield gain(case, first, last, other, lexicon), first, last, other


def _was_heard_so(case: Aligned, start: int, end: int) -> bool:
    """Whether the speech has the very same characters there: no transcript repeats a slip."""
    inside = [same for unit, same in zip(case.text.units, case.is_equal, strict=True) if start <= unit.start < end]
    spoken = case.relation in (Relation.VERBATIM, Relation.CONDENSED) and not case.by_sound
    return spoken and len(inside) > 1 and all(inside)


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
