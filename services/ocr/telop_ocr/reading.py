"""From readings of a few frames to telops: what stood on screen, where, and from which frame to which.

A line is followed while the text or the pixels stay the same. Two texts are never taken for one, however alike they
are, unless the pixels of both are the same; then they are readings of one telop, of which the most frequent wins and
none is ever repaired. Lines that come and go together and stand together are one telop.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from telop_ocr.captions import Appearance, SeenLine
from telop_ocr.lines import Area, Line
from telop_ocr.timeline import Timeline, Unchanged

SAME_PLACE: Final = 0.5
"""Share of their common area that two boxes have to share to be the same line."""
FRAGMENT: Final = 0.7
"""Share of a line's box inside of another's that makes it a piece of it."""
TALLEST: Final = 1 / 3
"""Of the frame's height. Taller shapes are parts of the picture that a reader takes for letters, mostly O and I."""
LONGEST_GAP_S: Final = 0.2
"""A text that is away for less (a flash, a dropped frame) was not away."""
EDGE_PX: Final = 2
"""A box this near to the rows that were read is cut, and belongs to what was read before."""


@dataclass(frozen=True, slots=True)
class FrameReading:
    """The lines in the rows [top, bottom) of one frame."""

    frame: int
    top: int
    bottom: int
    lines: Sequence[Line]


def appearances(
    readings: Iterable[FrameReading], timeline: Timeline, unchanged: Unchanged, height: int
) -> list[Appearance]:
    """Follow every line through the readings of one range, which are in order of time. `height` is the frame's."""
    tracker = _Tracker(timeline, unchanged, height)
    for reading in readings:
        tracker.take(reading)
    return tracker.finish()


@dataclass(slots=True)
class _Track:
    """A line that is on screen from frame `first` on. `seen` is the last reading that it is known from."""

    first: int
    lines: list[SeenLine]
    seen: int = field(init=False)

    def __post_init__(self) -> None:
        self.seen = self.lines[-1].frame

    @property
    def area(self) -> Area:
        return self.lines[0].line.area

    @property
    def text(self) -> str:
        return self.lines[-1].line.text

    def add(self, frame: int, line: Line) -> None:
        self.lines.append(SeenLine(frame, line))
        self.seen = frame


class _Tracker:
    def __init__(self, timeline: Timeline, unchanged: Unchanged, height: int) -> None:
        self._timeline = timeline
        self._unchanged = unchanged
        self._height = height
        self._open: list[_Track] = []
        self._ended: list[Appearance] = []
        self._read: list[FrameReading] = []

    def take(self, reading: FrameReading) -> None:
        """Continue, end and begin lines by one reading."""
        self._end_emptied(reading.frame)
        lines = [line for line in reading.lines if self._usable(line, reading)]
        before = [track for track in self._open if reading.top <= track.area.y and track.area.bottom <= reading.bottom]
        for track, line in _pairs(before, lines):
            before.remove(track)
            lines.remove(line)
            if line.text == track.text or self._unchanged(track.seen, reading.frame, track.area):
                track.add(reading.frame, line)
            else:
                self._end_by(track, reading.frame)
                self._begin(line, reading.frame, track.seen)
        for track in before:
            if not self._unchanged(track.seen, reading.frame, track.area):
                self._end_by(track, reading.frame)
        for line in lines:
            if not self._is_fragment(line, reading.frame):
                self._begin(line, reading.frame, None)
        self._read.append(reading)

    def finish(self) -> list[Appearance]:
        """All lines of the range; those that nothing ended last until its last frame."""
        last = self._timeline.last
        self._end_emptied(last)
        for track in list(self._open):
            self._end(track, last)
        return _without_gaps(self._ended, self._timeline)

    def _usable(self, line: Line, reading: FrameReading) -> bool:
        cut_above = reading.top > 0 and line.area.y < reading.top + EDGE_PX
        cut_below = reading.bottom < self._height and line.area.bottom > reading.bottom - EDGE_PX
        return not cut_above and not cut_below and line.area.height <= TALLEST * self._height

    def _begin(self, line: Line, frame: int, since: int | None) -> None:
        """Begin a line that was not there at frame `since`, or, where that is unknown, at the last reading of its area.

        Where nothing changed since, the reader overlooked it then, and it was there before.
        """
        earlier = [read.frame for read in self._read if read.top <= line.area.y and line.area.bottom <= read.bottom]
        for after in [since] if since is not None else [*reversed(earlier), -1]:
            first = self._timeline.came(line.area, after, frame)
            if first is not None:
                break
        self._open.append(_Track(frame if first is None else first, [SeenLine(frame, line)]))

    def _is_fragment(self, line: Line, frame: int) -> bool:
        return any(
            track.area.shared(line.area) >= FRAGMENT * line.area.size
            and (track.seen == frame or self._unchanged(track.seen, frame, track.area))
            for track in self._open
        )

    def _end_emptied(self, upto: int) -> None:
        for track in list(self._open):
            frame = self._timeline.emptied(track.area, track.seen, upto, LONGEST_GAP_S)
            if frame is not None:
                self._end(track, frame - 1)

    def _end_by(self, track: _Track, frame: int) -> None:
        self._end(track, self._timeline.went(track.area, track.seen, frame) - 1)

    def _end(self, track: _Track, last: int) -> None:
        self._open.remove(track)
        self._ended.append(Appearance(track.first, last, tuple(track.lines)))


def _pairs(tracks: Sequence[_Track], lines: Sequence[Line]) -> list[tuple[_Track, Line]]:
    """Which line stands in the place of which track, the best fit first; each at most once."""
    fits = [(_overlap(track.area, line.area), track, line) for track in tracks for line in lines]
    fits.sort(key=lambda fit: (fit[0], fit[1].text == fit[2].text), reverse=True)
    pairs: list[tuple[_Track, Line]] = []
    for overlap, track, line in fits:
        taken = any(track is one or line is other for one, other in pairs)
        if overlap >= SAME_PLACE and not taken:
            pairs.append((track, line))
    return pairs


def _overlap(one: Area, other: Area) -> float:
    shared = one.shared(other)
    return shared / (one.size + other.size - shared) if shared else 0.0


def _without_gaps(ended: Iterable[Appearance], timeline: Timeline) -> list[Appearance]:
    """Join what shows the same text in the same place with next to no time between."""
    joined: list[Appearance] = []
    for appearance in sorted(ended, key=lambda one: one.first):
        for index, earlier in enumerate(joined):
            gap_s = timeline.starts[appearance.first] - timeline.ends[earlier.last]
            same = earlier.text == appearance.text and _overlap(earlier.area, appearance.area) >= SAME_PLACE
            if same and gap_s <= LONGEST_GAP_S:
                last = max(earlier.last, appearance.last)
                joined[index] = Appearance(earlier.first, last, earlier.lines + appearance.lines)
                break
        else:
            joined.append(appearance)
    return joined
