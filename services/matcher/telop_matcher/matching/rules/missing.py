"""A word that is missing: "the number people without work", where "the number of people" was said.

Captions leave out what a sentence can do without, and recognisers hear little words that nobody said. So only words
are missed that no sentence can do without (prepositions, auxiliaries, "not"), in captions that are otherwise word for
word, between two words that were heard just so; and what speaks for and against is weighed.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.odds import calibrated, log_odds, logit, probability
from telop_matcher.matching.values import FYI, ISSUE, Kind, Lexicon, Relation, Suspicion

_VITAL: Final = (
    "to in on of at for with from by into about than as not has have had will would can could must should be no"
)
VITAL: Final = frozenset(_VITAL.split())
MOST: Final = 10.0
WEIGHTS: Final = (
    0.0,  # nothing
    3.0,  # trigrams
    1.0,  # pairs
    3.0,  # surety
    0.8,  # left
    0.6,  # right
    -2.0,  # doubt
    -1.0,  # other_gaps
    0.0,  # is_not
    1.0,  # share_equal
)
"""Near those of wrong words: on the development half nothing was wrongly thought to be missing, so that nothing can
be fitted.
"""
WORTH_SAYING: Final = 0.5
CLEAR: Final = 0.9


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


def find_missing(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect that words are missing."""
    for position, word, lack in lacking(aligned, agreement, lexicon):
        chance = probability(log_odds(lack, WEIGHTS))
        if chance >= WORTH_SAYING:
            yield _suspicion(aligned, position, word, agreement, chance)


def lacking(aligned: Aligned, agreement: Agreement, lexicon: Lexicon) -> Iterator[tuple[int, str, Lack]]:
    """Words that were said right between written item i and the next, with what speaks for each: (i, word, lack)."""
    if aligned.relation is not Relation.VERBATIM:
        return
    gaps = [_between(aligned, position) for position in range(len(aligned.written) - 1)]
    for position, gap in enumerate(gaps):
        if len(gap) != 1 or aligned.spoken_tokens[gap[0]] not in VITAL:
            continue
        if aligned.spoken_tokens[gap[0]] == "to" and any(aligned.written[at].number for at in (position, position + 1)):
            continue  # a score, a range, or "two" that was taken for "to"
        if _is_between(aligned, position):
            others = sum(len(each) for each in gaps) - 1
            lack = _lack(aligned, (position, gap[0]), others, agreement=agreement, lexicon=lexicon)
            yield position, aligned.spoken_tokens[gap[0]], lack


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
    before = " ".join(aligned.said(at) for at in range(max(0, position - 1), position + 1)).split()[-2:]
    after = " ".join(aligned.said(at) for at in range(position + 1, min(position + 3, len(texts)))).split()[:2]
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
        is_not=float(word in ("not", "no")),
        share_equal=equal,
    )


def _suspicion(aligned: Aligned, position: int, word: str, agreement: Agreement, chance: float) -> Suspicion:
    before = aligned.tokens[aligned.written[position].last - 1]
    after = aligned.tokens[aligned.written[position + 1].first]
    reasons = (
        f'"{word}" was said between "{before.raw}" and "{after.raw}"; everything around it was heard as it is written.',
        "A sentence cannot do without such a word.",
        agreement.told,
    )
    severity = ISSUE if chance >= CLEAR and agreement.is_followed else FYI
    suggestion = f"{before.raw} {word} {after.raw}"
    return Suspicion(Kind.MISSING, before.start, after.end, suggestion, calibrated(chance), reasons, severity)
