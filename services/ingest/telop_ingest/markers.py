"""Findings as markers of editing systems, and as subtitles. Pure: marks in, text out.

Times of markers are exact to the frame, in the timecode of the medium; every occurrence of a mistake is a mark of its
own. What is written in a caption never becomes syntax: line ends, separators and mark-up of each format are taken out
or escaped.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from telop_ingest.timecodes import Clock

_RESOLVE: Final = {"blocker": "ResolveColorRed", "issue": "ResolveColorYellow", "fyi": "ResolveColorBlue"}
_AVID: Final = {"blocker": "Red", "issue": "Yellow", "fyi": "Blue"}
_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_LONGEST: Final = 500
"""Characters of a mark: editing systems show a line."""
TRACK: Final = "V1"


@dataclass(frozen=True, slots=True)
class Mark:
    """One occurrence of a mistake: from when to when, how bad, and what about it, in one line."""

    start_s: float
    end_s: float
    severity: str
    text: str


def one_line(text: str) -> str:
    """A text without line ends, tabs and control characters, of a bearable length."""
    return _SPACE.sub(" ", text).strip()[:_LONGEST]


def as_edl(title: str, marks: Sequence[Mark], clock: Clock) -> str:
    """Markers for DaVinci Resolve: an EDL (CMX 3600) whose comments it reads as timeline markers."""
    drop = "DROP FRAME" if clock.counting.dropped else "NON-DROP FRAME"
    lines = [f"TITLE: {one_line(title)}", f"FCM: {drop}", ""]
    for number, mark in enumerate(marks, start=1):
        first, last = _frames(mark, clock)
        begin, end = clock.counting.text(first), clock.counting.text(first + 1)
        lines.append(f"{number:03}  001      V     C        {begin} {end} {begin} {end}")
        lines.append(f" |C:{_RESOLVE[mark.severity]} |M:{one_line(mark.text).replace('|', '/')} |D:{last - first}")
        lines.append("")
    return "\r\n".join(lines)


def as_avid(user: str, marks: Sequence[Mark], clock: Clock) -> str:
    """Markers for Avid Media Composer: one a line, separated by tabs."""
    rows = []
    for mark in marks:
        first, last = _frames(mark, clock)
        place = (clock.counting.text(first), TRACK, _AVID[mark.severity], one_line(mark.text), str(last - first))
        rows.append("\t".join((user, *place)))
    return "".join(row + "\r\n" for row in rows)


def as_fcpxml(title: str, marks: Sequence[Mark], clock: Clock, duration_s: float) -> str:
    """Markers for Final Cut Pro: FCPXML 1.9, a project of one gap as long as the medium that bears them."""
    step = 1 / clock.rate
    start, length = _rational(clock.first * step), _rational(max(1, round(duration_s * clock.rate)) * step)
    form = "DF" if clock.counting.dropped else "NDF"
    bearing = "".join(
        f'<marker start="{_rational(first * step)}" duration="{_rational((last - first) * step)}" '
        f"value={quoteattr(one_line(mark.text))} note={quoteattr(mark.severity)}/>"
        for mark in marks
        for first, last in (_frames(mark, clock),)
    )
    name = quoteattr(one_line(title))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.9">'
        f'<resources><format id="r1" frameDuration="{_rational(step)}"/></resources>'
        f"<library><event name={name}><project name={name}>"
        f'<sequence format="r1" duration="{length}" tcStart="{start}" tcFormat="{form}"><spine>'
        f'<gap name="Gap" offset="{start}" start="{start}" duration="{length}">{bearing}</gap>'
        "</spine></sequence></project></event></library></fcpxml>\n"
    )


def as_srt(marks: Sequence[Mark]) -> str:
    """Subtitles in SubRip, counted from the start of the medium: they lie over the picture in any player."""
    return "".join(
        f"{number}\n{_clock(mark.start_s, ',')} --> {_clock(mark.end_s, ',')}\n{_said(mark, str)}\n\n"
        for number, mark in enumerate(marks, start=1)
    )


def as_vtt(marks: Sequence[Mark]) -> str:
    """Subtitles in WebVTT."""
    cues = (f"{_clock(mark.start_s, '.')} --> {_clock(mark.end_s, '.')}\n{_said(mark, escape)}\n\n" for mark in marks)
    return "WEBVTT\n\n" + "".join(cues)


def _frames(mark: Mark, clock: Clock) -> tuple[int, int]:
    """The first frame of a mark and the one after its last; it has one at least."""
    first = clock.frame(mark.start_s)
    return first, max(first + 1, clock.frame(mark.end_s))


def _rational(seconds: Fraction) -> str:
    """A time as FCPXML writes it."""
    whole = seconds.denominator == 1
    return f"{seconds.numerator}s" if whole else f"{seconds.numerator}/{seconds.denominator}s"


def _said(mark: Mark, escaped: Callable[[str], str]) -> str:
    return escaped(f"[{mark.severity}] {one_line(mark.text)}".replace("-->", "->"))


def _clock(at_s: float, point: str) -> str:
    milliseconds = round(at_s * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
