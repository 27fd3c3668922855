"""A slip that the speech tells: a word is written that is none, or a Kana or a particle less than was heard.

The lexicon must find what was heard likelier than what is written, the more so where the transcript is not to be
trusted. Spoken forms, other okurigana and other forms of a verb are left alone, and so are particles that a condensed
caption leaves out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import OSA

from telop_matcher.matching.japanese.alignment import Aligned, Difference
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.repairing import gain, is_spoken_form
from telop_matcher.matching.japanese.rules.wrong_words import is_sentence
from telop_matcher.matching.japanese.text import is_kana, is_kanji
from telop_matcher.matching.values import FYI, ISSUE, Kind, Relation, Suspicion
from telop_matcher.matching.writing import common

GAIN: Final = 2_500
GAIN_RECOGNISED: Final = 7_000
GAIN_NO_WORD: Final = 4_000
GAIN_PARTICLE: Final = 2_500
GAIN_ECHOED: Final = 3_000
"""Least gains in the lexicon's costs: slips that were heard gain 3,000 and more, other wordings hardly any."""
KEPT: Final = 2
"""Particles from which a caption is a whole sentence."""
COMPOUND: Final = (2, 3, 4)
BESIDE: Final = 3
_KATAKANA: Final = re.compile("[ァ-ヴー]{4,}")
_PARTICLES: Final = frozenset("をがはにのでとへも")
_DROPPED: Final = frozenset("はのも")
"""What captions leave out at will."""
_BEFORE_PAUSES: Final = frozenset("でをに")
"""And for what they have a space or a break, where the speaker paused."""


def find_slips(case: Aligned, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect what was heard otherwise and is no good Japanese as it is written."""
    if case.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return
    for difference in case.differences:
        if _is_comparable(difference):
            yield from _judged(case, difference, lexicon, trusted=trusted)
    yield from _no_words(case, GAIN_ECHOED if trusted else GAIN_NO_WORD, lexicon)


def _is_comparable(difference: Difference) -> bool:
    """Whether words stand against other-sounding words, none of them a number or a person."""
    words, units = (*difference.written, *difference.heard), (*difference.units, *difference.heard_units)
    if not difference.anchored or not difference.heard or difference.sounds_same:
        return False
    return not any(unit.number for unit in units) and not any(
        word.detail.startswith("固有名詞・人名") for word in words
    )


def _judged(case: Aligned, difference: Difference, lexicon: JapaneseLexicon, *, trusted: bool) -> Iterator[Suspicion]:
    span = difference.start, difference.end
    written = case.text.folded.text[slice(*span)]
    heard = _spelt_like(written, difference)
    before, after = _beside(case, span)
    if is_spoken_form(before + written + after, before + heard + after):
        return
    if _has_one_particle_more(difference.written, difference.heard) or _is_reworded(case, difference):
        return
    if _has_one_particle_more(difference.heard, difference.written):
        yield from _particle(case, difference, lexicon)
        return
    gained, no_word = gain(case, *span, heard, lexicon), _is_no_word(written, heard, lexicon)
    if not no_word and all(map(is_kana, written)) and _is_other_form(case, difference):
        return
    if not no_word and not _differ_in_kana(written, heard):
        return
    wanted = GAIN if trusted and not _is_other_form(case, difference) else GAIN_RECOGNISED
    if gained >= wanted or (no_word and (trusted or gained >= GAIN_NO_WORD)):
        reasons = (
            f"「{heard}」 was heard where 「{written}」 is written.",
            "What is written is no word." if no_word else "The lexicon finds the heard words far likelier.",
        )
        yield _suspicion(case, span, heard, 0.95 if trusted else 0.85, *reasons)


def _no_words(case: Aligned, wanted: int, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Kanji that are no word, where a word was said around that has most of them in their places."""
    said = {word.surface for word in case.spoken_words if len(word.surface) in COMPOUND and word.is_known}
    text = case.text.folded.text
    for start in sorted(case.text.starts()):
        for size in COMPOUND:
            written = text[start : start + size]
            if len(written) < size or not all(map(is_kanji, written)) or lexicon.knows(written):
                continue
            if written not in case.heard_text:
                found = _no_word(case, (start, start + size), sorted(said), lexicon)
                yield from (suspicion for gained, suspicion in found if gained >= wanted)


def _no_word(
    case: Aligned, span: tuple[int, int], said: Sequence[str], lexicon: JapaneseLexicon
) -> Iterator[tuple[int, Suspicion]]:
    text = case.text.folded.text
    written = text[slice(*span)]
    for heard in said:
        if heard in text or not _is_no_word(written, heard, lexicon):
            continue
        reasons = (f"「{written}」 is no word; 「{heard}」 was said around.",)
        yield gain(case, *span, heard, lexicon), _suspicion(case, span, heard, 0.88, *reasons)


def _particle(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """A particle was left out: captions do so on purpose, but not of one in a sentence that keeps all others."""
    others = [each for each in case.differences if each is not difference and each.units]
    kept = sum(word.is_particle for word in case.text.words)
    if others or kept < KEPT or case.relation is not Relation.VERBATIM or not is_sentence(case.text.words):
        return
    heard = difference.heard_text
    clear = gain(case, difference.start, difference.end, heard, lexicon) >= GAIN_PARTICLE
    lost = {word.surface for word in difference.heard if word.is_particle}
    if not clear and (lost & _DROPPED or (lost & _BEFORE_PAUSES and case.pauses_after(difference))):
        return
    reasons = [f"「{heard}」 was heard, all else is written as it was said."]
    if clear:
        reasons.append("The lexicon misses the particle as well.")
    found = _suspicion(case, (difference.start, difference.end), heard, 0.85 if clear else 0.6, *reasons)
    yield replace(found, kind=Kind.MISSING, severity=ISSUE if clear else FYI)


def _has_one_particle_more(longer: Sequence[Morpheme], shorter: Sequence[Morpheme]) -> bool:
    """Whether one side has a particle that the other lacks, and nothing else."""
    rest = "".join(word.surface for word in shorter)
    surfaces = [word.surface for word in longer]
    lost = [at for at, word in enumerate(longer) if word.is_particle and word.surface in _PARTICLES]
    return any("".join(surfaces[:at] + surfaces[at + 1 :]) == rest for at in lost)


def _is_reworded(case: Aligned, difference: Difference) -> bool:
    """Whether a condensed caption puts it otherwise: another particle (住宅で火事, 住宅火災), a form that a headline
    ends with (低め for 低く), or a letter that nobody says.
    """
    written, heard = difference.written, difference.heard
    if not all(is_kana(each) or is_kanji(each) for word in written for each in word.surface):
        return True
    particles = all(word.is_particle for word in (*written, *heard))
    if particles:
        others = [each for each in case.differences if each.units or each.heard_units]
        return len(others) > 1 or not is_sentence(case.text.words)
    one, two = written[0].surface if written else "", heard[0].surface
    ends = difference.end >= len(case.text.folded.text.rstrip())
    return ends and len(written) == len(heard) == 1 and one[:1] == two[:1] and is_kanji(one[0]) and written[0].is_known


def _differ_in_kana(written: str, heard: str) -> bool:
    """Whether the two have the same Kanji, and their Kana are one slip apart."""
    kanji = ["".join(filter(is_kanji, common(each))) for each in (written, heard)]
    if kanji[0] != kanji[1] or common(written) == common(heard):
        return False
    return OSA.distance(common(written), common(heard)) == 1


def _is_no_word(written: str, heard: str, lexicon: JapaneseLexicon) -> bool:
    """Whether Kanji or Katakana are no word, and the heard ones, with one of them exchanged, are."""
    if common(written) == common(heard) or not lexicon.knows(heard) or lexicon.knows(written):
        return False
    if _KATAKANA.fullmatch(written) and _KATAKANA.fullmatch(heard):
        return OSA.distance(written, heard) == 1
    kanji = len(written) == len(heard) > 1 and all(map(is_kanji, written + heard))
    return kanji and 2 * sum(one == two for one, two in zip(written, heard, strict=True)) >= len(written)


def _spelt_like(written: str, difference: Difference) -> str:
    """What was heard, in Hiragana if the caption is: うれしい, where 嬉しい was transcribed."""
    if not all(map(is_kana, written)) or not any(map(is_kanji, difference.heard_text)):
        return difference.heard_text
    return common("".join(word.reading for word in difference.heard))


def _is_other_form(case: Aligned, difference: Difference) -> bool:
    """Whether it is a form of a verb where the speech has another one: 始まる for 始めた, 求める for 求めて, やすい for
    やすく.
    """
    written = difference.written
    ends = difference.end >= len(case.text.folded.text.rstrip())
    if ends and written and written[-1].surface[:-1] == difference.heard[-1].surface[:-1] != "":
        return True
    if (
        len(written) != 1
        or written[0].word_class not in ("動詞", "形容詞")
        or not any(map(is_kanji, written[0].surface))
    ):
        return False
    return len(difference.heard) == 1 or ends


def _beside(case: Aligned, span: tuple[int, int]) -> tuple[str, str]:
    """The characters beside a span."""
    text = case.text.folded.text
    return text[max(0, span[0] - BESIDE) : span[0]], text[span[1] : span[1] + BESIDE]


def _suspicion(case: Aligned, span: tuple[int, int], right: str, confidence: float, *reasons: str) -> Suspicion:
    return Suspicion(Kind.SPELLING, *case.text.raw_span(*span), right, confidence, reasons)
