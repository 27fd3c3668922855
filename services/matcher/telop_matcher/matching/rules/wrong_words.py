"""A real word in the wrong place: "the new hotel will open", where "hospital" was said.

That the recogniser heard something else is no evidence by itself. Another word is considered only if it was heard, or
sounds nearer to what was heard, and looks or sounds like the written one or stands with it in the list of confused
words. Then all that speaks for and against it is weighed; below a margin nothing is said.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.agreement import Agreement
from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.american import american
from telop_matcher.matching.evidence import Evidence, evidence, sound_alike
from telop_matcher.matching.grammar import GRAMMAR
from telop_matcher.matching.inflection import stems
from telop_matcher.matching.likeness import looks
from telop_matcher.matching.listening import Ear, place_of
from telop_matcher.matching.odds import AGREED, calibrated, log_odds, logit, probability
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.values import FYI, ISSUE, Kind, Lexicon, Relation, Suspicion
from telop_matcher.matching.writing import Token, glyphs

SHORTEST: Final = 3
"""Of words that are not in the list."""
COMMON: Final = 3.0
"""Zipf frequency of the words that a recogniser's vocabulary surely has; what it lacks it always mishears."""
LOOKS: Final = 0.5
SOUNDS: Final = 0.6
PREFERRED: Final = 0.3
SAME_COMPOUND: Final = 0.85
TOLD_SO: Final = 0.9
"""Confidence where a supplied transcript has another word between the same neighbours."""
TRANSCRIBED: Final = "The transcript was supplied, not recognised."
NEAR_MISS: Final = 0.45
"""Nats, a tenth, up to which hearing the one word for the other is so common that it is no issue: dried and tried."""
ADDED: Final = 2.0
"""Nats: a whole word that was added costs more."""
HEARD: Final = 0.47
"""Logarithm of the odds, scaled: a recogniser's confidence of 0.9."""
MOST_CANDIDATES: Final = 12
WEIGHTS: Final = (
    -8.43,  # nothing
    4.19,  # trigrams
    0.73,  # pairs
    1.50,  # looks
    1.73,  # is_slip
    0.10,  # sounds
    1.83,  # is_homophone
    2.05,  # surety
    -1.21,  # as_written
    0.04,  # left
    0.50,  # right
    -2.00,  # doubt
    1.41,  # is_listed
    0.66,  # cues
    -0.19,  # rarer
    -0.55,  # short
    2.36,  # nearer
    -0.34,  # is_grammar
    -0.03,  # misheard
)
WORTH_SAYING: Final = 0.55
"""Confidence: of the least that is said, more are to be right than wrong."""
CLEAR: Final = 0.9
"""Of the issues, at most one in ten may be wrong; what is less likely is a hint."""


def find_wrong_words(
    aligned: Aligned, agreement: Agreement, roster: Roster, lexicon: Lexicon, ear: Ear
) -> Iterator[Suspicion]:
    """Suspect real words where another one was heard."""
    for position in range(len(aligned.written)):
        weighed = [
            (_weighed(aligned, position, other, found, ear), other, found)
            for other, found in considered(aligned, position, agreement, roster, lexicon)
        ]
        if not weighed:
            continue
        odds, other, found = max(weighed, key=lambda each: each[0])
        is_told = aligned.is_told and aligned.heard(position) == other and found.left > 0 < found.right
        chance = TOLD_SO if is_told else calibrated(probability(odds))
        if chance < WORTH_SAYING and agreement.is_followed and _is_heard_clearly(aligned, position, other, found):
            chance = WORTH_SAYING
        if chance >= WORTH_SAYING:
            why = TRANSCRIBED if is_told else agreement.told
            reasons = (_heard(aligned, position, other), *_because(aligned, position, other, found), why)
            is_sure = chance >= CLEAR and agreement.is_followed and _is_heard_around(aligned, position)
            is_clear = is_told or (is_sure and _is_far(found))
            yield replace(_suspicion(aligned, position, other, reasons, chance), severity=ISSUE if is_clear else FYI)


def _weighed(aligned: Aligned, position: int, other: str, found: Evidence, ear: Ear) -> float:
    """The logarithm of the odds, after a second listen where one can clear the caption: homophones sound the same, and
    what two recognisers heard alike was listened to twice.
    """
    odds, place = log_odds(found, WEIGHTS), place_of(aligned, position)
    is_settled = aligned.is_told or found.is_homophone or found.surety >= logit(AGREED)
    if place is None or is_settled or calibrated(probability(odds)) < WORTH_SAYING:
        return odds
    return ear.weighed(aligned, place, (aligned.written[position].text, other), odds)


def considered(
    aligned: Aligned, position: int, agreement: Agreement, roster: Roster, lexicon: Lexicon
) -> Iterator[tuple[str, Evidence]]:
    """Words that may be meant in the place of a written one, with what speaks for each."""
    item = aligned.written[position]
    token = aligned.tokens[item.first]
    if aligned.relation not in (Relation.VERBATIM, Relation.CONDENSED) or item.number or aligned.is_equal(position):
        return
    if not _is_plain(token, roster, lexicon):
        return
    is_placed = any(aligned.touches(position, step) for step in (-1, 1))
    for other in _others(aligned, position, lexicon):
        if _is_variant(aligned, position, other, lexicon) or _is_split(aligned, position, other, lexicon):
            continue
        if not aligned.is_told and {token.text, other} & GRAMMAR and other not in lexicon.confused_with(token.text):
            continue  # little words are reworded on purpose and misheard most
        found = evidence(aligned, position, other, agreement, lexicon)
        if not (is_placed or found.is_slip):
            continue
        if not found.is_homophone or aligned.is_told or _is_backed(token.text, other, found):
            yield other, found


def _is_split(aligned: Aligned, position: int, other: str, lexicon: Lexicon) -> bool:
    """Whether the written word was heard as two: "play an" for plan."""
    place = place_of(aligned, position)
    word = aligned.written[position].text
    if place is None or place.wide == place.narrow or aligned.is_told:
        return False
    whole = lexicon.misheard(word, " ".join(aligned.spoken_tokens[place.wide.start : place.wide.stop]))
    part = lexicon.misheard(word, other)
    return whole is not None and part is not None and whole <= part + ADDED


def _is_heard_around(aligned: Aligned, position: int) -> bool:
    """Whether what stands beside a word was heard just so: where the recogniser lost one word it loses the next."""
    beside = (step for step in (-1, 1) if 0 <= position + step < len(aligned.written))
    return all(aligned.touches(position, step) for step in beside)


def _is_heard_clearly(aligned: Aligned, position: int, other: str, found: Evidence) -> bool:
    """Whether a word that nobody mishears for the written one was heard between two that were heard just so, in a
    caption word for word, and the words around do not speak for the written one: of a voice that is understood worth a
    hint, however little it looks like a slip.
    """
    is_alone = aligned.relation is Relation.VERBATIM and found.left == found.right == found.misheard == 1.0
    return is_alone and aligned.heard(position) == other and found.surety >= HEARD and found.trigrams >= 0.0


def _is_far(found: Evidence) -> bool:
    """Whether mishearing is no likely reason: the two sound otherwise, or two recognisers heard the same; between
    homophones the words around have decided.
    """
    return bool(found.is_homophone) or found.misheard > NEAR_MISS or found.surety >= logit(AGREED)


def _is_backed(word: str, other: str, found: Evidence) -> bool:
    """Whether the words around prefer a homophone: the recogniser, to which both are one, cannot tell."""
    return found.cues > 0 or ("'" not in word + other and found.pairs > PREFERRED)


def _is_plain(token: Token, roster: Roster, lexicon: Lexicon) -> bool:
    """Whether it is a word of the language and no name: a capital inside of a line makes it one."""
    if roster.has(token.text) or not token.text.replace("'", "").isalpha():
        return False
    if not token.raw.islower() and not token.raw.isupper() and token.start:
        return False
    return lexicon.knows(token.text) or bool(lexicon.confused_with(token.text))


def _others(aligned: Aligned, position: int, lexicon: Lexicon) -> list[str]:
    """The heard word and what else may have been said, if it may be written so by mistake, or else words that sound
    nearer to what was heard.
    """
    word, heard, partner = aligned.written[position].text, aligned.heard(position), aligned.partner[position]
    if heard is None or partner is None:
        return []
    said = [heard, *aligned.chances[aligned.spoken[partner].first]] if " " not in heard else []
    sure = {each for each in said if aligned.surety(position, each) >= AGREED}
    meant = [each for each in dict.fromkeys(said) if _may_be_meant(word, each, lexicon, is_sure=each in sure)]
    if heard in meant:
        return meant
    listed = lexicon.confused_with(word)
    near = {each for each, _ in lexicon.neighbours(word, 1)} | listed.keys() if len(word) >= SHORTEST else listed.keys()
    able = [each for each in near if _may_be_meant(word, each, lexicon)]
    nearer = [(sound_alike(heard, each, lexicon), each) for each in able]
    best = sorted((each for each in nearer if each[0] > sound_alike(heard, word, lexicon)), reverse=True)
    return list(dict.fromkeys([*meant, *(each for _, each in best[:MOST_CANDIDATES])]))


def _may_be_meant(word: str, other: str, lexicon: Lexicon, *, is_sure: bool = False) -> bool:
    """Whether one may be written for the other by mistake; a rare word only where two recognisers heard the other."""
    if other == word or not other.replace("'", "").isalpha() or glyphs(word) == glyphs(other):
        return False
    if other in lexicon.confused_with(word):
        return True
    if min(len(word), len(other)) < SHORTEST:
        return False
    if not all(lexicon.knows(each) for each in (word, other)):
        return False
    if lexicon.zipf(other) < COMMON or (lexicon.zipf(word) < COMMON and not is_sure):
        return False
    return OSA.distance(word, other) == 1 or looks(word, other) >= LOOKS or sound_alike(word, other, lexicon) >= SOUNDS


def _is_variant(aligned: Aligned, position: int, other: str, lexicon: Lexicon) -> bool:
    """Whether the two are forms of one word, or one is two words on the other side: lockdown, locked down.

    Captions change tenses and endings on purpose, and recognisers mishear them most.
    """
    word = aligned.written[position].text
    listed = other in lexicon.confused_with(word)
    if american(word) == american(other) or (not listed and stems(word) & stems(other)):
        return True
    partner = aligned.partner[position]
    assert partner is not None
    spoken = [item.text for item in aligned.spoken[max(0, partner - 1) : partner + 2]]
    written = [item.text for item in aligned.written[max(0, position - 1) : position + 2]]
    return any(
        looks(one, first + second) >= SAME_COMPOUND
        for one, parts in ((word, spoken), (other, written))
        for first, second in pairwise(parts)
        if min(len(first), len(second)) >= SHORTEST and one[0] == first[0]
    )


def _suspicion(aligned: Aligned, position: int, other: str, reasons: tuple[str, ...], chance: float) -> Suspicion:
    token = aligned.tokens[aligned.written[position].first]
    suggestion = other.upper() if token.raw.isupper() else other.capitalize() if token.raw[0].isupper() else other
    return Suspicion(Kind.WRONG_WORD, token.start, token.end, suggestion, chance, reasons)


def _heard(aligned: Aligned, position: int, other: str) -> str:
    token = aligned.tokens[aligned.written[position].first]
    heard = aligned.heard(position)
    if heard == other:
        return f'"{other}" was heard where "{token.raw}" is written.'
    if aligned.surety(position, other):
        return f'"{other}" may have been said where "{token.raw}" is written.'
    return f'"{heard}" was heard where "{token.raw}" is written; "{other}" sounds nearer to it.'


def _because(aligned: Aligned, position: int, other: str, found: Evidence) -> Iterator[str]:
    token = aligned.tokens[aligned.written[position].first]
    if found.is_listed:
        yield f'"{token.raw}" and "{other}" are often written for each other.'
    elif found.is_slip:
        yield "One slip of the typist makes the one of the other."
    if found.left and found.right:
        yield "The words on both sides were heard just as they are written."
    if found.trigrams + found.pairs > 0:
        yield f'"{other}" is the likelier one between its neighbours.'
    if found.cues > 0:
        yield f'The words around go with "{other}".'
