"""Reads supplied subtitle files into timed lines: SubRip, WebVTT, TTML and plain text.

Texts are taken as they stand, without mark-up; a file that cannot be read as what it is said to be is refused as a
whole (`transcript_malformed`), never half. Plain text has no times: its lines share the medium in proportion to their
length, which is an estimate and nothing more.
"""

import html
import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

_CUE: Final = re.compile(r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[,.](\d{3})\s*-->\s*(?:(\d{1,3}):)?(\d{2}):(\d{2})[,.](\d{3})")
_TAG: Final = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_CLOCK: Final = re.compile(r"(\d{2,}):(\d{2}):(\d{2})(?:(\.\d+)|:(\d{2,})(?:\.\d+)?)?")
_OFFSET: Final = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)")
_TTML: Final = "{http://www.w3.org/ns/ttml}"
_PARAMETER: Final = "{http://www.w3.org/ns/ttml#parameter}"
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


def read(data: bytes, kind: str, duration_s: float) -> tuple[Line, ...]:
    """Read a file of `kind` srt, vtt, ttml or txt in UTF-8; raises `Malformed`."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Malformed from None
    match kind:
        case "ttml":
            lines = _ttml(text)
        case "txt":
            lines = _spread(text, duration_s)
        case _:
            lines = _cues(text, must_begin="WEBVTT" if kind == "vtt" else "")
    if not lines:
        raise Malformed
    return tuple(part for line in lines for part in _bounded(line))


def _bounded(line: Line) -> list[Line]:
    pieces = [line.text[at : at + MAX_LINE] for at in range(0, len(line.text), MAX_LINE)]
    step = (line.end_s - line.start_s) / len(pieces)
    return [Line(line.start_s + i * step, line.start_s + (i + 1) * step, piece) for i, piece in enumerate(pieces)]


def _cues(text: str, must_begin: str) -> list[Line]:
    if not text.startswith(must_begin):
        raise Malformed
    lines = []
    for block in re.split(r"\n{2,}", text):
        rows = block.strip("\n").split("\n")
        at = next((index for index, row in enumerate(rows[:2]) if _CUE.match(row.strip())), None)
        if at is None:
            continue
        found = _CUE.match(rows[at].strip())
        assert found is not None
        times = [int(value or 0) for value in found.groups()]
        said = html.unescape(_TAG.sub("", "\n".join(rows[at + 1 :]))).strip()
        if said:
            lines.append(_line(_seconds(*times[:4]), _seconds(*times[4:]), said))
    return lines


def _seconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _line(start_s: float, end_s: float, text: str) -> Line:
    if not start_s <= end_s:
        raise Malformed
    return Line(start_s, end_s, text)


def _spread(text: str, duration_s: float) -> list[Line]:
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    per_character = duration_s / max(1, sum(map(len, rows)))
    lines, at = [], 0
    for row in rows:
        lines.append(Line(at * per_character, (at + len(row)) * per_character, row))
        at += len(row)
    return lines


def _ttml(text: str) -> list[Line]:
    if "<!DOCTYPE" in text:  # no document type, so no entity that could grow or read
        raise Malformed
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except ElementTree.ParseError:
        raise Malformed from None
    frame_rate = float(root.get(f"{_PARAMETER}frameRate") or 30)
    tick_rate = float(root.get(f"{_PARAMETER}tickRate") or frame_rate)
    lines = []
    for paragraph in root.iter(f"{_TTML}p"):
        said = _said(paragraph).strip()
        if not said or "begin" not in paragraph.attrib:
            continue
        begin = _ttml_time(paragraph.attrib["begin"], frame_rate, tick_rate)
        if "end" in paragraph.attrib:
            end = _ttml_time(paragraph.attrib["end"], frame_rate, tick_rate)
        else:
            end = begin + _ttml_time(paragraph.get("dur", "0s"), frame_rate, tick_rate)
        lines.append(_line(begin, end, said))
    return lines


def _said(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for child in element:
        parts.append("\n" if child.tag == f"{_TTML}br" else _said(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _ttml_time(written: str, frame_rate: float, tick_rate: float) -> float:
    if clock := _CLOCK.fullmatch(written):
        whole = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
        return whole + float(clock[4] or 0) + int(clock[5] or 0) / frame_rate
    if offset := _OFFSET.fullmatch(written):
        unit = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / frame_rate, "t": 1 / tick_rate}
        return float(offset[1]) * unit[offset[2]]
    raise Malformed
