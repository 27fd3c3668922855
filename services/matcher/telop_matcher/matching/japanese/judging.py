"""Judges a Japanese programme: every telop beside its speech, by every Japanese rule.

A difference that the reader of pictures cannot tell by the glyph alone (一 and ー, 髙 and 高) is never more than
worth a look, unless the drawn glyphs were compared and say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from telop_matcher.matching.japanese.alignment import Aligned, Difference, align
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.repairing import gain
from telop_matcher.matching.japanese.rules.consistency import find_inconsistent
from telop_matcher.matching.japanese.rules.dates import find_impossible_dates
from telop_matcher.matching.japanese.rules.doubled import find_doubled
from telop_matcher.matching.japanese.rules.duplicates import find_duplicates, find_redundant
from telop_matcher.matching.japanese.rules.exchanged import find_exchanged
from telop_matcher.matching.japanese.rules.figures import find_wrong_numbers
from telop_matcher.matching.japanese.rules.misspellings import find_misspellings
from telop_matcher.matching.japanese.rules.names import Roster, find_wrong_names
from telop_matcher.matching.japanese.rules.near_spellings import find_near_spellings
from telop_matcher.matching.japanese.rules.negation import find_lost_negations
from telop_matcher.matching.japanese.rules.ng_words import find_japanese_ng_words, hear_japanese_ng_words
from telop_matcher.matching.japanese.rules.odd_kanji import find_odd_kanji
from telop_matcher.matching.japanese.rules.other_kana import find_other_kana
from telop_matcher.matching.japanese.rules.replaced import find_replaced
from telop_matcher.matching.japanese.rules.slips import find_slips
from telop_matcher.matching.japanese.rules.variants import find_variants
from telop_matcher.matching.japanese.rules.wrong_words import contradicts_lexicon, find_wrong_words, usage
from telop_matcher.matching.japanese.scripted import scripted
from telop_matcher.matching.japanese.speech import Speech
from telop_matcher.matching.japanese.text import cut, is_kanji
from telop_matcher.matching.japanese.trust import TRUSTED, Witness, doubts
from telop_matcher.matching.judging import Judged, conclude
from telop_matcher.matching.listening import NOT_LISTENED, Listened
from telop_matcher.matching.values import FYI, Blame, FoldedSpan, Relation, Rules, Suspicion, Telop, Word
from telop_matcher.matching.writing import draws_alike, fold


def judge_japanese(
    telops: Sequence[Telop],
    words: Sequence[Word],
    rules: Rules,
    lexicon: JapaneseLexicon,
    *,
    listened: Listened = NOT_LISTENED,
) -> Judged:
    """Judge a programme in Japanese, for which there is no second listen."""
    del listened
    speech, roster = Speech(words, lexicon), Roster.of(rules.roster, rules.readings, lexicon)
    cases = [align(telop, speech, lexicon) for telop in telops]
    witnesses = [_witness(case, lexicon) for case in cases]
    doubt = doubts(witnesses, punctuated=speech.punctuated, confidence=speech.confidence)
    usual = usage(cases)
    consistency = (
        find_inconsistent(cases, roster),
        find_near_spellings(cases, roster, lexicon),
        find_variants(cases, lexicon),
    )
    suspected = [
        [
            _drawn(case.telop, each)
            for each in (*_suspect(case, roster, rules, lexicon, usual, trusted=share <= TRUSTED), *chain(*others))
        ]
        for case, share, *others in zip(cases, doubt, *consistency, strict=True)
    ]
    findings = conclude(cases, suspected, words, hear_japanese_ng_words(words, rules.ng_words, lexicon))
    return Judged(
        findings,
        cases,
        knows=lambda word: lexicon.knows(fold(word).text),
        names=lambda text: names_in(text, lexicon),
        scripted=lambda text, instead, passage: scripted(text, instead, passage, lexicon),
    )


def names_in(text: str, lexicon: JapaneseLexicon) -> list[tuple[int, int]]:
    """Where names of people stand in a text; names side by side are one. It serves to count, never to accuse."""
    parts = cut(text, lexicon)
    spans: list[tuple[int, int]] = []
    for word in parts.words:
        if not word.detail.startswith("固有名詞・人名"):
            continue
        start, end = parts.raw_span(word.start, word.end)
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def _suspect(
    case: Aligned, roster: Roster, rules: Rules, lexicon: JapaneseLexicon, usual: Mapping[str, int], *, trusted: bool
) -> list[Suspicion]:
    lost = list(find_lost_negations(case, trusted=trusted))
    return [
        *find_japanese_ng_words(case.text, rules.ng_words),
        *find_wrong_names(case, roster, lexicon),
        *find_wrong_numbers(case, trusted=trusted),
        *find_impossible_dates(case),
        *find_duplicates(case),
        *find_doubled(case, lexicon),
        *find_redundant(case, lexicon),
        *find_misspellings(case, roster.parts, lexicon),
        *find_odd_kanji(case, roster.parts, lexicon, trusted=trusted),
        *(each for each in find_slips(case, lexicon, trusted=trusted) if not _overlaps(each, lost)),
        *lost,
        *find_other_kana(case, lexicon, trusted=trusted),
        *find_wrong_words(case, lexicon, usual, trusted=trusted),
        *find_exchanged(case, lexicon, trusted=trusted),
        *find_replaced(case, lexicon, trusted=trusted),
    ]


def _overlaps(suspicion: Suspicion, others: Sequence[Suspicion]) -> bool:
    return any(suspicion.start < other.end and other.start < suspicion.end for other in others)


def _witness(case: Aligned, lexicon: JapaneseLexicon) -> Witness:
    """Whether the telop shows a fault of the speech: a particle that it lacks, or Kanji that only sound right."""
    compared = case.relation in (Relation.VERBATIM, Relation.CONDENSED) and not case.by_sound
    faulty = any(
        contradicts_lexicon(case, each, lexicon)
        or _lacks_particle(case, each, lexicon)
        or any(_is_strange(word) for word in each.heard)
        for each in case.differences
    )
    return Witness(compared, faulty)


def _is_strange(word: Morpheme) -> bool:
    return not (word.is_known or word.is_numeral) and any(map(is_kanji, word.surface))


def _lacks_particle(case: Aligned, difference: Difference, lexicon: JapaneseLexicon) -> bool:
    """Whether the speech lacks a particle that the telop has, and that it needs: 男をが取り押さえた does not."""
    if difference.heard or [word.is_particle for word in difference.written] != [True]:
        return False
    needed = gain(case, difference.start, difference.end, "", lexicon) < 0
    return case.relation is Relation.VERBATIM and needed and _is_single(case, difference.start)


def _is_single(case: Aligned, start: int) -> bool:
    """Whether the particle at this place is not doubled: that would be the caption's mistake."""
    text = case.text.folded.text
    return text[start : start + 1] not in (text[start - 1 : start], text[start + 1 : start + 2])


def _drawn(telop: Telop, suspicion: Suspicion) -> Suspicion:
    """Doubt what rests on glyphs that the reader folds, unless drawing them decided."""
    if suspicion.suggestion is None:
        return suspicion
    wrong = telop.text[suspicion.start : suspicion.end]
    for span in telop.folded:
        if span.start < suspicion.end and suspicion.start < span.end and _explains(telop, suspicion, span):
            if span.looks_like == telop.text[span.start : span.end]:
                return suspicion
            return _doubted(suspicion, Blame.OCR if span.looks_like else Blame.UNDECIDABLE)
    return _doubted(suspicion, Blame.UNDECIDABLE) if draws_alike(wrong, suspicion.suggestion) else suspicion


def _explains(telop: Telop, suspicion: Suspicion, span: FoldedSpan) -> bool:
    before, after = telop.text[suspicion.start : span.start], telop.text[span.end : suspicion.end]
    return any(fold(before + each + after).text == fold(suspicion.suggestion or "").text for each in span.alternatives)


def _doubted(suspicion: Suspicion, blame: Blame) -> Suspicion:
    reasons = (*suspicion.reasons, "The reader of pictures does not tell these glyphs apart.")
    return replace(suspicion, severity=FYI, blame=blame, confidence=suspicion.confidence / 2, reasons=reasons)
