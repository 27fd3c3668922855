"""Reports carry everything and run nothing."""

import csv
import io
from typing import Any

import pytest
from telop_ingest.reports import COLUMNS, as_csv, as_html

JOB: dict[str, Any] = {
    "job_id": "job_1",
    "programme": "News",
    "language": "en",
    "status": "succeeded",
    "verdict": "warn",
    "media": {"width": 1280, "height": 720},
}
FINDING: dict[str, Any] = {
    "finding_id": "fnd_1",
    "kind": "wrong_word",
    "severity": "issue",
    "start_s": 1.0,
    "timecode_in": "09:59:31;00",
    "written": "they will loose it",
    "wrong": {"text": "loose", "start": 10, "end": 15},
    "heard": "they will lose it",
    "suggestion": "lose",
    "blame": "caption",
    "confidence": 0.9245041984985933,
    "reasons": ["It was heard otherwise."],
    "box": {"x": 10, "y": 20, "width": 300, "height": 40},
    "occurrences": [],
    "occurrence_count": 1,
    "action": "warn",
    "since_earlier": None,
    "suppressed": None,
    "decision": None,
}


def page(**changes: Any) -> str:
    return as_html(JOB, {"job": "job_1"}, [FINDING | changes], {})


def row(finding: dict[str, Any]) -> dict[str, str]:
    return next(csv.DictReader(io.StringIO(as_csv([finding]).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert row({"written": text})["written"] == "'" + text


def test_numbers_and_harmless_text_are_left_alone() -> None:
    cells = row({"start_s": 1.5, "written": 'say "a", b\nc', "heard": None})
    assert (cells["start_s"], cells["written"], cells["heard"]) == ("1.5", 'say "a", b\nc', "")


def test_every_column_has_its_header_after_the_mark_by_which_spreadsheets_know_utf_8() -> None:
    assert as_csv([]).strip().split(",") == ["\ufeff" + COLUMNS[0], *COLUMNS[1:]]


def test_the_page_says_what_is_wrong_where_and_why() -> None:
    shown = page()
    assert "they will <mark>loose</mark> it" in shown
    assert "09:59:31;00 Wrong word" in shown
    assert "<li>It was heard otherwise.</li>" in shown
    assert "<td>92%</td>" in shown


def test_the_page_holds_the_picture_with_a_frame_around_the_caption() -> None:
    shown = as_html(JOB, {}, [FINDING], {"fnd_1": b"\xff\xd8jpeg"})
    assert 'href="data:image/jpeg;base64,/9hqcGVn"' in shown
    assert '<rect x="10" y="20" width="300" height="40"/>' in shown


def test_a_mistake_that_is_shown_again_lists_its_times() -> None:
    times = [{"start_s": 1.0, "timecode_in": None}, {"start_s": 61.5, "timecode_in": None}]
    assert "1.00 s, 61.50 s and 3 more times" in page(occurrences=times, occurrence_count=5)


def test_a_page_without_findings_says_so() -> None:
    assert "Nothing was found." in as_html(JOB, {}, [], {})


def test_text_of_others_is_no_mark_up() -> None:
    shown = as_html(JOB | {"programme": "<script>"}, {"<i>": "<script>"}, [FINDING | {"heard": "<b>&"}], {})
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "&lt;b&gt;&amp;" in shown
    assert "<img>" not in page(written="<img> is <img>", wrong={"text": "is", "start": 6, "end": 8})
