"""What a followed job tells at the terminal."""

from typing import Any

import pytest
from rich.console import Console
from telop_cli.demo.show import engines, findings

FINDING: dict[str, Any] = {
    "start_s": 1.0,
    "end_s": 2.0,
    "kind": "spelling",
    "severity": "issue",
    "written": "teh end",
    "wrong": {"text": "teh", "start": 0, "end": 3},
    "heard": "the end",
    "suggestion": "the",
    "blame": "caption",
}


def test_a_job_tells_by_whom_it_was_recognised_and_what_could_not_be_expected() -> None:
    whisper = {"name": "faster_whisper", "version": "1.2.1", "model": "small sha256:ab", "device": "cuda"}
    job = {
        "stages": [
            {"stage": "ocr", "engines": [], "not_biased": []},
            {"stage": "asr", "engines": [whisper | {"x_real_time": 12.5}], "not_biased": ["李"]},
            {"stage": "old"},
        ]
    }
    assert engines(job) == [
        "asr by faster_whisper 1.2.1 (small sha256:ab) on cuda, 12.5 x real time",
        "asr could not be told to expect: 李 (give them a reading)",
    ]


@pytest.mark.parametrize(
    ("device", "x_real_time", "said"),
    [("none", 3000.0, "asr by supplied 2 (transcript)"), ("cpu", None, "asr by supplied 2 (transcript) on cpu")],
)
def test_what_recognised_nothing_has_no_speed(device: str, x_real_time: float | None, said: str) -> None:
    supplied = {"name": "supplied", "version": "2", "model": "transcript"}
    job = {"stages": [{"stage": "asr", "engines": [supplied | {"device": device, "x_real_time": x_real_time}]}]}
    assert engines(job) == [said]


@pytest.mark.parametrize(("suppressed", "said"), [("intended", True), (None, False)])
def test_a_finding_that_an_earlier_decision_silences_is_told_from_the_others(
    suppressed: str | None, said: bool
) -> None:
    out = Console(width=160, record=True)
    out.print(findings([FINDING | {"suppressed": suppressed}]))
    assert ("issue (silenced: intended)" in out.export_text()) is said
