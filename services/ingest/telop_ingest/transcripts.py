"""Reads supplied subtitle files into timed lines: SubRip, WebVTT, TTML and plain text, in UTF-8, UTF-16 or Shift_JIS.

Texts are taken as they stand, without mark-up and without the small print above characters (ruby); a file that cannot
be read as what it is said to be is refused as a whole (`transcript_malformed`), never half. Plain text has no times:
its lines share the medium in proportion to their length, which is an estimate and nothing more. Why no library does
this: docs/decisions/0021.
"""

import codecs
import html
import re
from dataclasses import dataclass
from typing import Final

from telop_ingest import ttml

_TIME: Final = r"[ \t]*(?:(\d{1,3}):)?(\d{2}):(\d{2})[,.](\d{3})"
_CUE: Final = re.compile(rf"{_TIME}[ \t]*-->{_TIME}(?:[ \t].*)?")
_RUBY: Final = re.compile(r"<(?:rt|rp)\b[^<>]*>[^<]*", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}|\{[YyCcFf]:[^{}]*\}")
_NOTE: Final = re.compile(r"(NOTE|STYLE|REGION|WEBVTT)\b.*", re.DOTALL)
MAX_LINE: Final = 2_000
"""Code points of one line; longer ones are cut into several."""


@dataclass(frozen=True)
class Line:
    """One line of speech with its time in seconds."""

    start_s: float
    end_s: float
    text: str


class Malformed(Exception):
    """The file is not what it is said to be."""


def read(data: bytes, kind: str, duration_s: float, language: str = "") -> tuple[Line, ...]:
    """Read a file of `kind` srt, vtt, ttml or txt, in order of time; raises `Malformed`.

    What is no Unicode is Shift_JIS, with the additions of Windows, where the `language` (a BCP 47 tag) is Japanese, and
    refused where it is not: nothing else tells the older encodings apart.
    """
    text = _decoded(data, "cp932" if language.partition("-")[0].lower() == "ja" else "utf-8-sig")
    match kind:
        case "ttml":
            lines = _ttml(text)
        case "txt":
            lines = _spread(text, duration_s)
        case _:
            lines = _cues(text, must_begin="WEBVTT" if kind == "vtt" else "")
    if not lines or any(line.end_s < line.start_s for line in lines):
        raise Malformed
    ordered = sorted(lines, key=lambda line: line.start_s)
    return tuple(part for line in ordered for part in _bounded(line))


def _decoded(data: bytes, older: str) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode(older)
        except UnicodeDecodeError:
            raise Malformed from None
    if "\0" in text:
        raise Malformed
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bounded(line: Line) -> list[Line]:
    pieces = [line.text[at : at + MAX_LINE] for at in range(0, len(line.text), MAX_LINE)]
    step = (line.end_s - line.start_s) / len(pieces)
    return [Line(line.start_s + i * step, line.start_s + (i + 1) * step, piece) for i, piece in enumerate(pieces)]


def _cues(text: str, must_begin: str) -> list[Line]:
    """The cues of SubRip or WebVTT: a time, and what is said up to the next one.

    Blocks without a time are notes and styles in WebVTT; in SubRip they go on with the cue before.
    """
    if not text.startswith(must_begin):
        raise Malformed
    found: list[tuple[list[int], list[str]]] = []
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")):
        rows = block.split("\n")
        at = next((index for index, row in enumerate(rows[:2]) if _CUE.fullmatch(row)), None)
        if at is not None and (time := _CUE.fullmatch(rows[at])):
            found.append(([int(value or 0) for value in time.groups()], rows[at + 1 :]))
        elif found and not must_begin and not _NOTE.fullmatch(block):
            found[-1][1].extend(rows)
    lines = [Line(_seconds(*times[:4]), _seconds(*times[4:]), _said("\n".join(rows))) for times, rows in found]
    return [line for line in lines if line.text]


def _said(rows: str) -> str:
    return html.unescape(_TAG.sub("", _RUBY.sub("", rows))).strip()


def _seconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _spread(text: str, duration_s: float) -> list[Line]:
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    per_character = duration_s / max(1, sum(map(len, rows)))
    lines, at = [], 0
    for row in rows:
        lines.append(Line(at * per_character, (at + len(row)) * per_character, row))
        at += len(row)
    return lines


def _ttml(text: str) -> list[Line]:
    try:
        return [Line(*each) for each in ttml.read(text)]
    except ttml.NotTtml:
        raise Malformed from None
