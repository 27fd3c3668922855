"""From which frame to which a piece of writing stood on screen: what the frames around its reading say.

Every reading comes with its era: the strokes that were read, tile by tile, and how far each earlier frame was from
them; how far each later frame is stands in the timeline, up to that in which another reading takes over the tile.
Writing began at the frame where it came closer than half of what it was off before, which is half opacity in a fade and
half of the strokes in a wipe, and ended likewise. Frames are indexes into the range, areas are in pixels of the
displayed frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import CHANGED, TILE
from telop_ocr.lines import Area

Levels: TypeAlias = NDArray[np.float64]

OFF: Final = 60
"""Levels by which strokes are off when other writing, or none, is in their place: twice the least contrast."""
CHANGE_SUM: Final = CHANGED * OFF
"""Levels by which a tile is off, in sum, when one stroke end in it changed."""
GONE: Final = 14
"""Mean levels by which the strokes of a whole line are off when it is not there: half of the least contrast."""
AWAY: Final = 22
"""Levels by which half of a line's tiles are off when it has gone, at least: three quarters of the least contrast. What
moves behind a line takes strokes that were counted to it in a part of its tiles only."""
FADE_S: Final = 1.2
"""The longest fade or wipe that is measured to its half."""
RISING: Final = 1.02
"""Ratio of levels from one frame to the next in a fade: at its slowest, and at its end."""
MOMENT_S: Final = 0.08
"""In which one glyph gives way to another: what moves behind it takes longer to pass a stroke."""
RESTED: Final = 4
"""Frames in a row that rise no more."""
LONGEST_GAP_S: Final = 0.2
"""A text that is away for less (a flash, a dropped frame) was not away."""


@dataclass(frozen=True, slots=True)
class Era:
    """The writing of one reading: `strokes` counts pixels per tile, `errors` are those of the frames before it."""

    frame: int
    row: int
    column: int
    tiles: NDArray[np.bool_]
    strokes: NDArray[np.uint8]
    errors: NDArray[np.uint8]


class Timeline:
    """Frames of one range. `errors` of shape (frames, rows, columns) tell how far each is from the era it is in."""

    def __init__(
        self,
        starts: NDArray[np.float64],
        ends: NDArray[np.float64],
        errors: NDArray[np.uint8],
        eras: Sequence[Era],
        tile_px: tuple[float, float],
    ) -> None:
        self.starts, self.ends = starts, ends
        self.eras = eras
        self._errors = errors
        self._tile_px = tile_px
        self._over = [self._ends_of(index) for index in range(len(eras))]

    @property
    def last(self) -> int:
        """The last frame."""
        return len(self.starts) - 1

    def stands(self, reading: int, area: Area) -> bool:
        """Whether any stroke of a reading stands still in the area: else its era says nothing about the area."""
        return bool(self._inside(reading, area).any())

    def changed_since(self, reading: int, area: Area, since: int) -> NDArray[np.bool_]:
        """Tiles of the area whose writing, as read, is not that of all frames from `since`, or the earliest, on."""
        era, inside = self.eras[reading], self._inside(reading, area)
        back = era.errors[max(0, len(era.errors) - (era.frame - since)) :]
        off = back.max(axis=0, initial=0).astype(np.int64) * TILE**2
        return np.asarray(inside & (off >= CHANGE_SUM), np.bool_)

    def lost_before(self, reading: int, area: Area, upto: int) -> NDArray[np.bool_]:
        """Tiles of the area that, at the frame `upto`, no longer show what was read."""
        era, inside = self.eras[reading], self._inside(reading, area)
        frames = slice(max(era.frame + 1, upto - 2), upto + 1)
        after = self._errors[frames, era.row : era.row + inside.shape[0], era.column : era.column + inside.shape[1]]
        if not len(after):
            return np.zeros_like(inside)
        lost = np.median(after, axis=0) * TILE**2 >= CHANGE_SUM
        return np.asarray(inside & (self._over[reading] >= upto) & lost, np.bool_)

    def began(self, reading: int, area: Area, after: int = -1, tiles: NDArray[np.bool_] | None = None) -> int | None:
        """The frame in (after, reading] at which what the area (or some tiles of the reading) shows appeared.

        None where it did not appear: it was there in the frame after `after`, or as far back as can be seen.
        """
        era = self.eras[reading]
        inside = self._inside(reading, area) if tiles is None else tiles
        first = max(after + 1, era.frame - len(era.errors))
        back = era.errors[len(era.errors) - (era.frame - first) :] if era.frame > first else era.errors[:0]
        off = self._off(back, era, inside)[::-1]
        half = _half(off, self._frames_of(FADE_S))
        return None if half is None else era.frame - half

    def replaced(self, reading: int, area: Area, after: int) -> int | None:
        """The frame in (after, reading] at which what was there before gave way, in a small area, to what was read.

        There the frames come nearest to the one at the expense of the other, within a moment: strokes that went are
        missed of what was there before, strokes that came were missing until then, and what moves behind takes longer.
        None where nothing gave way.
        """
        era = self.eras[reading]
        first = max(after, era.frame - len(era.errors))
        place = self._touched(era, area)
        height, width = era.tiles.shape
        before = self._errors[first : era.frame + 1, era.row : era.row + height, era.column : era.column + width]
        now = np.pad(era.errors[len(era.errors) - (era.frame - first) :][:, place], ((0, 1), (0, 0)))
        nearer = (now.astype(np.float64) - before[:, place]).sum(axis=1) * TILE**2
        moment = self._frames_of(MOMENT_S)
        falls = [
            nearer[max(0, at - moment) : at].mean() - nearer[at : at + moment].mean() for at in range(1, len(nearer))
        ]
        return first + 1 + int(np.argmax(falls)) if falls and max(falls) >= CHANGE_SUM else None

    def ended(self, reading: int, area: Area) -> int | None:
        """The first frame after the reading that no longer shows it, None if all show it to the end."""
        off, gone = self._after(reading, area)
        away = _lasting(gone, self._frames_of(LONGEST_GAP_S))
        return None if away is None else self.eras[reading].frame + 1 + self._half_away(off, away)

    def left(self, reading: int, area: Area, upto: int) -> int:
        """The first frame that does not show what was read, in whose place there is other writing in the frame `upto`.

        It may have been away for less than what counts as away, and the other writing may be like it, on a like plate.
        """
        first = self.eras[reading].frame + 1
        off, gone = self._after(reading, area)
        off, gone = off[: max(0, upto - first)], gone[: max(0, upto - first)]
        there = np.flatnonzero((off <= GONE) & ~gone)
        away = np.flatnonzero(gone[there[-1] :] if len(there) else gone) + (there[-1] if len(there) else 0)
        return first + self._half_away(off, int(away[0])) if len(away) else upto

    def came(self, reading: int, area: Area, first: int) -> int:
        """The frame from `first` on, where other writing gave way, at which what was read came, however soon."""
        era, inside = self.eras[reading], self._inside(reading, area)
        back = era.errors[len(era.errors) - (era.frame - first) :] if era.frame > first else era.errors[:0]
        if not len(back) or not inside.any() or not self._gone(back[:1], era, inside).all():
            return first
        return self.began(reading, area, first - 1) or first

    def _after(self, reading: int, area: Area) -> tuple[Levels, NDArray[np.bool_]]:
        """By how much each frame after a reading is off until another takes its place, and which do not show it."""
        era, inside = self.eras[reading], self._inside(reading, area)
        upto = int(np.median(self._over[reading][inside])) if inside.any() else self.last
        after = self._errors[era.frame + 1 : upto + 1]
        after = after[:, era.row : era.row + inside.shape[0], era.column : era.column + inside.shape[1]]
        off = self._off(after, era, inside)
        return off, self._gone(after, era, inside) if inside.any() else off > AWAY

    def _half_away(self, off: Levels, away: int) -> int:
        """The frame near one that does not show a text at which half of it had gone."""
        half = _most(off[away : away + self._frames_of(FADE_S)]) / 2
        while away > 0 and off[away - 1] >= half:
            away -= 1
        while off[away] < half:
            away += 1
        return away

    def _off(self, errors: NDArray[np.uint8], era: Era, inside: NDArray[np.bool_]) -> Levels:
        """Mean levels by which the strokes of some tiles are off, for each frame."""
        strokes = max(1, int(era.strokes[inside].sum()))
        return np.asarray(errors[:, inside].sum(axis=1, dtype=np.float64) * TILE**2 / strokes)

    def _gone(self, errors: NDArray[np.uint8], era: Era, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which frames do not show the strokes of some tiles, one at least."""
        each = errors[:, inside] * (TILE**2 / np.maximum(1, era.strokes[inside]))
        return np.asarray(np.median(each, axis=1) > AWAY, np.bool_)

    def _touched(self, era: Era, area: Area) -> NDArray[np.bool_]:
        """The tiles of an era's rectangle that lie in the area, if only in part."""
        across, down = self._tile_px
        mask = np.zeros_like(era.tiles)
        rows = slice(max(0, int(area.y / down) - era.row), max(0, math.ceil(area.bottom / down) - era.row))
        columns = slice(max(0, int(area.x / across) - era.column), max(0, math.ceil(area.right / across) - era.column))
        mask[rows, columns] = True
        return mask

    def _inside(self, reading: int, area: Area) -> NDArray[np.bool_]:
        """The tiles of a reading that lie at least half in the area and hold strokes."""
        era = self.eras[reading]
        across, down = self._tile_px
        mask = np.zeros_like(era.tiles)
        top, bottom = round(area.y / down) - era.row, round(area.bottom / down) - era.row
        left, right = round(area.x / across) - era.column, round(area.right / across) - era.column
        mask[max(0, top) : max(top + 1, bottom, 0), max(0, left) : max(left + 1, right, 0)] = True
        return np.asarray(mask & era.tiles & (era.strokes > 0), np.bool_)

    def _ends_of(self, index: int) -> NDArray[np.int64]:
        """The last frame of the era in each of its tiles."""
        era = self.eras[index]
        over = np.full(era.tiles.shape, self.last, np.int64)
        for later in reversed(self.eras[index + 1 :]):
            rows, columns = _shared(era, later)
            if rows[1] > rows[0] and columns[1] > columns[0]:
                mine = over[rows[0] - era.row : rows[1] - era.row, columns[0] - era.column : columns[1] - era.column]
                theirs = later.tiles[
                    rows[0] - later.row : rows[1] - later.row, columns[0] - later.column : columns[1] - later.column
                ]
                mine[theirs] = later.frame
        return over

    def _frames_of(self, seconds: float) -> int:
        """Frames that a stretch of time takes, at the range's mean rate."""
        length_s = float(self.ends[-1] - self.starts[0])
        return max(1, round(seconds * len(self.starts) / length_s)) if length_s > 0 else 1


def load(scratch: Path, reads: Sequence[dict[str, Any]]) -> Timeline:
    """What `decoding.main` left in the scratch folder for a range that has frames, and the reads that it answered."""
    with np.load(scratch / "timeline.npz", allow_pickle=False) as saved:
        starts, ends = saved["times"].T
        eras = [
            Era(
                read["frame"],
                read["row"],
                read["column"],
                *(saved[f"{name}{number}"] for name in ("tiles", "strokes", "errors")),
            )
            for number, read in enumerate(reads)
        ]
        across, down = (float(side) for side in saved["tile_px"])
        return Timeline(starts, ends, saved["errors"], eras, (across, down))


def _half(off: Levels, window: int) -> int | None:
    """The first index from which strokes are off by half of what they are off when they are wholly away.

    They are wholly away where `off`, having risen, rises no more: what comes later is other writing, or what is behind.
    """
    away = np.flatnonzero(off > GONE)
    if not len(away):
        return None
    most = _most(off[int(away[0]) : int(away[0]) + window])
    return int(np.flatnonzero(off >= most / 2)[0])


def _most(off: Levels) -> float:
    """What rising levels rise to."""
    most, rested = 0.0, 0
    for level in off:
        rested = 0 if level > RISING * most else rested + 1
        most = max(most, float(level))
        if rested == RESTED:
            break
    return most


def _lasting(away: NDArray[np.bool_], longest_gap: int) -> int | None:
    """The first of so many frames away that they are no mere gap, or of those that are away to the end."""
    began: int | None = None
    for index, is_away in enumerate(away):
        if not is_away:
            began = None
            continue
        began = index if began is None else began
        if index - began >= longest_gap:
            return began
    return began


def _shared(one: Era, other: Era) -> tuple[tuple[int, int], tuple[int, int]]:
    rows = max(one.row, other.row), min(one.row + one.tiles.shape[0], other.row + other.tiles.shape[0])
    columns = max(one.column, other.column), min(one.column + one.tiles.shape[1], other.column + other.tiles.shape[1])
    return rows, columns
