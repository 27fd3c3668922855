"""A misspelt word: it is in no list, and a much more frequent word is one slip away.

Words that are merely new, foreign, names, compounds, derived, or two words whose space the reader lost are left
alone: the neighbour must be far more frequent, and where a capital letter may mean a name, it must have been heard as
well.
"""

from collections.abc import Iterator
from typing import Final

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.likeness import sounds
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.values import FYI, ISSUE, Kind, Lexicon, Relation, Suspicion
from telop_matcher.matching.writing import Token, glyphs

SHORTEST: Final = 4
SHORTEST_UNHEARD: Final = 5
LONG: Final = 8
"""From this length on two slips may be one mistake."""
ESTABLISHED: Final = 3.3
"""Zipf frequency from which a word that the list lacks is a new word: brexit 3.8, lockdown 3.5; definately is at
2.9.
"""
RATIO: Final = 2.0
"""How much more frequent the neighbour must be, as a power of ten: definitely is 2.1 above definately."""
RATIO_OF_SHORT: Final = 3.5
"""The same for a word of four letters: "foud" is found, but "amor" is no armor."""
COMMON: Final = 3.0
COMMON_HEARD: Final = 2.0
"""The same for a word that was heard at this place: "amiable" is at 2.8."""
COMMON_PART: Final = 3.5
"""The same for a part of a compound: "parlament" is not par and lament (3.2)."""
HEARD: Final = "The right word was heard at this place."
NEARLY: Final = "The right word was heard at this place, or one that sounds nearly so."
LONG_ENOUGH: Final = 7
"""Letters of a word that may be ten times as frequent and still no name: tomorow 2.1."""
MOST_RUN_TOGETHER: Final = 4
POSSIBLE: Final = 0.1
"""The recogniser's confidence of a word that it did not choose."""
MISHEARD: Final = 5.0
"""Nats up to which one word is likely to be heard for another: one sound for a like one."""
NAMED: Final = 1.5
"""Zipf frequency from which a word that the list lacks may be a name: Voss 2.9, Clevrr 0."""
_PREFIXES: Final = ("un", "re", "non", "pre", "anti", "over", "under", "super", "mid", "co", "de", "dis", "mis", "out")
_SUFFIXES: Final = (
    *("'s", "s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness", "less", "like", "ish", "able", "ism", "ist"),
    *("ists", "ised", "ized", "ise", "ize", "wise", "n't", "'ll", "'ve", "'re", "'d"),
)


def find_misspellings(aligned: Aligned, roster: Roster, lexicon: Lexicon) -> Iterator[Suspicion]:
    """Suspect words that are no words."""
    for position, item in enumerate(aligned.written):
        token = aligned.tokens[item.first]
        if item.number or not _may_be_misspelt(token, roster, lexicon) or _is_run_together(aligned, token.text):
            continue
        heard = aligned.heard(position)
        suspicion = _judge(aligned, token, heard, lexicon) if heard != token.text else None
        if suspicion:
            yield suspicion


def _may_be_misspelt(token: Token, roster: Roster, lexicon: Lexicon) -> bool:
    word = token.text
    if len(word) < SHORTEST or not word.isascii() or not word.isalpha() or roster.has(word):
        return False
    return not lexicon.knows(word) and lexicon.zipf(word) < ESTABLISHED


def _is_run_together(aligned: Aligned, word: str) -> bool:
    """Whether it was said as several words in a row: a space is lost, mostly by the reader."""
    said = aligned.spoken_tokens
    starts = (at for at, each in enumerate(said) if word.startswith(each))
    return any("".join(said[at : at + count]) == word for at in starts for count in range(2, MOST_RUN_TOGETHER + 1))


def _is_derived(word: str, lexicon: Lexicon) -> bool:
    stems = [word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix)]
    stems += [word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix)]
    return any(len(stem) >= SHORTEST and lexicon.knows(stem) and lexicon.zipf(stem) >= COMMON for stem in stems)


def _judge(aligned: Aligned, token: Token, heard: str | None, lexicon: Lexicon) -> Suspicion | None:
    candidates = _candidates(token.text, heard, lexicon)
    if not candidates or any(glyphs(each) == glyphs(token.text) for each in candidates):
        return None
    if heard in candidates:
        return _by_ear(aligned, token, heard, lexicon, was_heard=True)
    if near := _nearly_heard(aligned, token, heard, candidates, lexicon):
        return _by_ear(aligned, token, near, lexicon, was_heard=False)
    ratio = RATIO if len(token.text) >= SHORTEST_UNHEARD else RATIO_OF_SHORT
    best = candidates[0]
    if not _stands_alone(aligned, token, lexicon) or lexicon.zipf(best) - lexicon.zipf(token.text) < ratio:
        return None
    if heard and aligned.relation is Relation.VERBATIM and sounds(heard, best) < 0.5:
        return _suspicion(token, best, 0.6, FYI, "Something else was heard at this place.")
    return _suspicion(token, best, 0.85, ISSUE, "The word lists alone say so: it was not heard clearly.")


def _by_ear(aligned: Aligned, token: Token, right: str, lexicon: Lexicon, *, was_heard: bool) -> Suspicion | None:
    if _is_name(aligned, token, right, lexicon):
        return None
    return _suspicion(token, right, 0.97, ISSUE, HEARD) if was_heard else _suspicion(token, right, 0.9, ISSUE, NEARLY)


def _nearly_heard(
    aligned: Aligned, token: Token, heard: str | None, candidates: list[str], lexicon: Lexicon
) -> str | None:
    """The candidate that the recogniser held for possible, or that what it heard is a likely mishearing of."""
    if heard is None or aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return None
    position = next(at for at, item in enumerate(aligned.written) if aligned.tokens[item.first] is token)
    possible = [each for each in candidates if aligned.surety(position, each) >= POSSIBLE]
    if possible:
        return max(possible, key=lambda each: aligned.surety(position, each))
    costs = [(lexicon.misheard(each, heard), each) for each in candidates]
    cost, near = min(((cost, each) for cost, each in costs if cost is not None), default=(MISHEARD + 1, None))
    return near if cost <= MISHEARD else None


def _stands_alone(aligned: Aligned, token: Token, lexicon: Lexicon) -> bool:
    """Whether the word lists may judge without speech: a plain word, and neither derived, compound nor an address."""
    shortest = SHORTEST if token.raw.islower() and lexicon.zipf(token.text) < NAMED else SHORTEST_UNHEARD
    if len(token.text) < shortest or not (token.raw.islower() or _only_begins(aligned, token, lexicon)):
        return False
    return not (_is_derived(token.text, lexicon) or _is_two_words(token.text, lexicon) or _is_address(aligned, token))


def _only_begins(aligned: Aligned, token: Token, lexicon: Lexicon) -> bool:
    """Whether a capital is there because a line of plain words or a label begins, and the word is too rare for a known
    name.
    """
    at = aligned.tokens.index(token)
    after = aligned.tokens[at + 1 : at + 2]
    plain = bool(after) and after[0].raw.islower() and lexicon.knows(after[0].text)
    is_label = aligned.telop.text[token.end :][:1] == ":"
    rarest = NAMED if len(token.text) < LONG_ENOUGH else NAMED + 1
    return token.start == 0 and (plain or is_label) and lexicon.zipf(token.text) < rarest


def _candidates(word: str, heard: str | None, lexicon: Lexicon) -> list[str]:
    """Neighbours that are clearly more frequent; nearer ones first, then the more frequent."""
    reach = 2 if len(word) >= LONG else 1
    found = [
        (distance, -lexicon.zipf(near), near)
        for near, distance in lexicon.neighbours(word, reach)
        if _begins_alike(word, near)
        and lexicon.zipf(near) >= max(COMMON_HEARD if near == heard else COMMON, lexicon.zipf(word) + 1)
    ]
    return [near for _, _, near in sorted(found)]


def _begins_alike(word: str, near: str) -> bool:
    """Hardly anybody mistypes the first letter of a word, but for swapping it with the second."""
    return word[0] == near[0] or word[:2] == near[1::-1]


def _is_name(aligned: Aligned, token: Token, heard: str, lexicon: Lexicon) -> bool:
    """Whether a capital letter may make it a name that merely sounds like a word.

    A capital tells nothing at the start of a line or sentence, and where most words have one; there a common word is
    the better guess.
    """
    if token.raw.islower():
        return False
    before = aligned.telop.text[: token.start].rstrip(" \"'“‘(")
    capitals = [each.raw[0].isupper() for each in aligned.tokens if len(each.raw) >= SHORTEST and each.text.isalpha()]
    tells_nothing = not before or before[-1] in ".!?:\n-–—" or sum(capitals) > len(capitals) / 2
    return not tells_nothing or lexicon.zipf(heard) < 4.0 or lexicon.zipf(heard) - lexicon.zipf(token.text) < RATIO


def _is_address(aligned: Aligned, token: Token) -> bool:
    """Whether it is a part of an address, a tag or an account."""
    text = aligned.telop.text
    return text[: token.start][-1:] in ("@", "#", "/", ".", "_") or text[token.end :][:1] in ("@", "/", "_")


def _is_two_words(word: str, lexicon: Lexicon) -> bool:
    """Whether it is two common words side by side: a compound, or a space that the reader lost."""
    return any(
        all(lexicon.knows(part) and lexicon.zipf(part) >= COMMON_PART for part in (word[:at], word[at:]))
        for at in range(3, len(word) - 2)
    )


def _suspicion(token: Token, right: str, confidence: float, severity: str, why: str) -> Suspicion:
    suggestion = right.upper() if token.raw.isupper() else right.capitalize() if token.raw[0].isupper() else right
    reasons = (f'"{token.raw}" is in no word list; "{right}" is one slip away and far more frequent.', why)
    return Suspicion(Kind.SPELLING, token.start, token.end, suggestion, confidence, reasons, severity)
