"""Judges a programme: every telop beside its speech, by every rule; one mistake is one finding.

Where rules agree on overlapping spans, the one with the strongest witness speaks. Readings of other frames are asked
before a caption is blamed: a typo is the same on every frame, a misreading flickers. Without a lexicon (a language
that none is known for) only the rules that need none are asked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from telop_matcher.matching.agreement import agreements
from telop_matcher.matching.alignment import Aligned, Speech, align
from telop_matcher.matching.listening import NOT_LISTENED, Ear, Listened, Span
from telop_matcher.matching.occurrences import gather
from telop_matcher.matching.picture import clears, weigh
from telop_matcher.matching.proper_names import names_in
from telop_matcher.matching.rules.consistency import find_inconsistent
from telop_matcher.matching.rules.duplicates import find_duplicates
from telop_matcher.matching.rules.figures import find_wrong_measures, find_wrong_numbers
from telop_matcher.matching.rules.missing import find_missing
from telop_matcher.matching.rules.names import Roster, find_wrong_names
from telop_matcher.matching.rules.ng_words import HeardNgWord, find_ng_words, hear_ng_words
from telop_matcher.matching.rules.spelling import find_misspellings
from telop_matcher.matching.rules.wrong_words import find_wrong_words
from telop_matcher.matching.script import Instead, Passage
from telop_matcher.matching.values import (
    ISSUE,
    TICKER,
    Blame,
    Compared,
    Finding,
    Kind,
    Lexicon,
    Relation,
    Rules,
    Suspicion,
    Telop,
    Word,
)
from telop_matcher.matching.writing import fold, letters

UNREADABLE: Final = 0.5
"""Reader's confidence below which a text is no evidence of a mistake."""
USELESS_VOICE: Final = 0.35
"""Share of disagreements around from which speech is no witness of single words."""
_PRIORITY: Final = tuple(Kind)


class Case(Protocol):
    """A telop beside the speech around it: what a language's alignment gives."""

    @property
    def telop(self) -> Telop:
        """The telop."""

    @property
    def relation(self) -> Relation:
        """How it relates to the speech."""

    @property
    def heard_text(self) -> str:
        """The speech that it was laid against; empty if it is unspoken."""

    def compared(self) -> Sequence[Compared]:
        """Every word or number of the telop with what was heard in its place, in order of the text."""


@dataclass(frozen=True)
class Judged:
    """What came of a programme: findings in order of time, and every telop beside its speech."""

    findings: list[Finding]
    cases: Sequence[Case]
    knows: Callable[[str], bool]
    """Whether a dictionary of the language has a word, as it is written."""
    names: Callable[[str], Sequence[tuple[int, int]]]
    """Where names stand in a text, as far as the language tells; this accuses nobody."""
    doubts: Sequence[Span] = ()
    """What a second listen could tell more of, the likeliest mistakes first."""
    scripted: Callable[[str, Instead, Passage], Instead | None] = lambda _text, instead, _passage: instead
    """What a script has instead of a whole word or number of a telop; None if it is only another wording."""


class Judge(Protocol):
    """How a language judges a programme, for stitched telops and words, and for what was listened to again."""

    def __call__(
        self, telops: Sequence[Telop], words: Sequence[Word], rules: Rules, *, listened: Listened = ...
    ) -> Judged:
        """Judge."""


def judge(
    telops: Sequence[Telop],
    words: Sequence[Word],
    rules: Rules,
    lexicon: Lexicon | None,
    *,
    listened: Listened = NOT_LISTENED,
) -> Judged:
    """Judge a programme in English, or in a language that no lexicon is known for."""
    speech, roster = Speech(words), Roster.of(rules.roster)
    cases = [align(telop, speech) for telop in telops]
    first = [
        [*_suspect(case, roster, rules, lexicon), *inconsistent]
        for case, inconsistent in zip(cases, find_inconsistent(cases, roster, lexicon), strict=True)
    ]
    suspected: list[list[Suspicion]] = []
    ear = Ear(listened)
    for case, suspicions, agreement in zip(cases, first, agreements(cases, first), strict=True):
        deaf = agreement.doubt > USELESS_VOICE
        found = list(suspicions)
        if lexicon and not deaf:
            found += [*find_wrong_numbers(case, agreement, lexicon), *find_wrong_measures(case, agreement)]
            found += find_wrong_words(case, agreement, roster, lexicon, ear)
            found += find_missing(case, agreement, lexicon, ear)
        suspected.append(found)
    found_all = conclude(cases, suspected, words, hear_ng_words(words, rules.ng_words))
    knows = (lambda word: lexicon.knows(fold(word).text)) if lexicon else (lambda _: False)
    return Judged(found_all, cases, knows, names_in if lexicon else lambda _: (), ear.wanted())


def conclude(
    cases: Sequence[Case],
    suspected: Sequence[Sequence[Suspicion]],
    words: Sequence[Word],
    heard: Iterable[HeardNgWord],
) -> list[Finding]:
    """From what a language suspects of each telop to findings: the strongest witness speaks, the frames are asked who
    is to blame, what was only heard is added, and one mistake is one finding.
    """
    findings: list[Finding] = []
    for case, found in zip(cases, suspected, strict=True):
        kept = [each for each in _strongest(found) if _is_readable(case, each) and not clears(case.telop, each)]
        findings += (_finding(case, suspicion) for suspicion in kept)
    findings += _heard_only(words, heard, findings)
    return gather(findings)


def _suspect(case: Aligned, roster: Roster, rules: Rules, lexicon: Lexicon | None) -> list[Suspicion]:
    found = [*find_ng_words(case.telop.text, rules.ng_words), *find_wrong_names(case, roster, lexicon)]
    if lexicon:
        found += [*find_duplicates(case, lexicon), *find_misspellings(case, roster, lexicon)]
    return found


def _strongest(suspicions: Iterable[Suspicion]) -> list[Suspicion]:
    """Of suspicions whose spans overlap, keep the one with the strongest witness."""
    kept: list[Suspicion] = []
    for suspicion in sorted(suspicions, key=lambda each: (_PRIORITY.index(each.kind), -each.confidence, each.start)):
        if not any(suspicion.start < other.end and other.start < suspicion.end for other in kept):
            kept.append(suspicion)
    return sorted(kept, key=lambda each: each.start)


def _is_readable(case: Case, suspicion: Suspicion) -> bool:
    return suspicion.kind is Kind.NG_WORD or (case.telop.confidence >= UNREADABLE and not _is_cut(case, suspicion))


def _is_cut(case: Case, suspicion: Suspicion) -> bool:
    """Whether it is about the first or last word of running text, which the edge of the picture may have cut."""
    at_edge = suspicion.start == 0 or suspicion.end == len(case.telop.text)
    return case.telop.kind == TICKER and at_edge


def _finding(case: Case, suspicion: Suspicion) -> Finding:
    telop = case.telop
    suspicion, wants_look = weigh(telop, suspicion)
    return Finding(
        kind=suspicion.kind,
        severity=suspicion.severity,
        start_s=telop.start_s,
        end_s=telop.end_s,
        written=telop.text,
        heard=case.heard_text,
        start=suspicion.start,
        end=suspicion.end,
        suggestion=suspicion.suggestion,
        relation=case.relation,
        blame=suspicion.blame,
        confidence=suspicion.confidence,
        reasons=suspicion.reasons,
        box=telop.box,
        still=telop.still,
        wants_look=wants_look,
    )


def _heard_only(words: Sequence[Word], heard: Iterable[HeardNgWord], shown: Sequence[Finding]) -> list[Finding]:
    """Findings for forbidden words that were said while they did not stand on screen."""
    findings = []
    for each in heard:
        start, end = words[each.first].start_s, words[each.last - 1].end_s
        said = " ".join(word.text for word in words[each.first : each.last])
        on_screen = (f for f in shown if f.kind is Kind.NG_WORD and letters(f.wrong) == letters(each.rule.text))
        if any(finding.start_s <= end and start <= finding.end_s for finding in on_screen):
            continue
        reasons = ("A word that must not go on air was heard; it does not stand on screen.",)
        confidence = min(word.confidence for word in words[each.first : each.last]) * 0.8
        findings.append(
            Finding(
                *(Kind.NG_WORD, ISSUE, start, end, "", said, 0, 0, None),
                *(Relation.UNSPOKEN, Blame.UNDECIDABLE, confidence, reasons),
            )
        )
    return findings
