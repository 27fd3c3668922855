"""A doubled word, also across a line break: "in the the capital".

Words of grammar are doubled by mistake; other words also on purpose ("very very"), so those need speech that says the
word once. Nothing is suspected where the speaker doubled it, where punctuation stands between, or where English does
it.
"""

from collections.abc import Iterator
from typing import Final

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.values import Kind, Relation, Suspicion
from telop_matcher.matching.writing import Token

_LEGITIMATE: Final = (
    "had that is in on do no so very bye ha hear there now well many much really long far more big again who you her "
    "what knock"
)
LEGITIMATE: Final = frozenset(_LEGITIMATE.split())
"""Words that good English doubles: "he had had", "that that", "what it is is", "came in in", "gave her her"."""


def find_duplicates(aligned: Aligned) -> Iterator[Suspicion]:
    """Suspect doubled words."""
    text = aligned.telop.text
    for first, second in zip(aligned.tokens, aligned.tokens[1:], strict=False):
        if first.text != second.text or not first.text.isalpha() or first.text in LEGITIMATE:
            continue
        if text[first.end : second.start].strip() or _was_doubled(aligned, first.text):
            continue
        spoken_once = (
            aligned.relation in (Relation.VERBATIM, Relation.CONDENSED) and first.text in aligned.spoken_tokens
        )
        if spoken_once and (first.text in GRAMMAR or first.raw.islower()):
            yield _suspicion(first, second, 0.98, "the speaker said it once")
        elif first.text in GRAMMAR:
            yield _suspicion(first, second, 0.9, "words of grammar are not doubled")


def _was_doubled(aligned: Aligned, word: str) -> bool:
    return any(pair == (word, word) for pair in zip(aligned.spoken_tokens, aligned.spoken_tokens[1:], strict=False))


def _suspicion(first: Token, second: Token, confidence: float, why: str) -> Suspicion:
    reasons = ("The word stands twice in a row.", f"{why[0].upper()}{why[1:]}.")
    return Suspicion(Kind.DUPLICATE, first.start, second.end, first.raw, confidence, reasons)
