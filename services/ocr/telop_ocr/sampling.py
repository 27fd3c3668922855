"""Which frames must be read, and where: each piece of new writing once, soon after it stands still.

Writing that stopped changing is read when it has been still for `SETTLE_S`, so a fade or a wipe is read when it is
complete. Writing that goes away before it was read is read on its last frame. Writing that never stands still, or is
too small to be told from a moving background, is read once in `heartbeat_s`: it costs at most that many readings.
Only the rows of new writing are asked for, never cutting through what hangs together.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import Change

Mask: TypeAlias = NDArray[np.bool_]
Band: TypeAlias = tuple[int, int]
"""Rows of tiles: the first, and the first behind the last."""

SETTLE_S: Final = 0.1
"""Two to six frames: longer than the pause between steps of a fade, shorter than anything a viewer can read."""
STRONG: Final = 6
"""Adjoining tiles of new still writing that are read at once: one character of 45 px (of 720) covers nine."""
MARGIN: Final = 2
"""Tiles read above and below new writing: the detector needs to see that a line ends (32 px of 720)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Read the current or the previous frame in bands of tile rows."""

    previous: bool
    bands: tuple[Band, ...]


class ReadingPlan:
    """Decides frame by frame, in order of time, from the changes of each frame."""

    def __init__(self, rows: int, columns: int, heartbeat_s: float) -> None:
        self._unread: Mask = np.zeros((rows, columns), np.bool_)
        self._written: Mask = np.zeros((rows, columns), np.bool_)
        self._changed_at = np.full((rows, columns), -np.inf)
        self._waiting_since = np.inf
        self._heartbeat_s = heartbeat_s

    def choose(self, time_s: float, change: Change) -> Asked | None:
        """Take one frame's change and say what to read now, if anything; what is asked for counts as read."""
        leaving = self._unread & change.fired & (self._changed_at <= time_s - SETTLE_S)
        if _largest(leaving) >= STRONG:
            asked = self._ask(previous=True)
            self._note(time_s, change)
            return asked
        self._note(time_s, change)
        settled = self._unread & (self._changed_at <= time_s - SETTLE_S)
        if _largest(settled) >= STRONG or time_s - self._waiting_since >= self._heartbeat_s:
            return self._ask(previous=False)
        return None

    def finish(self) -> Asked | None:
        """After the last frame: what on it, now the previous one, is still unread."""
        return self._ask(previous=True) if self._unread.any() else None

    def _ask(self, *, previous: bool) -> Asked:
        bands = _bands(self._unread, self._written)
        self._unread[:] = False
        self._waiting_since = np.inf
        return Asked(previous, bands)

    def _note(self, time_s: float, change: Change) -> None:
        self._changed_at[change.fired] = time_s
        self._written = change.written
        self._unread = (self._unread | change.fired) & change.written
        if not self._unread.any():
            self._waiting_since = np.inf
        else:
            self._waiting_since = min(self._waiting_since, time_s)


def _largest(tiles: Mask) -> int:
    """Tiles of the largest piece that hangs together, corners included."""
    if not tiles.any():
        return 0
    _, _, statistics, _ = cv2.connectedComponentsWithStats(tiles.view(np.uint8), connectivity=8)
    return int(statistics[1:, cv2.CC_STAT_AREA].max())


def _bands(unread: Mask, written: Mask) -> tuple[Band, ...]:
    """Rows of the pieces of writing that hold something unread, one tile apart counting as together, with a margin."""
    near = cv2.dilate((unread | written).view(np.uint8), np.ones((3, 3), np.uint8))
    _, pieces = cv2.connectedComponents(near, connectivity=8)
    rows = np.isin(pieces, np.unique(pieces[unread])).any(axis=1)
    # `near` already holds one tile of the margin.
    wanted = np.convolve(rows, np.ones(2 * MARGIN - 1), "same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False]))))
    return tuple((int(top), int(bottom)) for top, bottom in edges.reshape(-1, 2))
