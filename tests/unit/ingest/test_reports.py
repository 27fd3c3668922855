"""Reports carry everything and run nothing."""

import csv
import io

import pytest
from telop_ingest.reports import COLUMNS, as_csv, as_html


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    row = next(csv.DictReader(io.StringIO(as_csv([{"written": text}]), newline="")))
    assert row["written"] == "'" + text


def test_numbers_and_harmless_text_are_left_alone() -> None:
    row = next(
        csv.DictReader(io.StringIO(as_csv([{"start_s": 1.5, "written": 'say "a", b\nc', "heard": None}]), newline=""))
    )
    assert (row["start_s"], row["written"], row["heard"]) == ("1.5", 'say "a", b\nc', "")


def test_every_column_has_its_header() -> None:
    assert as_csv([]).strip().split(",") == list(COLUMNS)


def test_text_of_others_is_no_mark_up() -> None:
    page = as_html({"programme": "<script>"}, [{"written": "<b>&"}])
    assert "<script>" not in page
    assert "&lt;b&gt;&amp;" in page
