"""Runs the matcher's domain over labelled programmes, whole or with one of its witnesses taken away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telop_matcher.matching.alignment import Speech, align
from telop_matcher.matching.judging import judge
from telop_matcher.matching.values import Finding, Lexicon, Telop

from tests.scorecard import metrics
from tests.scorecard.labels import Programme
from tests.scorecard.scoring import Result, score

Taken = tuple[Programme, Lexicon | None]


def results(programmes: Sequence[Programme], lexicon: Lexicon | None) -> list[Result]:
    """Judge and score every programme."""
    return [_result(each, each, lexicon) for each in programmes]


def ablation(programmes: Sequence[Programme], lexicon: Lexicon) -> list[metrics.Numbers]:
    """What precision, recall and false alarms become when one witness is taken away."""
    rows = [_row("nothing", results(programmes, lexicon))]
    for name, take in WITNESSES.items():
        taken = [(programme, take(programme, lexicon)) for programme in programmes]
        rows.append(_row(name, [_result(whole, less, rest) for whole, (less, rest) in taken]))
    return rows


def _result(whole: Programme, judged: Programme, lexicon: Lexicon | None) -> Result:
    speech = Speech(judged.words)
    read = [each for each in judged.labelled if each.read and each.shown]
    relations = [
        (each.shown.relation, str(align(each.read, speech).relation)) for each in read if each.read and each.shown
    ]
    findings = judge(judged.telops, judged.words, judged.rules, lexicon).findings
    return score(whole, [shown for each in findings for shown in _shown(each)], relations)


def _shown(finding: Finding) -> list[Finding]:
    """A mistake that is shown several times was planted several times."""
    return [replace(finding, start_s=each.start_s, end_s=each.end_s) for each in finding.occurrences]


def _row(name: str, found: Sequence[Result]) -> metrics.Numbers:
    detection, alarms = metrics.detection(found), metrics.false_alarms(found)
    return {
        "without": name,
        "precision": detection["precision"]["value"],
        "recall": detection["recall"]["value"],
        "f1": detection["f1"],
        "false_alarms": alarms["any"]["value"],
        "issues": alarms["issue_or_blocker"]["value"],
    }


@dataclass(frozen=True)
class _WithoutContext:
    """A lexicon to which every word is as likely as any other between its neighbours."""

    whole: Lexicon

    def knows(self, word: str) -> bool:
        return self.whole.knows(word)

    def zipf(self, word: str) -> float:
        return self.whole.zipf(word)

    def neighbours(self, word: str, distance: int) -> list[tuple[str, int]]:
        return self.whole.neighbours(word, distance)

    def context(self, left: str | None, word: str, right: str | None) -> float:
        return 0.0


def _read_once(programme: Programme) -> Programme:
    def once(telop: Telop | None) -> Telop | None:
        return replace(telop, readings=(), confidence=1.0) if telop else None

    return replace(programme, labelled=tuple(replace(each, read=once(each.read)) for each in programme.labelled))


def _flat_confidence(programme: Programme) -> Programme:
    return replace(programme, words=tuple(replace(word, confidence=1.0) for word in programme.words))


WITNESSES: Final[Mapping[str, Callable[[Programme, Lexicon], Taken]]] = {
    "the speech": lambda programme, lexicon: (replace(programme, words=()), lexicon),
    "word confidence": lambda programme, lexicon: (_flat_confidence(programme), lexicon),
    "the roster": lambda programme, lexicon: (replace(programme, rules=replace(programme.rules, roster=())), lexicon),
    "the lexicon": lambda programme, _: (programme, None),
    "context of words": lambda programme, lexicon: (programme, _WithoutContext(lexicon)),
    "readings of frames": lambda programme, lexicon: (_read_once(programme), lexicon),
}
