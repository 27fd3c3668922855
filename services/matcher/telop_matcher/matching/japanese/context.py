"""Which of two words that sound alike belongs between these neighbours: votes of lists and of the lexicon.

A neighbour that is listed as a cue of one word (異議 before を唱える) is a vote of two, beside it, and of one,
elsewhere in the text. A compound that the lexicon lists with one word and not with the other (社会保障, not 社会保証)
is a vote of two. That the lexicon knows one and not the other is two. How frequent the words are is no vote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.japanese.lexicon import Homophone, JapaneseLexicon, Morpheme

BESIDE: Final = 2.0
ELSEWHERE: Final = 1.0
COMPOUND: Final = 2.0
KNOWN: Final = 2.0
_OF_ANY: Final = frozenset("時中後前者的性化用内外間先")
"""What follows any noun: that the lexicon lists 異動時 and not 移動時 says nothing."""
SHORTEST: Final = 2
LONGEST: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands: the folded text before and after it, and the words beside."""

    before: str
    after: str
    left: Sequence[Morpheme]
    right: Sequence[Morpheme]


def votes(place: Place, word: Homophone, lexicon: JapaneseLexicon) -> float:
    """How many votes a word has here."""
    beside = any(place.before.endswith(cue) for cue in word.before) + any(
        place.after.startswith(cue) for cue in word.after
    )
    elsewhere = sum(cue in place.before or cue in place.after for cue in word.near)
    return BESIDE * beside + ELSEWHERE * min(2, elsewhere) + compounds(place, word.surface, lexicon)


def compounds(place: Place, surface: str, lexicon: JapaneseLexicon) -> float:
    """The vote of compounds that the lexicon lists with the neighbours."""
    if len(surface) < SHORTEST:
        return 0.0
    left = place.left[-1].surface if place.left and _is_noun(place.left[-1]) else ""
    right = place.right[0].surface if place.right and _is_noun(place.right[0]) else ""
    right = "" if right in _OF_ANY else right
    joined = [left + surface, surface + right, left + surface + right]
    listed = any(len(each) > len(surface) and lexicon.knows(each) for each in joined)
    return COMPOUND if listed else 0.0


def known(surface: str, lexicon: JapaneseLexicon) -> float:
    """The vote of the lexicon for a word that it lists."""
    return KNOWN if lexicon.knows(surface) else 0.0


def _is_noun(word: Morpheme) -> bool:
    return word.word_class in ("名詞", "接頭辞", "接尾辞", "形状詞") and len(word.surface) <= LONGEST
