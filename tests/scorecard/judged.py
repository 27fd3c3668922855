"""Runs the matcher's domain over labelled programmes, whole or with one of its witnesses taken away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from telop_matcher.matching.judging import Judge
from telop_matcher.matching.values import Telop

from tests.scorecard import metrics
from tests.scorecard.labels import Programme
from tests.scorecard.languages import Language
from tests.scorecard.scoring import Result, score

FLAT: Final = 0.99
"""As good as sure; 1 would be a transcript that was supplied."""


def results(programmes: Sequence[Programme], judge: Judge) -> list[Result]:
    """Judge and score every programme."""
    return [_result(each, each, judge) for each in programmes]


def ablation(programmes: Sequence[Programme], language: Language) -> list[metrics.Numbers]:
    """What precision, recall and false alarms become when one witness is taken away."""
    rows = [_row("nothing", results(programmes, language.judge))]
    for name, take in WITNESSES.items():
        rows.append(_row(name, [_result(each, take(each), language.judge) for each in programmes]))
    for name, judge in language.without.items():
        rows.append(_row(name, results(programmes, judge)))
    return rows


def _result(whole: Programme, less: Programme, judge: Judge) -> Result:
    judged = judge(less.telops, less.words, less.rules, listened=less.listened)
    shown = [each.shown for each in whole.labelled if each.read]
    pairs = zip(shown, judged.cases, strict=True)
    relations = [(truth.relation, str(case.relation)) for truth, case in pairs if truth]
    return score(whole, judged.findings, relations)


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


def _read_once(programme: Programme) -> Programme:
    def once(telop: Telop | None) -> Telop | None:
        return replace(telop, readings=(), confidence=1.0) if telop else None

    return replace(programme, labelled=tuple(replace(each, read=once(each.read)) for each in programme.labelled))


def _flat_confidence(programme: Programme) -> Programme:
    words = tuple(replace(word, confidence=FLAT, alternatives=()) for word in programme.words)
    return replace(programme, words=words)


def _without_roster(programme: Programme) -> Programme:
    return replace(programme, rules=replace(programme.rules, roster=()))


WITNESSES: Final[Mapping[str, Callable[[Programme], Programme]]] = {
    "the speech": lambda programme: replace(programme, words=()),
    "word confidence": _flat_confidence,
    "the roster": _without_roster,
    "readings of frames": _read_once,
}
"""Witnesses of every language, each as what it brings to a programme."""
