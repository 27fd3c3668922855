"""A negation that was said and is not written, or the other way round: the caption says the opposite.

A verb, an adjective or a noun that was heard just so is followed on both sides through all that inflects it
(諦め-まし-た, 諦め-ませ-ん-でし-た). Polite and plain forms are the same, and so are 〜ない, 〜ず and 〜ません. What
negates in form only is left alone: duties (しなければならない), questions and invitations (行きませんか), しか with a
negation, double negations, and prohibitions. Only a transcript that is to be trusted tells.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import Morpheme
from telop_matcher.matching.japanese.text import is_kana
from telop_matcher.matching.values import Kind, Relation, Suspicion

ANCHOR: Final = 2
"""Units before the word that must have been heard just so."""
PASSED: Final = 1
"""Units that may have been said between the word and what stands before it: a particle."""
AROUND: Final = 16
"""Characters after a word, and before it, that are looked at for what makes a negation none."""
_PREDICATES: Final = ("動詞", "形容詞")
_NOMINAL: Final = ("名詞", "代名詞", "形状詞")
_NEGATIONS: Final = frozenset(
    ["ない", "なかっ", "なく", "なけれ", "なかろ", "ん", "ぬ", "ず", "へん", "ねえ", "ねぇ", "ねー", "まい"]
)
_UNFINISHED: Final = "っんかがさただなばまらわ"
"""What no verb ends with that stands for itself."""
_NO_FORMS: Final = frozenset(("まん",))
"""What the lexicon takes for a form of ます: ありまん."""
_LINKS: Final = frozenset(("て", "で", "は", "も"))
_DENIES: Final = re.compile("(?:で|じゃ)(?:は|も)?(?:な[いかく]|ありませ|ございませ)")
_AFFIRMS: Final = re.compile("だ(?!け)|です|でし|であ(?:る|り|っ)")
_NO_NEGATION: Final = re.compile(
    "なければ|なくて[はも]|なくちゃ|なきゃ|ないと(?!いう|思|みら|見ら|話|述)|ねば|ざる|んとす|んばかり|ずに(?:は)?い|じゃな[いか]"
    "|(?:ない|なかった|ません)(?:ん|の)?(?:です|でした|でしょう|だろう)?(?:か|の?[?？])"
    "|(?:ない|なく|ず|ん)(?:わけ|訳|こと|もの|はず|と)?(?:では|じゃ|でも|とも|も|は|が)?(?:な[いかく]|ありませ|限ら)"
    "|(?:る|う|く|す|つ|ぬ|む|ぶ|ぐ)な(?:$|[。!！よ])"
)


def find_lost_negations(case: Aligned, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect words that are negated on one side only."""
    if not trusted or case.by_sound or case.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    places = {unit.start: at for at, unit in enumerate(case.text.units)}
    for at, word in enumerate(case.text.words):
        other = _heard_at(case, places[word.start]) if word.start in places else None
        if other is None or not _is_same(word, case.spoken.words[other]):
            continue
        mine, theirs = _inflected(case.text.words, at), _inflected(case.spoken.words, other)
        tails = _tail(case.text.words, at), _tail(case.spoken.words, other)
        if any(map(_NO_NEGATION.search, tails)) or "しか" in _before(case.spoken.words, other):
            continue
        if word.word_class in _NOMINAL:
            opposed = _nominal(*tails)
        else:
            goes_on = mine[-1].surface in ("て", "で") and mine[-1].end >= len(case.text.folded.text.rstrip())
            whole = _is_whole(case.text.words, at, mine) and _is_whole(case.spoken.words, other, theirs)
            doubled = _said(theirs) == 2 * _said(mine)
            opposed = _is_negated(mine) != _is_negated(theirs) and whole and not goes_on and not doubled
        if opposed:
            yield _suspicion(case, mine, theirs)


def _heard_at(case: Aligned, unit: int) -> int | None:
    """The spoken word that begins as the written one does, if what stands before was said before it, too."""
    partner = case.partner[unit]
    if partner is None or not all(case.is_equal[max(0, unit - ANCHOR) : unit + 1]):
        return None
    before = case.partner[unit - 1] if unit else None
    if before is not None and partner - before - 1 > PASSED:
        return None
    spoken = case.spoken.units[partner]
    return spoken.word if case.spoken.words[spoken.word].start == spoken.start else None


def _is_same(word: Morpheme, other: Morpheme) -> bool:
    """Whether both are forms of one word, as far as their beginnings tell."""
    if word.word_class in _NOMINAL:
        return word.surface == other.surface
    if word.word_class not in _PREDICATES or word.word_class != other.word_class:
        return False
    one, two = (each.reading if is_kana(word.surface[0]) else each.surface for each in (word, other))
    shorter = min(len(one), len(two))
    stem = max(1, shorter - 1) if is_kana(word.surface[0]) else 1
    return one[:stem] == two[:stem] and word.reading[:1] == other.reading[:1]


def _inflected(words: Sequence[Morpheme], at: int) -> Sequence[Morpheme]:
    """A word with all that inflects it."""
    end = at + 1
    while end < len(words) and words[end - 1].end == words[end].start:
        word = words[end]
        auxiliary = word.word_class == "助動詞" or (word.word_class == "助詞" and word.surface in _LINKS)
        if not auxiliary and not (word.word_class in _PREDICATES and word.detail.startswith("非自立可能")):
            break
        if word.word_class == "動詞" and words[end - 1].surface not in ("て", "で", "は", "も", "なく"):
            break
        end += 1
    return words[at:end]


def _is_negated(words: Sequence[Morpheme]) -> bool:
    """Whether an odd number of negations inflects a word."""
    adjectives = [word for word in words[1:] if word.word_class == "形容詞" and word.surface[0] == "な"]
    auxiliaries = [word for word in words[1:] if word.word_class == "助動詞" and word.surface in _NEGATIONS]
    return len(adjectives + auxiliaries) % 2 == 1


def _is_whole(words: Sequence[Morpheme], at: int, inflected: Sequence[Morpheme]) -> bool:
    """Whether it is inflected as a word is: a misspelt negation (ありまん, 恐れづ) is none that is lost."""
    last, follows = inflected[-1], words[at + len(inflected) : at + len(inflected) + 1]
    torn = [word for word in follows if word.start == last.end and is_kana(word.surface[0])]
    if any(word.word_class in (*_PREDICATES, "助動詞") for word in torn):
        return False
    stem = len(inflected) == 1 and last.word_class == "動詞" and last.surface[-1] in _UNFINISHED
    return not stem and all(word.is_known and word.surface not in _NO_FORMS for word in inflected)


def _nominal(mine: str, theirs: str) -> bool:
    """Whether one side says that it is (問題です), the other that it is not (問題ではありません)."""
    pairs = ((mine, theirs), (theirs, mine))
    return any(_AFFIRMS.match(one) and _DENIES.match(two) and not _DENIES.match(one) for one, two in pairs)


def _tail(words: Sequence[Morpheme], at: int) -> str:
    """What follows a word in its sentence; a predicate's own last Kana comes along, for 行くな is a prohibition."""
    found = words[at].surface[-1:] if words[at].word_class in _PREDICATES else ""
    for before, word in zip(words[at:], words[at + 1 : at + AROUND], strict=False):
        if before.surface == "。" or before.end != word.start:
            break
        found += word.surface
    return found[:AROUND]


def _before(words: Sequence[Morpheme], at: int) -> str:
    """What comes before a word in its sentence."""
    found = "".join(word.surface for word in words[max(0, at - AROUND // 2) : at])
    return found.rpartition("。")[2]


def _suspicion(case: Aligned, mine: Sequence[Morpheme], theirs: Sequence[Morpheme]) -> Suspicion:
    written, heard = _said(mine), _said(theirs)
    reasons = (f"「{heard}」 was said at this place; 「{written}」 says the opposite.",)
    span = case.text.raw_span(mine[0].start, mine[-1].end)
    return Suspicion(Kind.WRONG_WORD, *span, heard, 0.95, reasons)


def _said(words: Sequence[Morpheme]) -> str:
    return "".join(word.surface for word in words)
