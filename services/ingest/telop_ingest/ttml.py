"""Reads TTML, the XML of broadcasters' subtitles: what is said when, and nothing of how it looks.

Times nest: an element's count from the beginning of the one around it, or in a sequence from the end of the one before.
A document type is refused, so that no entity can grow or read; so are documents that nest too deeply.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from xml.etree import ElementTree

_CLOCK: Final = re.compile(r"(\d{2,3}):(\d{2}):(\d{2})(?:(\.\d{1,9})|:(\d{2,3})(?:\.\d{1,3})?)?")
_OFFSET: Final = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|m|s|ms|f|t)")
_NAMESPACES: Final = ("http://www.w3.org/ns/ttml", "http://www.w3.org/2006/10/ttaf1", "http://www.w3.org/2006/04/ttaf1")
_DEPTH: Final = 100
_BREAK: Final = "\x1f"
"""Stands for a `br` in between; XML cannot hold it."""

Timed = tuple[float, float, str]
"""From when to when in seconds, and what is said."""


class NotTtml(Exception):
    """The text is no TTML, or holds a time that is none."""


@dataclass(frozen=True)
class _Span:
    """The time of an element; `end_s` is None where nothing says it, `is_timed` whether anything says its time."""

    start_s: float = 0.0
    end_s: float | None = None
    is_timed: bool = False


@dataclass(frozen=True)
class _Clock:
    """How the document counts."""

    frame_rate: float
    tick_rate: float

    def seconds(self, written: str) -> float:
        if clock := _CLOCK.fullmatch(written.strip()):
            whole = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
            return whole + float(clock[4] or 0) + int(clock[5] or 0) / self.frame_rate
        if offset := _OFFSET.fullmatch(written.strip()):
            units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / self.frame_rate, "t": 1 / self.tick_rate}
            return float(offset[1]) * units[offset[2]]
        raise NotTtml


def read(text: str) -> list[Timed]:
    """The paragraphs of a document, or their spans where those have times. Raises `NotTtml`."""
    if "<!DOCTYPE" in text:
        raise NotTtml
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except (ElementTree.ParseError, ValueError):  # ValueError: characters that are none
        raise NotTtml from None
    if _name(root) != "tt":
        raise NotTtml
    clock = _clock(root)
    return [each for body in root if _name(body) == "body" for each in _inside(body, _Span(), clock, 0)]


def _clock(root: ElementTree.Element) -> _Clock:
    """The frame rate, 30 if it is not said, and the tick rate, which is then 1 (TTML2, 7.2)."""
    parameters = {key.rpartition("}")[2]: value for key, value in root.attrib.items()}
    try:
        above, below = map(float, parameters.get("frameRateMultiplier", "1 1").replace(":", " ").split())
        frame_rate = float(parameters.get("frameRate", 30)) * above / below
        ticks = float(parameters.get("tickRate", frame_rate if "frameRate" in parameters else 1))
    except (ValueError, ZeroDivisionError):
        raise NotTtml from None
    if not (0 < frame_rate < 1e6 and 0 < ticks < 1e10):
        raise NotTtml
    return _Clock(frame_rate, ticks)


def _inside(element: ElementTree.Element, around: _Span, clock: _Clock, depth: int) -> Iterator[Timed]:
    """What is said inside of an element that counts from the beginning of `around`."""
    if depth > _DEPTH:
        raise NotTtml
    span = _span(element, around, clock)
    if _name(element) in {"p", "span"} and not _is_all_in_timed_spans(element):
        if said := _tidy(_said(element, depth)):
            if not span.is_timed:
                raise NotTtml
            yield span.start_s, span.start_s if span.end_s is None else max(span.start_s, span.end_s), said
        return
    at_s = span.start_s
    for child in element:
        yield from _inside(child, replace(span, start_s=at_s), clock, depth + 1)
        if element.get("timeContainer") == "seq":
            at_s = _span(child, replace(span, start_s=at_s), clock).end_s or at_s


def _span(element: ElementTree.Element, around: _Span, clock: _Clock) -> _Span:
    start_s = around.start_s + clock.seconds(element.get("begin", "0s"))
    ends = [] if around.end_s is None else [around.end_s]
    if "end" in element.attrib:
        ends.append(around.start_s + clock.seconds(element.attrib["end"]))
        if ends[-1] < start_s:
            raise NotTtml
    if "dur" in element.attrib:
        ends.append(start_s + clock.seconds(element.attrib["dur"]))
    is_timed = around.is_timed or not {"begin", "end", "dur"}.isdisjoint(element.attrib)
    return _Span(start_s, min(ends) if ends else None, is_timed)


def _is_all_in_timed_spans(element: ElementTree.Element) -> bool:
    """Whether its text appears bit by bit, nothing of it at the element's own time."""
    untimed = ["".join(child.itertext()) for child in element if "begin" not in child.attrib]
    loose = [element.text, *(child.tail for child in element), *untimed]
    return any("begin" in child.attrib for child in element) and not any(text and text.strip() for text in loose)


def _said(element: ElementTree.Element, depth: int) -> str:
    if depth > _DEPTH:
        raise NotTtml
    parts = [element.text or ""]
    for child in element:
        if _name(child) == "br":
            parts.append(_BREAK)
        elif _name(child) in {"span", "p"} and not _is_small_print(child):
            parts.append(_said(child, depth + 1))
        parts.append(child.tail or "")
    return "".join(parts)


def _is_small_print(element: ElementTree.Element) -> bool:
    """Whether it tells how the characters below are read."""
    return any(
        key.endswith("}ruby") and value in {"text", "textContainer", "delimiter"}
        for key, value in element.attrib.items()
    )


def _tidy(text: str) -> str:
    """The text without the white space that the document is laid out with."""
    return "\n".join(" ".join(row.split()) for row in text.split(_BREAK)).strip()


def _name(element: ElementTree.Element) -> str:
    """The local name of an element of TTML; empty for others."""
    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
    return name if namespace in {*_NAMESPACES, ""} else ""
