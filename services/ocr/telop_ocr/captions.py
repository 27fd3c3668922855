"""From lines on screen to telops: lines that come and go together and stand together are one telop.

A telop's text is the most frequent reading of each of its lines; among equally frequent ones the most confident.
Every reading is kept as the reader gave it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Final

from telop_ocr.lines import Area, Line
from telop_ocr.timeline import Timeline

TOGETHER_S: Final = 0.2
"""Lines of one telop may come and go this much apart: they fade or fly in one after the other."""
SIMILAR: Final = 1.6
"""Ratio of the heights of two lines of one telop: a name and a smaller line below it are two telops."""
LEADING: Final = 0.8
"""Of a line's height: the widest gap between the lines, and between pieces of a line."""
MOST_READINGS: Final = 20


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as it was read in one frame, and the number of that reading."""

    frame: int
    line: Line
    reading: int
    carried: bool = False
    """Whether the reader was not asked: the letters stood there as before."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One line on screen from frame `first` to frame `last`, both included, and its readings in order of time."""

    first: int
    last: int
    lines: tuple[SeenLine, ...]

    @property
    def read(self) -> tuple[SeenLine, ...]:
        """The readings that the reader gave; where all are carried over from before a cut, those."""
        return tuple(seen for seen in self.lines if not seen.carried) or self.lines

    @property
    def best(self) -> SeenLine:
        """The most confident of the most frequent readings; the recogniser drops gaps, and never makes one up."""
        by_letters: dict[str, list[SeenLine]] = defaultdict(list)
        for seen in self.read:
            by_letters["".join(seen.line.text.split())].append(seen)
        most = max(by_letters.values(), key=lambda group: (len(group), max(seen.line.confidence for seen in group)))
        return max(most, key=lambda seen: (len(seen.line.text.split()), seen.line.confidence))

    @property
    def text(self) -> str:
        """The text that won."""
        return self.best.line.text

    @property
    def area(self) -> Area:
        """Where it stands."""
        return self.best.line.area


@dataclass(frozen=True, slots=True)
class TextReading:
    """What one frame gave."""

    text: str
    confidence: float
    at_s: float


@dataclass(frozen=True, slots=True)
class SeenTelop:
    """One telop of a range. `still` is the frame, among those read, that shows it best."""

    text: str
    area: Area
    start_s: float
    end_s: float
    confidence: float
    frames: int
    readings: tuple[TextReading, ...]
    open_start: bool
    open_end: bool
    still: int
    lines: tuple[Line, ...]
    kind: str = "caption"


def telops(appearances: Sequence[Appearance], timeline: Timeline) -> list[SeenTelop]:
    """Group the lines of one range, in order of time and then from top to bottom."""
    groups: list[list[Appearance]] = []
    for appearance in _changing_as_one(appearances, timeline):
        near = [group for group in groups if any(_belong(appearance, other, timeline) for other in group)]
        groups = [group for group in groups if not any(group is one for one in near)]
        groups.append([appearance, *(other for group in near for other in group)])
    found = [_telop(group, timeline) for group in groups]
    return sorted(found, key=lambda telop: (telop.start_s, telop.area.y, telop.area.x))


def in_reading_order(areas: Sequence[Area]) -> list[list[int]]:
    """Indexes of areas as rows from top to bottom, each from left to right."""
    rows: list[list[int]] = []
    for index in sorted(range(len(areas)), key=lambda index: areas[index].y):
        row = next((row for row in rows if _beside(areas[row[0]], areas[index])), None)
        if row is None:
            rows.append([index])
        else:
            row.append(index)
    return [sorted(row, key=lambda index: areas[index].x) for row in rows]


def joined(texts: Sequence[str], areas: Sequence[Area]) -> str:
    """One text of several lines: rows joined by a line feed, pieces of a row by a space."""
    return "\n".join(" ".join(texts[index] for index in row) for row in in_reading_order(areas))


def rows(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Whole lines from top to bottom, made of pieces in any order; a line is as sure as its least sure piece."""
    return tuple(
        Line(
            " ".join(lines[index].text for index in row),
            min(lines[index].confidence for index in row),
            reduce(Area.joined, (lines[index].area for index in row)),
        )
        for row in in_reading_order([line.area for line in lines])
    )


def _changing_as_one(appearances: Sequence[Appearance], timeline: Timeline) -> list[Appearance]:
    """When one line of a caption is replaced in a cut, the line that stays belongs to both captions: it is cut too."""
    cut: list[Appearance] = []
    for appearance in appearances:
        at = _replaced_beside(appearance, appearances, timeline)
        for first, after in pairwise([appearance.first, *at, appearance.last + 1]):
            inside = tuple(seen for seen in appearance.lines if first <= seen.frame < after)
            cut.append(Appearance(first, after - 1, inside or appearance.lines))
    return cut


def _replaced_beside(whole: Appearance, appearances: Sequence[Appearance], timeline: Timeline) -> list[int]:
    """Frames at which the lines in one place next to a line replace each other, all together as long as it."""
    starts, ends = timeline.starts, timeline.ends
    near = [one for one in appearances if one is not whole and _next_to(one.area, whole.area)]
    for head in near:
        row = [head]
        for one in sorted(near, key=lambda one: one.first):
            gap_s = starts[one.first] - ends[row[-1].last]
            if one.first > row[-1].last and gap_s <= TOGETHER_S and _same_place(one.area, head.area):
                row.append(one)
        together = abs(starts[head.first] - starts[whole.first]) <= TOGETHER_S
        if len(row) > 1 and together and abs(ends[row[-1].last] - ends[whole.last]) <= TOGETHER_S:
            return [one.first for one in row[1:]]
    return []


def _same_place(one: Area, other: Area) -> bool:
    return one.shared(other) >= min(one.size, other.size) / 2


def _belong(one: Appearance, other: Appearance, timeline: Timeline) -> bool:
    starts, ends = timeline.starts, timeline.ends
    if abs(starts[one.first] - starts[other.first]) > TOGETHER_S or abs(ends[one.last] - ends[other.last]) > TOGETHER_S:
        return False
    return _next_to(one.area, other.area)


def _next_to(a: Area, b: Area) -> bool:
    """Whether two lines could be of one caption, by their sizes and places."""
    low, high = sorted((a.height, b.height))
    if high > SIMILAR * low:
        return False
    if _beside(a, b):
        return max(a.x, b.x) - min(a.right, b.right) <= LEADING * high
    gap = max(a.y, b.y) - min(a.bottom, b.bottom)
    shared = min(a.right, b.right) - max(a.x, b.x)
    return gap <= LEADING * high and shared >= min(a.width, b.width) / 2


def _beside(one: Area, other: Area) -> bool:
    """Whether two areas share a row."""
    return min(one.bottom, other.bottom) - max(one.y, other.y) > min(one.height, other.height) / 2


def _telop(group: Sequence[Appearance], timeline: Timeline) -> SeenTelop:
    best = [appearance.best for appearance in group]
    areas = [seen.line.area for seen in best]
    first = min(appearance.first for appearance in group)
    last = max(appearance.last for appearance in group)
    least = min(best, key=lambda seen: seen.line.confidence)
    return SeenTelop(
        text=joined([seen.line.text for seen in best], areas),
        area=reduce(Area.joined, areas),
        start_s=float(timeline.starts[first]),
        end_s=float(timeline.ends[last]),
        confidence=least.line.confidence,
        frames=last - first + 1,
        readings=_readings(group, timeline),
        open_start=first == 0,
        open_end=last == timeline.last,
        still=least.frame,
        lines=rows([seen.line for seen in best]),
    )


def _readings(group: Sequence[Appearance], timeline: Timeline) -> tuple[TextReading, ...]:
    """What the frames gave in which all lines were read, or, where there is none, the best of each line."""
    by_frame = [{seen.frame: seen.line for seen in appearance.read} for appearance in group]
    frames = set.intersection(*(set(lines) for lines in by_frame))
    whole = [(frame, [lines[frame] for lines in by_frame]) for frame in sorted(frames)]
    if not whole:
        best = [appearance.best for appearance in group]
        whole = [(max(seen.frame for seen in best), [seen.line for seen in best])]
    readings = [
        TextReading(
            joined([line.text for line in lines], [line.area for line in lines]),
            min(line.confidence for line in lines),
            float(timeline.starts[frame]),
        )
        for frame, lines in whole
    ]
    return _at_most(MOST_READINGS, readings)


def _at_most(count: int, readings: Sequence[TextReading]) -> tuple[TextReading, ...]:
    """The most confident reading of each text first, then the most confident others; in order of time."""
    ranked = sorted(readings, key=lambda reading: -reading.confidence)
    firsts = {reading.text: reading for reading in reversed(ranked)}
    chosen = sorted(ranked, key=lambda reading: firsts[reading.text] is not reading)[:count]
    return tuple(sorted(chosen, key=lambda reading: reading.at_s))
