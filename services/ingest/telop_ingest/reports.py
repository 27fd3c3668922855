"""Reports of a finished job for people and spreadsheets. Pure: rows in, text out.

A spreadsheet runs cells that begin with `= + - @` as formulas, and captions may begin so: they are escaped. The HTML
page needs no script, no style and no other host.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

Cells = Mapping[str, object]

COLUMNS: Final = (
    *("timecode_in", "timecode_out", "start_s", "end_s", "severity", "kind", "written", "wrong", "heard"),
    *("suggestion", "blame", "relation", "confidence", "occurrence_count", "witnesses", "action", "since_earlier"),
    *("suppressed", "decision", "finding_id"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(findings: Sequence[Cells]) -> str:
    """Return the findings as CSV (RFC 4180) with a header line."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(finding.get(column)) for column in COLUMNS] for finding in findings)
    return file.getvalue()


def as_html(job: Cells, findings: Sequence[Cells]) -> str:
    """Return a page with what is to be said of the job and a table of the findings."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{_text(value)}</dd>" for name, value in job.items())
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_text(finding.get(column))}</td>" for column in COLUMNS) + "</tr>"
        for finding in findings
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Telopcheck report</title></head><body>'
        f"<h1>Telopcheck report</h1><dl>{facts}</dl>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else str(value)


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))
