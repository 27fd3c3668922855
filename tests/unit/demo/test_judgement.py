"""The judgement of the demo: what counts as found, as missed and as a false alarm."""

from typing import Any

import pytest
from telop_cli.demo.judgement import judge
from telop_cli.demo.truth import ASSETS, Telop, Truth

TRUTH = Truth.read(ASSETS / "truth.json")


def finding_for(telop: Telop, **changes: Any) -> dict[str, Any]:
    mistake = telop.mistake
    assert mistake
    return {
        "kind": mistake.kind,
        "severity": "issue",
        "start_s": telop.start_s,
        "end_s": telop.end_s,
        "written": telop.written,
        "wrong": {"text": mistake.wrong, "start": mistake.start, "end": mistake.end},
        "suggestion": mistake.suggestion,
    } | changes


def planted(kind: str) -> Telop:
    return next(telop for telop in TRUTH.planted if telop.mistake and telop.mistake.kind == kind)


def test_a_finding_for_every_planted_mistake_is_right() -> None:
    judgement = judge(TRUTH, [finding_for(telop) for telop in TRUTH.planted])

    assert judgement.is_right
    assert len(judgement.found) == len(TRUTH.planted)


def test_no_findings_miss_every_planted_mistake() -> None:
    assert list(judge(TRUTH, []).missed) == TRUTH.planted


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "wrong_word"},
        {"start_s": 20.0, "end_s": 22.0},
        {"suggestion": "interests"},
        {"suggestion": None},
        {"wrong": {"text": "bank", "start": 12, "end": 16}},
    ],
)
def test_a_finding_that_is_wrong_in_one_thing_neither_finds_nor_goes_unnoticed(changes: dict[str, Any]) -> None:
    spelling = planted("spelling")
    others = [finding_for(telop) for telop in TRUTH.planted if telop is not spelling]

    judgement = judge(TRUTH, [*others, finding_for(spelling, **changes)])

    assert list(judgement.missed) == [spelling]
    assert len(judgement.false_alarms) == 1


def test_the_second_report_of_a_mistake_is_a_false_alarm() -> None:
    findings = [finding_for(telop) for telop in TRUTH.planted]

    judgement = judge(TRUTH, [*findings, findings[0]])

    assert not judgement.missed
    assert list(judgement.false_alarms) == [findings[0]]


@pytest.mark.parametrize("severity", ["blocker", "issue", "fyi"])
def test_a_flagged_correct_line_is_a_false_alarm_of_any_severity(severity: str) -> None:
    flagged = finding_for(planted("spelling"), start_s=0.0, end_s=3.0, severity=severity)

    judgement = judge(TRUTH, [*[finding_for(telop) for telop in TRUTH.planted], flagged])

    assert list(judgement.false_alarms) == [flagged]


@pytest.mark.parametrize(
    ("kind", "wrong", "suggestion"),
    [
        ("name", "Andersen", "Anderson"),
        ("name", "John Andersen", "John Anderson"),
        ("duplicate", " the", ""),
        ("number", "300", "two hundred"),
        ("ng_word", "The chairman", None),
    ],
)
def test_the_wrong_span_may_be_cut_in_several_ways(kind: str, wrong: str, suggestion: str | None) -> None:
    telop = planted(kind)
    start = telop.written.rindex(wrong)
    span = {"text": wrong, "start": start, "end": start + len(wrong)}
    others = [finding_for(other) for other in TRUTH.planted if other is not telop]

    assert judge(TRUTH, [*others, finding_for(telop, wrong=span, suggestion=suggestion)]).is_right


def test_a_space_that_the_reader_lost_does_not_hide_the_repair() -> None:
    telop = planted("spelling")
    written = telop.written.replace("left intrest", "leftintrest")
    start = written.index("intrest")
    span = {"text": "intrest", "start": start, "end": start + 7}
    others = [finding_for(other) for other in TRUTH.planted if other is not telop]

    assert judge(TRUTH, [*others, finding_for(telop, written=written, wrong=span)]).is_right
