"""Reports of a finished job for people and spreadsheets. Pure: values in, text out.

A spreadsheet runs cells that begin with `= + - @` as formulas, and captions may begin so: they are escaped. The HTML
page is one file that can be mailed or printed: it needs no script and no other host, and holds its pictures.
"""

import base64
import csv
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

Cells = Mapping[str, Any]

COLUMNS: Final = (
    *("timecode_in", "timecode_out", "start_s", "end_s", "severity", "kind", "written", "wrong", "heard"),
    *("suggestion", "blame", "relation", "confidence", "occurrence_count", "witnesses", "action", "since_earlier"),
    *("suppressed", "decision", "finding_id", "reasons"),
)
KINDS: Final = {
    "spelling": "Spelling",
    "wrong_word": "Wrong word",
    "name": "Name",
    "number": "Number",
    "duplicate": "Doubled",
    "missing": "Missing word",
    "ng_word": "Forbidden word",
    "inconsistent": "Two spellings",
}
BLAMES: Final = {
    "caption": "the caption",
    "ocr": "our reading of the picture",
    "asr": "our hearing",
    "script": "the script",
    "undecidable": "cannot be told",
}
STYLE: Final = (
    "body{font:15px/1.45 sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.2em .7em .2em 0}"
    "tr.row td{border-top:1px solid #ddd}section{border-top:2px solid #888;margin-top:1.5em;break-inside:avoid}"
    "mark{background:#ffd9d6;font-weight:bold}.written{font-size:1.25em;white-space:pre-line}svg{width:32em;max-width:100%}"
    "rect{fill:none;stroke:#e00;stroke-width:3}.blocker,.fail{color:#b00020}.issue,.warn{color:#8a5a00}.fyi{color:#245a9c}"
    ".pass{color:#1b6e2f}.silent{opacity:.55}"
)
"""The page's own style; the route allows exactly it (`style-src`)."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(findings: Sequence[Cells]) -> str:
    """Return the findings as CSV (RFC 4180) with a header line, marked as UTF-8: spreadsheets guess otherwise."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(finding.get(column)) for column in COLUMNS] for finding in findings)
    return file.getvalue()


def as_html(job: Cells, facts: Cells, findings: Sequence[Cells], stills: Mapping[str, bytes]) -> str:
    """Return a page with what is to be said of the job, a list of the findings, and each with its picture and reasons.

    `job` and `findings` are as the API shows them; `stills` are images (JPEG or PNG) by finding id.
    """
    title = f"Telopcheck: {job.get('programme') or job.get('job_id')}"
    verdict = job.get("verdict") or job.get("status")
    said = "".join(f"<tr><th>{escape(name)}</th><td>{_text(value)}</td></tr>" for name, value in facts.items() if value)
    rows = "".join(_row(finding, number) for number, finding in enumerate(findings, start=1))
    listed = f"<table>{rows}</table>" if findings else "<p>Nothing was found.</p>"
    sections = "".join(
        _section(finding, number, job, stills.get(finding["finding_id"]))
        for number, finding in enumerate(findings, start=1)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<style>{STYLE}</style></head><body><h1>{_text(title)}: <span class="{_text(verdict)}">{_text(verdict)}</span>'
        f"</h1><table>{said}</table><h2>Findings</h2>{listed}{sections}</body></html>"
    )


def _row(finding: Cells, number: int) -> str:
    change = " → ".join(
        _text(each) for each in (finding["wrong"]["text"] or finding["heard"], finding["suggestion"]) if each
    )
    return (
        f'<tr class="row{_silent(finding)}"><td><a href="#f{number}">{number}</a></td><td>{_time(finding)}</td>'
        f'<td class="{finding["severity"]}">{finding["severity"]}</td><td>{_kind(finding)}</td><td>{change}</td></tr>'
    )


def _section(finding: Cells, number: int, job: Cells, still: bytes | None) -> str:
    lines = {
        "Heard": finding["heard"],
        "Probably right": finding["suggestion"],
        "Who is wrong": BLAMES.get(finding["blame"], finding["blame"]),
        "Confidence": f"{finding['confidence']:.0%}",
        "Shown": _shown(finding),
        "Policy": finding["action"],
        "Since the earlier job": finding["since_earlier"],
        "Silenced as": finding["suppressed"],
        "Decision": finding["decision"],
        "Finding": finding["finding_id"],
    }
    said = "".join(f"<tr><th>{name}</th><td>{_text(value)}</td></tr>" for name, value in lines.items() if value)
    reasons = "".join(f"<li>{_text(reason)}</li>" for reason in finding["reasons"])
    return (
        f'<section id="f{number}" class="{_silent(finding)}"><h3>{number}. {_time(finding)} {_kind(finding)} '
        f'(<span class="{finding["severity"]}">{finding["severity"]}</span>)</h3>'
        f'<p class="written" lang="{_text(job.get("language"))}">{_written(finding)}</p>'
        f"{_picture(finding, job, still) if still else ''}<ul>{reasons}</ul><table>{said}</table></section>"
    )


def _written(finding: Cells) -> str:
    text, wrong = finding["written"], finding["wrong"]
    before, after = text[: wrong["start"]], text[wrong["end"] :]
    marked = text[wrong["start"] : wrong["end"]]
    return _text(before) + (f"<mark>{_text(marked)}</mark>" if marked else "") + _text(after)


def _picture(finding: Cells, job: Cells, still: bytes) -> str:
    """The frame, with a frame around the caption."""
    media = job.get("media") or {}
    width, height = media.get("width") or 16, media.get("height") or 9
    kind = "png" if still.startswith(b"\x89PNG") else "jpeg"
    box = finding["box"]
    place = "".join(f' {name}="{box[name]}"' for name in ("x", "y", "width", "height")) if box else ""
    return (
        f'<svg viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" preserveAspectRatio="none" '
        f'href="data:image/{kind};base64,{base64.b64encode(still).decode()}"/>{f"<rect{place}/>" if box else ""}</svg>'
    )


def _shown(finding: Cells) -> str:
    times = [_time(each) for each in finding["occurrences"]]
    rest = finding["occurrence_count"] - len(times)
    return "" if len(times) < 2 else ", ".join(times) + (f" and {rest} more times" if rest > 0 else "")


def _time(shown: Cells) -> str:
    return _text(shown["timecode_in"] or f"{shown['start_s']:.2f} s")


def _kind(finding: Cells) -> str:
    return _text(KINDS.get(finding["kind"], finding["kind"]))


def _silent(finding: Cells) -> str:
    return " silent" if finding["suppressed"] else ""


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else str(value)


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))
