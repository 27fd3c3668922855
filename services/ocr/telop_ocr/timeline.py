"""What the change test saw in every frame of one range, and the questions that readings ask of it.

Readings say what stood on screen at a few frames; the timeline says at which frame it came and went. All frames are
indexes into the range, all areas are in pixels of the displayed frame.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import CHANGED, same_writing
from telop_ocr.lines import Area

Unchanged: TypeAlias = Callable[[int, int, Area], bool]
"""Whether the writing in an area is, pixel by pixel, the same in two frames that were read."""

LARGE: Final = 0.5
"""Of the largest change in a stretch of time: what else is taken for coming or going, and not for noise."""
FADING: Final = 0.2
"""Of the largest change, and of the strokes of the complete text: a step of its fading in."""
FADE_PAUSE: Final = 2
"""Frames without a step inside of a fade: a slow fade takes longer to add up to the contrast of a change."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Frames of one range: times of shape (frames,), counts of changed and of stroke pixels (frames, rows, columns)."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    changed: NDArray[np.uint8]
    strokes: NDArray[np.uint8]
    tile_px: int

    @property
    def last(self) -> int:
        """The last frame."""
        return len(self.starts) - 1

    def came(self, area: Area, after: int, upto: int) -> int | None:
        """The frame in (after, upto] at which what the area shows at `upto` began to appear; None: no change."""
        changes = self._changes(area, after, upto)
        if not changes.any():
            return None
        strokes = self._strokes(area, after, upto)
        steps = (changes >= FADING * changes.max()) & (strokes >= FADING * strokes[-1])
        frame = int(np.flatnonzero(changes >= LARGE * changes.max())[-1])
        for step in np.flatnonzero(steps[:frame])[::-1]:
            if frame - step > FADE_PAUSE + 1:
                break
            frame = int(step)
        return after + 1 + frame

    def went(self, area: Area, after: int, upto: int) -> int:
        """The first frame in (after, upto] that no longer shows what the area showed at `after`."""
        changes = self._changes(area, after, upto)
        if not changes.any():
            return upto
        return after + 1 + int(np.argmax(changes >= LARGE * changes.max()))

    def emptied(self, area: Area, after: int, upto: int, longest_gap_s: float) -> int | None:
        """The first frame in (after, upto] from which half of the area's strokes are missing for longer than a gap."""
        strokes = self._strokes(area, after - 1, upto)
        missing = strokes < strokes[0] / 2
        began: int | None = None
        for offset in range(1, len(missing)):
            if not missing[offset]:
                began = None
                continue
            began = offset if began is None else began
            if self.ends[after + offset] - self.starts[after + began] > longest_gap_s:
                return after + began
        return None

    def _changes(self, area: Area, after: int, upto: int) -> NDArray[np.int64]:
        rows, columns = self._tiles(area)
        tiles = self.changed[after + 1 : upto + 1, rows, columns]
        return np.asarray(np.where(tiles >= CHANGED, tiles, 0).sum(axis=(1, 2)), np.int64)

    def _strokes(self, area: Area, after: int, upto: int) -> NDArray[np.int64]:
        rows, columns = self._tiles(area)
        return np.asarray(self.strokes[after + 1 : upto + 1, rows, columns].sum(axis=(1, 2)), np.int64)

    def _tiles(self, area: Area) -> tuple[slice, slice]:
        """Tiles that lie at least half in the area, and one at least."""
        top, left = round(area.y / self.tile_px), round(area.x / self.tile_px)
        bottom, right = round(area.bottom / self.tile_px), round(area.right / self.tile_px)
        _, rows, columns = self.changed.shape
        top, left = min(top, rows - 1), min(left, columns - 1)
        return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def load(scratch: Path) -> tuple[Timeline, Unchanged]:
    """What `decoding.main` left in the scratch folder for a range that has frames."""
    with np.load(scratch / "timeline.npz", allow_pickle=False) as saved:
        starts, ends = saved["times"].T
        timeline = Timeline(starts, ends, saved["changed"], saved["strokes"], int(saved["tile_px"]))

    def unchanged(one: int, other: int, area: Area) -> bool:
        before, now = (np.load(scratch / f"{frame}.strokes.npy", mmap_mode="r") for frame in (one, other))
        return same_writing(before, now, area, timeline.tile_px)

    return timeline, unchanged
