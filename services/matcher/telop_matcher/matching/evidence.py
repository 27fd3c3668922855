"""What speaks for another word in the place of a written one, in numbers that can be weighed.

Every number is about 0 to 1 or -1 to 1, so that weights can be compared. What is measured here is weighed in the rules.
"""

import math
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.confusions import support
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.likeness import looks, phones_alike, sounds
from telop_matcher.matching.odds import logit
from telop_matcher.matching.values import Lexicon

MOST: Final = 10.0
"""Nats by which one word can be likelier than another: more is not more evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of another word against the written one."""

    trigrams: float
    pairs: float
    """How much likelier the other is in its place, by three and by two words. Between homophones a recogniser chooses
    by the words around: there its own model of three words is no second witness.
    """
    looks: float
    is_slip: float
    sounds: float
    is_homophone: float
    surety: float
    as_written: float
    """The recogniser's, of the other word and of the written one, as the logarithm of the odds of each."""
    left: float
    right: float
    """Whether the neighbour on this side was heard just so, beside it; half at an end of the telop."""
    doubt: float
    """How often captions and speech differ around."""
    is_listed: float
    cues: float
    rarer: float
    """Whether the other word is rarer than the written one."""
    short: float
    nearer: float
    """How much likelier what was heard is a mishearing of the other one than of the written one, in nats, a tenth."""
    is_grammar: float
    misheard: float
    """What it costs to hear the other one where the written one was said, in nats, a tenth; 1 at most."""


def evidence(aligned: Aligned, position: int, other: str, agreement: Agreement, lexicon: Lexicon) -> Evidence:
    """Measure what speaks for `other` in the place of a written word."""
    word = aligned.written[position].text
    listed = lexicon.confused_with(word).get(other)
    texts = [item.text for item in aligned.written]
    cues = (
        (support(texts, position, listed[1] - listed[0]) - support(texts, position, listed[0] - listed[1]))
        if listed
        else 0
    )
    sound = sound_alike(word, other, lexicon)
    return Evidence(
        trigrams=0.0 if sound == 1.0 else _bounded(_trigrams(aligned, position, other, lexicon)),
        pairs=_bounded(_pairs(aligned, position, other, lexicon)),
        looks=looks(word, other),
        is_slip=float(OSA.distance(word, other, score_cutoff=1) <= 1),
        sounds=sound,
        is_homophone=float(sound == 1.0),
        surety=logit(aligned.surety(position, other)),
        as_written=logit(aligned.surety(position, word)),
        left=0.5 if position == 0 else float(aligned.touches(position, -1)),
        right=0.5 if position == len(texts) - 1 else float(aligned.touches(position, 1)),
        doubt=math.log(agreement.doubt / 0.05) / 2,
        is_listed=float(listed is not None),
        cues=max(-3, min(3, cues)) / 3,
        rarer=max(-3.0, min(3.0, lexicon.zipf(word) - lexicon.zipf(other))) / 3,
        short=1 / min(len(word), len(other)),
        nearer=_nearer(aligned.heard(position), word, other, lexicon),
        is_grammar=((word in GRAMMAR) + (other in GRAMMAR)) / 2,
        misheard=_bounded(MOST if (cost := lexicon.misheard(word, other)) is None else cost),
    )


def sound_alike(word: str, other: str, lexicon: Lexicon) -> float:
    """How much two words sound alike: by their phonemes, or by spelling rules where those are not known."""
    mine, theirs = lexicon.sound(word), lexicon.sound(other)
    return phones_alike(mine, theirs) if mine and theirs else min(0.99, sounds(word, other))


def _nearer(heard: str | None, word: str, other: str, lexicon: Lexicon) -> float:
    if heard is None:
        return 0.0
    of_word, of_other = lexicon.misheard(word, heard), lexicon.misheard(other, heard)
    if of_word is not None and of_other is not None:
        return _bounded(of_word - of_other)
    other_likeness = 1.0 if heard == other else sound_alike(heard, other, lexicon)
    return other_likeness - sound_alike(heard, word, lexicon)


def sound_of(words: str, lexicon: Lexicon) -> str:
    """The phonemes of several words; a word that the dictionary lacks stands for itself."""
    return " ".join(lexicon.sound(word) or word for word in words.split())


def _bounded(nats: float) -> float:
    return max(-MOST, min(MOST, nats)) / MOST


def _trigrams(aligned: Aligned, position: int, other: str, lexicon: Lexicon) -> float:
    before, after = around(aligned, position, position)
    word = aligned.written[position].text
    return lexicon.likelihood([*before, other, *after]) - lexicon.likelihood([*before, word, *after])


def _pairs(aligned: Aligned, position: int, other: str, lexicon: Lexicon) -> float:
    before, after = around(aligned, position, position)
    left, right = before[-1] if before else None, after[0] if after else None
    return lexicon.context(left, other, right) - lexicon.context(left, aligned.written[position].text, right)


def around(aligned: Aligned, first: int, last: int) -> tuple[list[str], list[str]]:
    """Two words before written item `first` and two after `last`, as they are said; beyond the ends of a telop, which
    may be a part of a sentence, those that were heard there.
    """
    count = len(aligned.written)
    before = " ".join(aligned.said(at) for at in range(max(0, first - 2), first)).split()
    after = " ".join(aligned.said(at) for at in range(last + 1, min(count, last + 3))).split()
    opening, ending = aligned.partner[0], aligned.partner[-1]
    if opening is not None and len(before) < 2:
        start = aligned.spoken[opening].first
        before = [*aligned.spoken_tokens[max(0, start - 2) : start], *before]
    if ending is not None and len(after) < 2:
        until = aligned.spoken[ending].last
        after = [*after, *aligned.spoken_tokens[until : until + 2]]
    return before[-2:], after[:2]
