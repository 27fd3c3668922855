"""The numbers of a scorecard, as plain values for JSON: every share with its hits, its size and its 95 % interval.

Precision counts hits among hits and false alarms; recall counts found mistakes among planted ones. F1's bounds are
those of the two bounds together, which is wider than 95 %. Bands other than all are of the voice.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from telop_matcher.matching.values import FYI, Blame

from tests.scorecard.intervals import Share, f1, rate_interval
from tests.scorecard.labels import Labelled, hours, misheard
from tests.scorecard.scoring import Outcome, Result, Scored

EDGES: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Of the bins of the reliability table."""
Numbers = dict[str, Any]


def numbers(results: Sequence[Result]) -> Numbers:
    """Everything that is printed of a half of one language."""
    bands = sorted({result.programme.voice_band for result in results})
    clean = [result for result in results if result.programme.is_clean]
    return {
        "telops": sum(each.shown is not None for result in results for each in result.programme.labelled),
        "telops_read": sum(len(result.programme.telops) for result in results),
        "hours": round(hours([result.programme for result in results]), 3),
        "word_errors": {
            band: _rounded(word_errors([r for r in results if r.programme.voice_band == band])) for band in bands
        },
        "all_kinds": detection(results),
        "bands": {band: detection([r for r in results if r.programme.voice_band == band]) for band in bands},
        "kinds": {kind: detection(results, kind) for kind in _kinds(results)},
        "kind_named_right": _share(_kind_right(results)),
        "false_alarms_per_hour": {
            "clean_programmes": false_alarms(clean),
            "all_programmes": false_alarms(results),
        },
        "blame": _share(_blame_right(results)),
        "relation": _share(_relation_right(results)),
        "calibration": calibration(results),
        "repeats": sum(each.outcome is Outcome.REPEAT for each in _scored(results)),
        "explained": sum(each.outcome is Outcome.EXPLAINED for each in _scored(results)),
    }


def detection(results: Sequence[Result], kind: str | None = None) -> Numbers:
    """Precision, recall and F1, over all kinds or of one: recall by the label's kind, precision by the finding's."""
    hits = [each for each in _scored(results) if each.outcome is Outcome.HIT]
    alarms = [each for each in _scored(results) if each.outcome is Outcome.FALSE_ALARM]
    planted = [_kind(each) for result in results for each in result.programme.labelled if _kind(each)]
    missed = [_kind(each) for result in results for each in result.missed]
    named = _count(hits, lambda each: kind in (None, each.finding.kind))
    wrong = _count(alarms, lambda each: kind in (None, each.finding.kind))
    wanted = _count(planted, lambda each: kind in (None, each))
    unfound = _count(missed, lambda each: kind in (None, each))
    precision, recall = Share(named, named + wrong), Share(wanted - unfound, wanted)
    bounds = zip(precision.interval, recall.interval, strict=True)
    return {
        "precision": _share(precision),
        "recall": _share(recall),
        "f1": _rounded(f1(precision.value, recall.value)),
        "f1_bounds": [_rounded(f1(*bound)) for bound in bounds],
    }


def false_alarms(results: Sequence[Result]) -> Numbers:
    """False alarms an hour: of all severities, and of those that an editor must look at."""
    alarms = [each for each in _scored(results) if each.outcome is Outcome.FALSE_ALARM]
    lasted = hours([result.programme for result in results])
    serious = _count(alarms, lambda each: each.finding.severity != FYI)
    return {"hours": round(lasted, 3), "any": _rate(len(alarms), lasted), "issue_or_blocker": _rate(serious, lasted)}


def word_errors(results: Sequence[Result]) -> float | None:
    """The recogniser's word error rate, as measured; in Japanese, which has no words in writing, of characters."""
    wrong, total = (sum(each) for each in zip(*(misheard(result.programme) for result in results), strict=True))
    return wrong / total if total else None


def calibration(results: Sequence[Result]) -> list[Numbers]:
    """The reliability table: of findings with so much confidence, so many were right."""
    counted = [each for each in _scored(results) if each.outcome in (Outcome.HIT, Outcome.FALSE_ALARM)]
    table = []
    for low, high in itertools.pairwise(EDGES):
        inside = [
            each for each in counted if low <= each.finding.confidence < high or each.finding.confidence == high == 1
        ]
        if inside:
            mean = sum(each.finding.confidence for each in inside) / len(inside)
            right = Share(_count(inside, lambda each: each.outcome is Outcome.HIT), len(inside))
            table.append({"from": low, "to": high, "said": _rounded(mean), "right": _share(right)})
    return table


def _kind_right(results: Sequence[Result]) -> Share:
    hits = [each for each in _scored(results) if each.outcome is Outcome.HIT]
    return Share(
        _count(hits, lambda each: each.label is not None and _kind(each.label) == each.finding.kind), len(hits)
    )


def _blame_right(results: Sequence[Result]) -> Share:
    """Of findings on a mistake, and of those that blame a recogniser: undecided is not right."""
    asked = [
        each for each in _scored(results) if each.outcome is Outcome.HIT or each.finding.blame in (Blame.OCR, Blame.ASR)
    ]
    return Share(_count(asked, lambda each: each.finding.blame is each.fault), len(asked))


def _relation_right(results: Sequence[Result]) -> Share:
    pairs = [pair for result in results for pair in result.relations]
    return Share(sum(true == found for true, found in pairs), len(pairs))


def _kinds(results: Sequence[Result]) -> list[str]:
    planted = {_kind(each) for result in results for each in result.programme.labelled}
    return sorted((planted | {str(each.finding.kind) for each in _scored(results)}) - {""})


def _kind(labelled: Labelled) -> str:
    return labelled.shown.mistake.kind if labelled.shown and labelled.shown.mistake else ""


def _scored(results: Sequence[Result]) -> list[Scored]:
    return [each for result in results for each in result.scored]


def _count(values: Iterable[Any], test: Callable[[Any], bool]) -> int:
    return sum(test(each) for each in values)


def _share(share: Share) -> Numbers:
    low, high = share.interval
    return {
        "value": _rounded(share.value),
        "low": _rounded(low),
        "high": _rounded(high),
        "hits": share.hits,
        "of": share.all,
    }


def _rate(events: int, lasted: float) -> Numbers:
    low, high = rate_interval(events)
    per = 1 / lasted if lasted else 0.0
    return {"value": round(events * per, 2), "low": round(low * per, 2), "high": round(high * per, 2), "events": events}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
