"""A word that is missing: "the number people without work", where "the number of people" was said.

Captions leave out what a sentence can do without, and recognisers hear little words that nobody said. So only words
are missed that no sentence can do without (prepositions, auxiliaries, "not"), in captions that are otherwise word for
word, between two words that were heard just so; and what speaks for and against is weighed. It is no more than a hint
where one recogniser alone says so: it adds little words, and headlines drop them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import DROPPED, Aligned
from telop_matcher.matching.evidence import around
from telop_matcher.matching.listening import Ear, Place
from telop_matcher.matching.odds import AGREED, calibrated, log_odds, logit, probability
from telop_matcher.matching.values import FYI, ISSUE, Kind, Lexicon, Relation, Suspicion

_VITAL: Final = (
    "to in on of at for with from by into about than as not has have had will would can could must should be no never"
)
VITAL: Final = frozenset(_VITAL.split())
_PERFECT: Final = ("has", "have", "had")
MOST: Final = 10.0
WEIGHTS: Final = (
    -0.70,  # nothing
    3.33,  # trigrams
    0.76,  # pairs
    3.44,  # surety
    0.77,  # left
    0.40,  # right
    -2.00,  # doubt
    -2.70,  # other_gaps
    0.31,  # is_not
    1.07,  # share_equal
    1.86,  # is_sentence
)
"""Fitted from a prior near those of wrong words: on the development half hardly anything is wrongly thought missing."""
TOLD: Final = 0.9
"""Confidence where the transcript was supplied."""
TRANSCRIBED: Final = "The transcript was supplied, not recognised."
SENTENCE: Final = DROPPED | {"i", "you", "he", "she", "it", "we", "they", "me", "him", "us", "them"}
"""Words that headlines do without."""
ADDED: Final = 2.0
"""Nats: a whole word that was added costs more."""
ARTICLES: Final = frozenset(("the", "a", "an"))
"""Missing only where all else of a whole sentence stands as a supplied transcript has it."""
WORTH_SAYING: Final = 0.65
"""Confidence: of the least that is said, two in three are to be right."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What speaks for a word between two written ones."""

    trigrams: float
    """How much likelier the row of words is with it, in nats, a tenth."""
    pairs: float
    surety: float
    """The recogniser's, of the word."""
    left: float
    right: float
    """Whether the next but one on this side was heard just so as well."""
    doubt: float
    other_gaps: float
    """How many more words were said between written ones."""
    is_not: float
    share_equal: float
    is_sentence: float
    """Whether words that headlines leave out were heard just so: who keeps those, does not drop others."""


def find_missing(aligned: Aligned, agreement: Agreement, lexicon: Lexicon, ear: Ear) -> Iterator[Suspicion]:
    """Suspect that words are missing."""
    for position, word, lack in lacking(aligned, agreement, lexicon):
        odds = log_odds(lack, WEIGHTS)
        gap = _between(aligned, position)
        is_settled = aligned.is_told or aligned.chances[gap[0]][word] >= AGREED
        if not is_settled and calibrated(probability(odds)) >= WORTH_SAYING:
            odds = ear.weighed(aligned, Place(gap, gap), ("", word), odds)
        chance = TOLD if aligned.is_told else calibrated(probability(odds))
        if chance >= WORTH_SAYING:
            yield _suspicion(aligned, position, word, agreement, chance)


def lacking(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[tuple[int, str, Lack]]:
    """Words that were said right between written item i and the next, with what speaks for each: (i, word, lack)."""
    gaps = [_between(aligned, position) for position in range(len(aligned.written) - 1)]
    if not gaps:
        return
    is_whole = aligned.is_told and _is_sentence(aligned) and sum(len(gap) for gap in gaps) == 1
    if aligned.relation is not Relation.VERBATIM and not (is_whole and aligned.relation is Relation.CONDENSED):
        return
    for position, gap in enumerate(gaps):
        if len(gap) != 1 or aligned.spoken_tokens[gap[0]] not in (VITAL | ARTICLES if is_whole else VITAL):
            continue
        if _is_of_number(aligned, position, aligned.spoken_tokens[gap[0]]):
            continue
        if _is_tense(aligned, position, aligned.spoken_tokens[gap[0]]):
            continue
        if _is_between(aligned, position) and not _is_split(aligned, position, gap[0], lexicon):
            others = sum(len(each) for each in gaps) - 1
            lack = _lack(aligned, (position, gap[0]), others, agreement=agreement, lexicon=lexicon)
            yield position, aligned.spoken_tokens[gap[0]], lack


def _is_of_number(aligned: Aligned, position: int, word: str) -> bool:
    """Whether a word is said in a number but not written: "to" in a score or a range, or "two" that was taken for it;
    "of" in a date.
    """
    before, after = (aligned.written[at].number for at in (position, position + 1))
    return (word == "to" and bool(before or after)) or (word == "of" and bool(before and after))


def _is_tense(aligned: Aligned, position: int, word: str) -> bool:
    """Whether the caption only tells in another tense what it also words otherwise: "travelled" of "has travelled"."""
    is_past = word in _PERFECT and aligned.written[position + 1].text.endswith("ed")
    return is_past and not all(aligned.is_equal(at) for at in range(len(aligned.written)))


def _is_split(aligned: Aligned, position: int, gap: int, lexicon: Lexicon) -> bool:
    """Whether the word is a part of a written neighbour that was heard as two: "in to" for into."""
    for beside in (position, position + 1):
        written, heard = aligned.written[beside].text, aligned.heard(beside) or ""
        both = (
            f"{heard} {aligned.spoken_tokens[gap]}" if beside == position else f"{aligned.spoken_tokens[gap]} {heard}"
        )
        if written == both.replace(" ", ""):
            return True
        whole, part = lexicon.misheard(written, both), lexicon.misheard(written, heard)
        if not aligned.is_equal(beside) and whole is not None and part is not None and whole <= part + ADDED:
            return True
    return False


def _is_between(aligned: Aligned, position: int) -> bool:
    """Whether the gap lies between two written words: one heard just so, the other so or nearly."""
    sides = [aligned.is_equal(at) for at in (position, position + 1)]
    return any(sides) and all(aligned.is_alike(at) for at in (position, position + 1))


def _between(aligned: Aligned, position: int) -> range:
    """The spoken tokens between what was heard of an item and of the next."""
    one, other = aligned.partner[position], aligned.partner[position + 1]
    if one is None or other is None:
        return range(0)
    return range(aligned.spoken[one].last, aligned.spoken[other].first)


def _lack(aligned: Aligned, gap: tuple[int, int], others: int, *, agreement: Agreement, lexicon: Lexicon) -> Lack:
    position, token = gap
    texts = [item.text for item in aligned.written]
    word = aligned.spoken_tokens[token]
    before, after = around(aligned, position + 1, position)
    trigrams = lexicon.likelihood([*before, word, *after]) - lexicon.likelihood([*before, *after])
    without = lexicon.context(before[-1], after[0], None)
    pairs = lexicon.context(before[-1], word, after[0]) - without
    equal = sum(aligned.is_equal(at) for at in range(len(texts))) / len(texts)
    return Lack(
        trigrams=max(-MOST, min(MOST, trigrams)) / MOST,
        pairs=max(-MOST, min(MOST, pairs)) / MOST,
        surety=logit(aligned.chances[token][word]),
        left=float(aligned.is_equal(position - 1)),
        right=float(aligned.is_equal(position + 2)),
        doubt=math.log(agreement.doubt / 0.05) / 2,
        other_gaps=min(3, others) / 3,
        is_not=float(word in ("not", "no", "never")),
        share_equal=equal,
        is_sentence=float(_is_sentence(aligned)),
    )


def _is_sentence(aligned: Aligned) -> bool:
    """Whether it keeps words that headlines drop."""
    return any(item.text in SENTENCE and aligned.is_equal(at) for at, item in enumerate(aligned.written))


def _is_certain(aligned: Aligned, position: int, agreement: Agreement) -> bool:
    """Whether two recognisers heard the word, and all the rest of the caption just as it is written."""
    (gap,) = _between(aligned, position)
    surely = aligned.chances[gap][aligned.spoken_tokens[gap]] >= AGREED and _is_sentence(aligned)
    others = sum(len(_between(aligned, at)) for at in range(len(aligned.written) - 1)) - 1
    return surely and agreement.is_followed and not others and all(map(aligned.is_equal, range(len(aligned.written))))


def _suspicion(aligned: Aligned, position: int, word: str, agreement: Agreement, chance: float) -> Suspicion:
    before = aligned.tokens[aligned.written[position].last - 1]
    after = aligned.tokens[aligned.written[position + 1].first]
    reasons = (
        f'"{word}" was said between "{before.raw}" and "{after.raw}"; everything around it was heard as it is written.',
        "A sentence cannot do without such a word.",
        TRANSCRIBED if aligned.is_told else agreement.told,
    )
    severity = ISSUE if aligned.is_told or _is_certain(aligned, position, agreement) else FYI
    suggestion = f"{before.raw} {word} {after.raw}"
    return Suspicion(Kind.MISSING, before.start, after.end, suggestion, chance, reasons, severity)
