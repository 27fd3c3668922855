"""Which words of an English caption are names, told by their capitals alone; it serves to count, never to accuse.

A capital tells nothing at the start of a sentence or line, and nothing where most words have one (a headline). Two
capitals side by side are a name also at the start.
"""

from collections.abc import Sequence
from typing import Final

from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.writing import Token

HEADLINE: Final = 4
"""From so many words on, capitals on most of them make a headline."""


def names_among(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the positions of the tokens that are parts of names."""
    capital = [_has_capital(token) for token in tokens]
    shouted = sum(token.raw.isupper() and len(token.raw) > 1 for token in tokens)
    if shouted > len(tokens) / 2 or _is_headline(capital):
        return frozenset()
    return frozenset(
        at for at, is_capital in enumerate(capital) if is_capital and (at > 0 or (len(capital) > 1 and capital[1]))
    )


def _has_capital(token: Token) -> bool:
    return token.raw[:1].isupper() and token.text.isalpha() and token.text not in GRAMMAR


def _is_headline(capital: Sequence[bool]) -> bool:
    return len(capital) >= HEADLINE and sum(capital) > len(capital) / 2
