"""An editor reads why there is a finding."""

from typing import Any

import pytest
from rich.console import Console
from telop_cli.demo.explaining import explanation

FOUND: dict[str, Any] = {
    "finding_id": "finding-1",
    "kind": "spelling",
    "severity": "issue",
    "written": "The goverment resigned",
    "wrong": {"text": "goverment", "start": 4, "end": 13},
    "suggestion": "government",
    "relation": "verbatim",
    "heard": "the government resigned",
    "pairs": [
        {"written": "The", "start": 0, "end": 3, "heard": "the", "cost": 0.0},
        {"written": "goverment", "start": 4, "end": 13, "heard": "government", "cost": 0.05},
        {"written": "resigned", "start": 14, "end": 22, "heard": None, "cost": 1.0},
    ],
    "script": None,
    "witnesses": ["dictionary", "speech"],
    "reasons": ['"goverment" is in no word list.'],
    "blame": "caption",
    "confidence": 0.97,
}


def shown(**changes: Any) -> str:
    console = Console(width=120, record=True, file=None, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        console.print(explanation(FOUND | changes))
    return capture.get()


@pytest.mark.parametrize(
    "said",
    [
        'probably right: "government"',
        "word for word",
        "0.05",
        "not heard",
        "is in no word list",
        "dictionary, speech",
        "97%",
    ],
)
def test_alignment_relation_costs_witnesses_and_reasons_are_shown(said: str) -> None:
    assert said in shown()


def test_what_was_only_heard_has_no_parts_and_a_script_is_quoted() -> None:
    heard = shown(written="", wrong={"text": "", "start": 0, "end": 0}, pairs=[], relation="unspoken", heard="damn")
    assert '"damn"' in heard
    assert "written" not in heard
    assert "Script:  The government resigned." in shown(script="The government resigned.")


def test_a_value_that_a_later_version_adds_is_shown_as_it_is() -> None:
    assert "sideways" in shown(relation="sideways", blame="sideways")
