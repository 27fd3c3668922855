"""Which words of an English caption are names, told by their capitals alone; it serves to count, never to accuse.

A capital tells nothing at the start of a sentence or line, and nothing where most words have one (a headline). Two
capitals side by side are a name also at the start.
"""

from collections.abc import Sequence
from typing import Final

from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.writing import Token, tokens

HEADLINE: Final = 4
"""From so many words on, capitals on most of them make a headline."""


def names_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of the names in a caption; names side by side are one."""
    found = tokens(text)
    capital = [_has_capital(token) for token in found]
    shouted = sum(token.raw.isupper() and len(token.raw) > 1 for token in found)
    if shouted > len(found) / 2 or _is_headline(capital):
        return []
    spans: list[tuple[int, int]] = []
    for at, token in enumerate(found):
        if not capital[at] or (not at and not any(capital[1:2])):
            continue
        if at and capital[at - 1] and spans:
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
    return spans


def _has_capital(token: Token) -> bool:
    return token.raw[:1].isupper() and token.text.isalpha() and token.text not in GRAMMAR


def _is_headline(capital: Sequence[bool]) -> bool:
    return len(capital) >= HEADLINE and sum(capital) > len(capital) / 2
