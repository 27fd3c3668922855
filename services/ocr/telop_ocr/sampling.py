"""Which frames must be read, and where: each piece of new writing once, soon after it stands still.

Writing is read when nothing near it has changed for `SETTLE_S`, so a wipe is read when it is complete. Writing that
goes away before it was read is read on its last frame. Writing that grows without end is read once in `heartbeat_s`.
What is read is the piece of writing that hangs together around what is new, and nothing beside it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import Writing, above, counted, enough

Mask: TypeAlias = NDArray[np.bool_]

SETTLE_S: Final = 0.1
"""Two to six frames: longer than the pause between steps of a fade, shorter than anything a viewer can read."""
SHORTEST_S: Final = 0.2
"""The shortest display: what seems new again sooner than that in the place of what was just read can wait."""
LOOK_S: Final = 0.05
"""From one search for pieces to the next: every other frame of 25 or 30 a second. What is there can wait for so long,
and what goes away meanwhile is read as it goes; twice as long cost a caption its beginning and split another."""
STOOD_S: Final = 0.4
"""Where things move around it, what stands still may be a gap between them, which is gone sooner than this."""
SMALL: Final = 16
"""Tiles: less than one character of a usual caption spreads over."""
JUMP: Final = 32
"""Levels from one frame to the next by which writing is cut away: a fade of five frames takes smaller steps."""
GREW: Final = 1
"""Pixels of new writing that come and go in a tile by chance."""
GROWING: Final = 0.1
"""Share by which new writing still grows that is not complete; where a background moves, some always seems to."""
WIDEST: Final = 12
"""Pixels of strokes for each pixel of their edges, at most: strokes are narrower than twice `STROKE`."""
LEAST: Final = 30
"""Pixels of still strokes in a piece: half of what one digit of 30 px (of 720) has."""


WIDE: Final = 240
"""Tiles: more than a line of writing across the picture and its margins."""
FEW: Final = 4
"""Unread tiles: one character spreads over more; where things move, fewer are often there by chance."""
CHARACTER: Final = (5, 5)
"""Tiles: a character of a usual caption (45 px of 720) and its outline."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Read a piece of the current frame or of the one before. `tiles` are all of the piece, `unread` those
    of them that are the reason to read it."""

    previous: bool
    tiles: Mask
    unread: Mask


class ReadingPlan:
    """Decides frame by frame, in order of time, from the writing of each frame."""

    def __init__(self, rows: int, columns: int, heartbeat_s: float) -> None:
        self._missing: Mask = np.zeros((rows, columns), np.bool_)
        self._recent: deque[tuple[float, NDArray[np.uint8]]] = deque()
        self._missing_at = np.full((rows, columns), -np.inf)
        self._since = np.full((rows, columns), np.inf)
        self._refused = np.zeros((rows, columns), np.int16)
        self._asked_at = np.full((rows, columns), -np.inf)
        self._moved_at = np.full((rows, columns), -np.inf)
        self._looked_s = -np.inf
        self._waiting: Mask = np.zeros((rows, columns), np.bool_)
        self._previous: Writing | None = None
        self._heartbeat_s = heartbeat_s

    def choose(self, time_s: float, writing: Writing) -> list[Asked]:
        """Take one frame and say what to read now; what is asked for counts as read."""
        asked = self._leaving(writing)
        for each in asked:
            self._forget(each.tiles)
        self._missing_at[writing.missing] = time_s
        self._missing |= writing.missing
        fresh = enough(writing.fresh)
        unread = fresh | self._missing
        self._since = np.where(unread, np.minimum(self._since, time_s), np.inf)
        self._previous = writing
        # What was no writing when it was last looked at is none as long as it does not grow.
        self._refused = np.where(writing.fresh < self._refused - GREW, 0, self._refused).astype(np.int16)
        unread &= (writing.fresh > self._refused + GREW) | self._missing
        self._moved_at[_grown(counted(writing.moved) > GREW)] = time_s
        early = self._chance(unread, time_s)
        unread &= ~early
        looked_at = unread & (self._asked_at <= time_s - SHORTEST_S)
        pieces: list[Mask] = []
        if looked_at.any() and time_s >= self._looked_s + LOOK_S:
            pieces, self._looked_s = _pieces(unread, writing), time_s
            self._refused = np.where(unread & ~_joined(pieces, unread.shape), writing.fresh, self._refused)
        for tiles in pieces:
            here = unread & tiles
            if not (here & looked_at).any():
                continue
            if self._is_complete(here, time_s, writing) or time_s - self._since[here].min() >= self._heartbeat_s:
                now = tiles & ~early
                asked.append(Asked(previous=False, tiles=now, unread=here))
                self._forget(now)
                self._asked_at[now] = time_s
        now_asked = _joined([each.tiles for each in asked if not each.previous], unread.shape)
        self._waiting = unread & fresh & ~now_asked
        self._recent.append((time_s, writing.fresh))
        while len(self._recent) > 1 and self._recent[1][0] <= time_s - SETTLE_S:
            self._recent.popleft()
        # What went without leaving writing near is nothing to read.
        self._missing &= _grown(writing.written)
        return asked

    def finish(self) -> list[Asked]:
        """After the last frame: what on it, now the previous one, is still unread."""
        if self._previous is None:
            return []
        unread = enough(self._previous.fresh) & (self._since < np.inf)
        unread |= self._missing
        return [Asked(previous=True, tiles=tiles, unread=unread & tiles) for tiles in _pieces(unread, self._previous)]

    def _is_complete(self, here: Mask, time_s: float, writing: Writing) -> bool:
        """Whether the new writing in some tiles has not grown for a while."""
        if (
            not self._recent
            or self._recent[0][0] > time_s - SETTLE_S
            or self._missing_at[here].max() > time_s - SETTLE_S
        ):
            return False
        now = int(writing.fresh[here].sum())
        return min(int(fresh[here].sum()) for _, fresh in self._recent) >= (1 - GROWING) * now

    def _leaving(self, writing: Writing) -> list[Asked]:
        """Pieces of unread writing of the previous frame of which most changed in this one."""
        before = self._previous
        unread = self._waiting
        if before is None or not unread.any():
            return []
        jumped = above(cv2.absdiff(writing.plane, before.plane), JUMP)
        gone = counted(np.asarray(cv2.bitwise_and(before.new, jumped), np.uint8))
        if np.count_nonzero(gone[unread].astype(np.int64) * 2 >= before.fresh[unread]) < FEW:
            return []
        return [
            Asked(previous=True, tiles=tiles, unread=unread & tiles)
            for tiles in _pieces(unread, before)
            if int(gone[tiles & unread].sum()) * 2 >= int(before.fresh[tiles & unread].sum())
        ]

    def _chance(self, unread: Mask, time_s: float) -> Mask:
        """Unread tiles, few together and not for long, around which things move: what is still there may be chance."""
        restless = unread & (self._moved_at > time_s - SETTLE_S) & (self._since > time_s - STOOD_S)
        chance: Mask = np.zeros_like(unread)
        if restless.any():
            _, labels, stats, _ = cv2.connectedComponentsWithStats(unread.view(np.uint8), connectivity=8)
            few = stats[:, cv2.CC_STAT_AREA] < SMALL
            few[labels[unread & ~restless]] = False
            chance |= few[labels] & unread
        return chance

    def _forget(self, tiles: Mask) -> None:
        self._missing &= ~tiles
        self._since[tiles] = np.inf


def _pieces(unread: Mask, writing: Writing) -> list[Mask]:
    """The pieces of writing that hold something unread: tiles that hang together, or are one tile apart.

    What hangs together and is no writing as a whole, as a caption and the houses that pass behind it, is taken apart.
    """
    if not unread.any():
        return []
    counts = writing.strokes_and_edges
    unread = unread & _joined(_letters(counts, _each_grown(_parts(unread)), unread), unread.shape)
    letters = _letters(counts, _holding(unread, _parts(_grown(unread | writing.written))), unread)
    bars = _bars(counts, _parts(writing.written & ~unread))
    return list(_holding(unread, _parts(_grown(unread | (writing.written & ~bars)) & _joined(letters, bars.shape))))


def _holding(unread: Mask, parts: Mask) -> Mask:
    """The parts in which something is unread."""
    return parts[(parts & unread).any(axis=(1, 2))]


def _bars(counts: NDArray[np.float32], parts: Mask) -> Mask:
    """The tiles of those parts that are no letters because they have too few edges for what they cover."""
    strokes, *edges = _within(counts, parts)
    return _joined(parts[np.min(edges, axis=0) * WIDEST < strokes], counts.shape[1:])


def _letters(counts: NDArray[np.float32], parts: Mask, unread: Mask) -> Mask:
    """The parts that are letters; of wide ones that are not, what is around a character, if enough of it is unread."""
    whole = _are_writing(counts, parts)
    mixed = ~whole & (parts.sum(axis=(1, 2)) >= WIDE)
    if not mixed.any():
        return parts[whole]
    strokes, *edges = (cv2.boxFilter(each, -1, CHARACTER, normalize=False) for each in counts)
    local = (strokes >= LEAST) & (np.min(edges, axis=0) * WIDEST >= strokes)
    split = _parts(_joined(parts[mixed], local.shape) & local)
    split = split[(split & unread).sum(axis=(1, 2)) >= FEW]
    return np.concatenate([parts[whole], split[_are_writing(counts, split)]])


def _parts(tiles: Mask) -> Mask:
    """Tiles that hang together, corners included: a mask for each part, (parts, rows, columns)."""
    count, labels = cv2.connectedComponents(tiles.view(np.uint8), connectivity=8)
    return np.asarray(labels == np.arange(1, count, dtype=np.int32)[:, None, None], np.bool_)


def _grown(tiles: Mask) -> Mask:
    """Tiles and their neighbours."""
    return np.asarray(cv2.dilate(tiles.view(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_), np.bool_)


def _each_grown(parts: Mask) -> Mask:
    """The same of many masks: one below the other, an empty row between them."""
    count, rows, columns = parts.shape
    apart = np.zeros((count, rows + 1, columns), np.bool_)
    apart[:, :rows] = parts
    return _grown(apart.reshape(-1, columns)).reshape(apart.shape)[:, :rows] if count else parts


def _joined(parts: Mask | Sequence[Mask], shape: tuple[int, ...]) -> Mask:
    return np.asarray(np.logical_or.reduce([np.zeros(shape, np.bool_), *parts]), np.bool_)


def _are_writing(counts: NDArray[np.float32], parts: Mask) -> Mask:
    """Which of some parts are letters, by the pixels of strokes and of their edges along both ways in each tile.

    Strokes of letters end in every direction; of a bar that slides only the edges along its way stand still.
    """
    strokes, *edges = _within(counts, parts)
    return np.asarray((strokes >= LEAST) & (np.min(edges, axis=0) * WIDEST >= strokes), np.bool_)


def _within(counts: NDArray[np.float32], parts: Mask) -> NDArray[np.float32]:
    """Sums of each count over the tiles of each part, (counts, parts)."""
    tiles = parts.reshape(len(parts), counts[0].size).astype(np.float32)
    return np.asarray(counts.reshape(len(counts), -1) @ tiles.T, np.float32)
