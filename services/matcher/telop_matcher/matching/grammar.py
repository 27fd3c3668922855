"""The little words of English grammar: they stand everywhere, so they say little about where a text belongs."""

from typing import Final

_GRAMMAR: Final = (
    "a an the and or but of to for from with by at as if than then be am are was were been has have will would can "
    "could should may might must this these those my your his their our its i he she we they it us them not into onto "
    "about between during after before under over because while where when which what"
)
GRAMMAR: Final = frozenset(_GRAMMAR.split())
"""Articles, conjunctions, prepositions, pronouns and auxiliaries."""
