"""A real word in the wrong place: "the new hotel will open", where "hospital" was said.

That the recogniser heard something else is no evidence by itself: of words whose neighbours were heard right it still
gets up to three in a hundred wrong, depending on the voice. So the heard word must look like the written one and
stand between words that were heard just so, and then the odds count: how well captions and speech agree around this
time (a voice that is understood is rarely misheard), whether the two words sound alike (what recognisers confuse),
and which is likelier between its neighbours.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.likeness import looks, sounds
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.values import FYI, ISSUE, Kind, Lexicon, Relation, Suspicion
from telop_matcher.matching.writing import Token, glyphs

SHORTEST: Final = 3
COMMON: Final = 3.3
"""Zipf frequency of the words that a recogniser's vocabulary surely has; what it lacks it always mishears."""
LOOKS: Final = 0.6
UNDERSTOOD: Final = 0.02
"""Share of disagreements around up to which a voice counts as understood."""
MISHEARD: Final = 0.10
"""Share from which single words are misheard so often that only the context tells."""
MARGIN_UNDERSTOOD: Final = -8.0
"""Margin (nats) wanted of two words that sound unlike, from an understood voice: context may even speak against the
heard one.
"""
MARGIN_ALIKE: Final = 3.0
"""The same for words that sound alike, which are misheard also from a good voice."""
MARGIN_MISHEARD: Final = 8.0
"""Margin wanted from a voice that is misheard. Of 60 different mishearings between words that were heard right, 3
looked like the written word and reached 6; of 79 exchanged words 40 did (100 sentences in flite's voices slt and awb).
"""
MARGIN_CLEAR: Final = 6.0
"""Margin from which the context is a witness of its own."""
MUCH_RARER: Final = 0.5
"""Zipf frequency by which a heard word may be rarer than the written one where the context is not clear."""
MARGIN_END: Final = 3.0
"""Wanted more at an end of a telop, where only one neighbour tells."""
SOUND_ALIKE: Final = 0.75
_ENDINGS: Final = ("'s", "s", "es", "ed", "d", "ing", "er", "ers", "ly", "y", "ies", "ied", "'ve", "'ll", "'re", "n't")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many items of the telops around were compared with speech, and how many of them differed unexplained."""

    compared: int
    differed: int

    @property
    def doubt(self) -> float:
        """Share that differed; few comparisons leave doubt (half a difference and ten comparisons are added)."""
        return (self.differed + 0.5) / (self.compared + 10)


def find_wrong_words(aligned: Aligned, agreement: Agreement, roster: Roster, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect real words where another one was heard."""
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for position, item in enumerate(aligned.written):
        heard = aligned.heard(position)
        token = aligned.tokens[item.first]
        if heard is None or item.number or not aligned.is_anchored(position):
            continue
        if not _is_comparable(token, heard, roster, lexicon) or _is_variant(aligned, position, heard):
            continue
        at_end = position in (0, len(aligned.written) - 1)
        wanted = _wanted(token.text, heard, agreement, at_end=at_end)
        margin = _margin(aligned, position, heard, lexicon)
        rarer = lexicon.zipf(heard) < lexicon.zipf(token.text) - MUCH_RARER
        if margin > wanted and (margin >= MARGIN_CLEAR or not rarer):
            yield _suspicion(token, heard, agreement, margin)


def _is_comparable(token: Token, heard: str, roster: Roster, lexicon: Lexicon) -> bool:
    word = token.text
    if min(len(word), len(heard)) < SHORTEST or not (word.isalpha() and heard.isalpha()) or roster.has(word):
        return False
    if not token.raw.islower() and not token.raw.isupper() and token.start:
        return False
    if word in GRAMMAR and heard in GRAMMAR:
        return False
    known = all(lexicon.knows(each) and lexicon.zipf(each) >= COMMON for each in (word, heard))
    return known and looks(word, heard) >= LOOKS and glyphs(word) != glyphs(heard)


def _is_variant(aligned: Aligned, position: int, heard: str) -> bool:
    """Whether the two are forms or spellings of one word, or one is a part of what stands around the other."""
    word = aligned.written[position].text
    if _stems(word) & _stems(heard) or _british(word) == _british(heard):
        return True
    partner = aligned.partner[position]
    assert partner is not None
    around = aligned.spoken[max(0, partner - 1) : partner + 2]
    beside = aligned.written[max(0, position - 1) : position + 2]
    return word in "".join(item.text for item in around) or heard in "".join(item.text for item in beside)


def _stems(word: str) -> set[str]:
    cut = {word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) > 2}
    return {word} | cut | {stem.removesuffix("e") for stem in (word, *cut)}


def _british(word: str) -> str:
    return word.replace("ou", "o").replace("is", "iz").replace("ll", "l").replace("mme", "m").replace("re", "er")


def _margin(aligned: Aligned, position: int, heard: str, lexicon: Lexicon) -> float:
    """How much likelier the heard word is between the neighbours of the written one, in nats."""
    left = aligned.written[position - 1].text if position else None
    right = aligned.written[position + 1].text if position + 1 < len(aligned.written) else None
    return lexicon.context(left, heard, right) - lexicon.context(left, aligned.written[position].text, right)


def _wanted(word: str, heard: str, agreement: Agreement, *, at_end: bool) -> float:
    """How much of a margin is wanted, in nats: between the two kinds of voice it rises with the logarithm of the
    doubt.
    """
    best = MARGIN_ALIKE if sounds(word, heard) >= SOUND_ALIKE else MARGIN_UNDERSTOOD
    doubt = math.log(agreement.doubt / UNDERSTOOD) / math.log(MISHEARD / UNDERSTOOD)
    return best + min(1.0, max(0.0, doubt)) * (MARGIN_MISHEARD - best) + (MARGIN_END if at_end else 0.0)


def _suspicion(token: Token, heard: str, agreement: Agreement, margin: float) -> Suspicion:
    """Where the context does not clearly prefer the heard word, or the voice is misheard, it is only worth a look."""
    clear = margin >= MARGIN_CLEAR and agreement.doubt <= MISHEARD
    suggestion = heard.upper() if token.raw.isupper() else heard.capitalize() if token.raw[0].isupper() else heard
    reasons = (
        f'"{heard}" was heard at this place, between the same words, and looks much like "{token.raw}".',
        f"Around it, captions and speech differ in {agreement.differed} of {agreement.compared} words.",
        f'Between its neighbours "{heard}" is {"far" if margin >= MARGIN_CLEAR else "not clearly"} likelier.',
    )
    return Suspicion(
        *(Kind.WRONG_WORD, token.start, token.end, suggestion, 0.9 if clear else 0.6, reasons),
        severity=ISSUE if clear else FYI,
    )
