"""A doubled word, also across a line break: "in the the capital".

Words are doubled by mistake, and some on purpose ("very very") or by grammar ("came in in"): those need speech that
says them once, and some ("he had had") are left alone. Nothing is suspected where the speaker doubled it, where
punctuation stands between, or of names ("Duran Duran").
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.values import Kind, Lexicon, Relation, Suspicion
from telop_matcher.matching.writing import Token

SHORTEST: Final = 4
_LEGITIMATE: Final = (
    "had that is in on do no so very bye ha hear there now well many much really long far more big again who you her "
    "what knock"
)
LEGITIMATE: Final = frozenset(_LEGITIMATE.split())
"""Words that good English doubles: "he had had", "that that", "what it is is", "came in in", "gave her her"."""


OF_VERBS: Final = frozenset(("in", "on", "no", "do", "you", "who"))
"""Those of them that recognisers do not leave out where they were said twice."""


def find_duplicates(aligned: Aligned, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect doubled words."""
    text = aligned.telop.text
    for first, second in pairwise(aligned.tokens):
        if first.text != second.text or not first.text.isalpha():
            continue
        if text[first.end : second.start].strip() or _was_doubled(aligned, first.text):
            continue
        if first.text in LEGITIMATE:
            if first.text in OF_VERBS and _is_spoken(aligned) and first.text in aligned.spoken_tokens:
                yield _suspicion(first, second, 0.9, "the speaker said it once")
        elif _is_spoken(aligned) and first.text in aligned.spoken_tokens and _is_plain(first):
            yield _suspicion(first, second, 0.98, "the speaker said it once")
        elif first.text in GRAMMAR:
            yield _suspicion(first, second, 0.9, "words of grammar are not doubled")
        elif first.raw.islower() and len(first.text) >= SHORTEST and lexicon.knows(first.text):
            yield _suspicion(first, second, 0.8, "English does not double such a word")


def _is_spoken(aligned: Aligned) -> bool:
    return aligned.relation in (Relation.VERBATIM, Relation.CONDENSED)


def _is_plain(token: Token) -> bool:
    return token.text in GRAMMAR or token.raw.islower()


def _was_doubled(aligned: Aligned, word: str) -> bool:
    return any(pair == (word, word) for pair in zip(aligned.spoken_tokens, aligned.spoken_tokens[1:], strict=False))


def _suspicion(first: Token, second: Token, confidence: float, why: str) -> Suspicion:
    reasons = ("The word stands twice in a row.", f"{why[0].upper()}{why[1:]}.")
    return Suspicion(Kind.DUPLICATE, first.start, second.end, first.raw, confidence, reasons)
