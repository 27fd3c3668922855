"""From readings of pieces of a few frames to telops: what stood on screen, where, and from which frame to which.

A line is followed while the text or the pixels stay the same. Two texts are never taken for one, however alike they
are, unless no stroke of them differs; then they are readings of one telop, of which the most frequent wins and none is
ever repaired. Lines that come and go together and stand together are one telop.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from telop_ocr.captions import SIMILAR, Appearance, SeenLine
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import MOST_PIECES, FrameReading, Piece
from telop_ocr.timeline import LONGEST_GAP_S, Timeline

SAME_PLACE: Final = 0.5
"""Share of their common area that two boxes have to share to be the same line."""
FRAGMENT: Final = 0.7
"""Share of a line's box inside of another's that makes it a piece of it."""
INSIDE: Final = 0.99
"""Share of a line's box that lies in a piece which holds all of it."""
HALF_FADE_S: Final = 0.6
"""Half of the longest fade that is measured."""


Compared: TypeAlias = Callable[[Piece, Piece, Area], Area | None]
"""Where the letters in an area differ most in two pieces; None: they are the same."""


def appearances(readings: Iterable[FrameReading], timeline: Timeline, compared: Compared) -> list[Appearance]:
    """Follow every line through the readings of one range, which are in order of time."""
    tracker = _Tracker(timeline, compared)
    for reading in readings:
        tracker.take(reading)
    return tracker.finish()


@dataclass(slots=True)
class _Track:
    """A line that is on screen from frame `first` on."""

    first: int
    lines: list[SeenLine]
    replaced: bool = False
    """Whether it took another line's place, which dates its first frame: it did not fade in."""

    @property
    def seen(self) -> SeenLine:
        return self.lines[-1]

    @property
    def read(self) -> list[SeenLine]:
        """Where the reader read it, last of all; where it never did, the first place that it was carried to."""
        return [seen for seen in self.lines if not seen.carried] or self.lines[:1]

    @property
    def area(self) -> Area:
        return self.seen.line.area

    @property
    def text(self) -> str:
        return self.seen.line.text


class _Tracker:
    def __init__(self, timeline: Timeline, compared: Compared) -> None:
        self._timeline = timeline
        self._compared = compared
        self._pieces: dict[int, Piece] = {}
        self._open: list[_Track] = []
        self._ended: list[Appearance] = []

    def take(self, reading: FrameReading) -> None:
        """Continue, end and begin lines by one reading."""
        self._pieces[reading.piece.number] = reading.piece
        for track in list(self._open):
            after = self._timeline.ended(track.seen.reading, track.area)
            if after is not None and after <= reading.piece.frame:
                self._end(track, after - 1)
        lines = list(reading.lines)
        for track, line in _pairs(self._open, lines):
            lines.remove(line)
            self._continue(track, line, reading)
        if not reading.carried:
            self._end_missed(reading)
        for line in lines:
            if not self._is_fragment(line, reading):
                first = self._timeline.began(reading.piece.number, line.area)
                self._end_fragments(line, reading, first)
                self._begin(line, reading, first)

    def finish(self) -> list[Appearance]:
        """All lines of the range; those that nothing ended last until its last frame."""
        for track in list(self._open):
            after = self._timeline.ended(track.seen.reading, track.area)
            self._end(track, self._timeline.last if after is None else after - 1)
        return _one_at_a_time(_without_remains(_without_gaps(self._ended, self._timeline), self._timeline))

    def _continue(self, track: _Track, line: Line, reading: FrameReading) -> None:
        """The line stands where the track's did, and nothing was seen to end that."""
        timeline, since = self._timeline, track.read[-1].frame
        where = self._differences(track, reading) if not _alike(line.text, track.text) else []
        if not where:
            self._complete(track, reading)
            track.lines.append(SeenLine(reading.piece.frame, line, reading.piece.number, carried=reading.carried))
            return
        # What moves behind the letters spoils a window long before; writing is read soon after it changed.
        gave_way = [timeline.replaced(reading.piece.number, window, since) for window in where]
        first = max((frame for frame in gave_way if frame is not None), default=None)
        if first is None:
            changed = timeline.changed_since(reading.piece.number, line.area, since)
            first = timeline.began(reading.piece.number, line.area, since, changed if changed.any() else None)
        first = reading.piece.frame if first is None else first
        self._end_before(track, first)
        stands = timeline.stands(reading.piece.number, line.area)
        self._begin(line, reading, timeline.came(reading.piece.number, line.area, first) if stands else None)
        self._open[-1].replaced = stands

    def _complete(self, track: _Track, reading: FrameReading) -> None:
        """A line that was first read while it faded in began where half of all of it was there.

        One whose letters were all there when it was first read began by then, whatever moved behind it since.
        """
        if track.replaced:
            return
        first, starts = self._timeline.began(reading.piece.number, track.area), self._timeline.starts
        if first is None or not 0 < starts[first] - starts[track.first] <= HALF_FADE_S:
            return
        earliest = track.lines[0]
        whole = first > earliest.frame and not self._compared(self._pieces[earliest.reading], reading.piece, track.area)
        track.first = track.first if whole else first

    def _end_missed(self, reading: FrameReading) -> None:
        """Where nothing was read in the place of a line: if its letters are there it goes on, if not it has ended."""
        number, frame = reading.piece.number, reading.piece.frame
        for track in list(self._open):
            area, seen = track.area, track.seen
            if seen.frame >= frame or reading.piece.area.shared(area) < INSIDE * area.size:
                continue
            if not self._differences(track, reading):
                track.lines.append(SeenLine(frame, seen.line, number, carried=True))
            else:
                first = self._timeline.began(number, area, seen.frame)
                self._end_before(track, frame if first is None else first)

    def _differences(self, track: _Track, reading: FrameReading) -> list[Area]:
        """Where a line differs in a piece from each of the last that showed it; none if from one it does not."""
        found: list[Area] = []
        for seen in track.read[-MOST_PIECES:]:
            where = self._compared(self._pieces[seen.reading], reading.piece, track.area)
            if where is None:
                return []
            found.append(where)
        return found

    def _begin(self, line: Line, reading: FrameReading, first: int | None) -> None:
        """Begin a line; where it did not appear since the earliest frame that is known, it was there then.

        A line none of whose strokes stood still yet was read beside what did, and has just come.
        """
        number = reading.piece.number
        if first is None and self._timeline.stands(number, line.area):
            first = reading.piece.frame - len(self._timeline.eras[number].errors)
        first = reading.piece.frame if first is None else first
        before = (one.last + 1 for one in self._ended if _overlap(one.area, line.area) >= SAME_PLACE)
        first = max(first, *(after for after in before if after <= reading.piece.frame), first)
        self._open.append(
            _Track(first, [SeenLine(reading.piece.frame, line, reading.piece.number, carried=reading.carried)])
        )

    def _is_fragment(self, line: Line, reading: FrameReading) -> bool:
        """Whether a line is a piece of one that is still there."""
        return any(
            track.area.shared(line.area) >= FRAGMENT * line.area.size
            and not self._timeline.lost_before(track.seen.reading, track.area, reading.piece.frame).any()
            for track in self._open
        )

    def _end_fragments(self, line: Line, reading: FrameReading, first: int | None) -> None:
        """What was read of a line while it was half drawn is no line any more; if it was for a moment, it was none."""
        for track in list(self._open):
            beside = track.seen.frame == reading.piece.frame and not track.seen.carried
            inside = line.area.shared(track.area) >= FRAGMENT * track.area.size
            if beside or not inside or line.area.height > SIMILAR * track.area.height:
                continue
            if first is not None and self._timeline.starts[first] - self._timeline.starts[track.first] > HALF_FADE_S:
                self._end(track, first - 1)
            else:
                self._open.remove(track)

    def _end_before(self, track: _Track, first: int) -> None:
        """End a line in whose place something else is from a frame on; it may have been away for a moment before."""
        self._end(track, self._timeline.left(track.seen.reading, track.area, first) - 1)

    def _end(self, track: _Track, last: int) -> None:
        self._open.remove(track)
        self._ended.append(Appearance(track.first, max(last, track.first), tuple(track.lines)))


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


def _alike(one: str, other: str) -> bool:
    """Whether two readings of one place hold the same characters; the gaps between words are the reader's guess."""
    return "".join(one.split()) == "".join(other.split())


def _one_at_a_time(appearances: Sequence[Appearance]) -> list[Appearance]:
    """In one place a line ends, at the latest, where the next one begins."""
    alone: list[Appearance] = []
    for one in appearances:
        later = (
            other.first
            for other in appearances
            if one.first < other.first <= one.last and _overlap(one.area, other.area) >= SAME_PLACE
        )
        alone.append(Appearance(one.first, min(one.last, *(first - 1 for first in later), one.last), one.lines))
    return alone


def _without_remains(appearances: Sequence[Appearance], timeline: Timeline) -> list[Appearance]:
    """Without what was left for a moment, in its place, of a line that faded out."""
    starts, ends = timeline.starts, timeline.ends

    def remains_of(whole: Appearance, one: Appearance) -> bool:
        return (
            whole.first < one.first
            and abs(starts[one.first] - ends[whole.last]) <= LONGEST_GAP_S
            and ends[one.last] - starts[one.first] <= HALF_FADE_S
            and whole.area.shared(one.area) >= FRAGMENT * one.area.size
            and "".join(one.text.split()) in "".join(whole.text.split())
        )

    return [one for one in appearances if not any(remains_of(whole, one) for whole in appearances)]


def _without_gaps(ended: Iterable[Appearance], timeline: Timeline) -> list[Appearance]:
    """Join what shows the same text in the same place with next to no time between."""
    joined: list[Appearance] = []
    for appearance in sorted(ended, key=lambda one: one.first):
        for index, earlier in enumerate(joined):
            gap_s = timeline.starts[appearance.first] - timeline.ends[earlier.last]
            same = _alike(earlier.text, appearance.text) and _overlap(earlier.area, appearance.area) >= SAME_PLACE
            if same and gap_s <= LONGEST_GAP_S + 1e-6:
                last = max(earlier.last, appearance.last)
                joined[index] = Appearance(earlier.first, last, earlier.lines + appearance.lines)
                break
        else:
            joined.append(appearance)
    return joined
