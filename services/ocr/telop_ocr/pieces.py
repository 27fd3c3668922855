"""Pieces of pictures that were cut out to be read, and which of them need no reading: what they show is known already.

A background that moves behind a caption looks like new writing now and then. Where all that seems new lies on lines
that were read before, and the letters of those stand there unchanged, pixel by pixel, the reader is not asked again;
nor where it is a picture that was looked at before, held no letters there, and has moved on since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import TILE
from telop_ocr.drifting import View, came_from_nowhere
from telop_ocr.identity import difference, stood
from telop_ocr.lines import Area, Line

AROUND: Final = 0.6
"""Of a line's height: how far around its box its outline, its plate and what shines through the gaps reach."""
WORD: Final = 8
"""Tiles that hang together: less new writing beside a line is no word but something behind it. One character of a usual
caption (45 px of 720) spreads over nine."""
WHOLE: Final = 0.99
"""Share of a line that lies in a piece which holds all of it."""
FEW: Final = 4
"""Tiles that hang together: less, and no line near, are no letters."""
EDGE_PX: Final = 2
"""A box this near to the edge of the piece that was read is cut, and belongs to what was read before."""
TALLEST: Final = 1 / 3
"""Of the frame's height. Taller shapes are parts of the picture that a reader takes for letters, mostly O and I."""
MOST_PIECES: Final = 4
"""Pieces of one line that another is compared with: a background that passes by spoils a few of them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its number in order of time, its frame, its area in the displayed frame, and what is new in it."""

    number: int
    frame: int
    area: Area
    unread: tuple[Area, ...]
    path: Path

    @classmethod
    def of(cls, number: int, read: dict[str, Any], scratch: Path) -> "Piece":
        """What the decoding child answered."""
        left, top = read["left"], read["top"]
        size = read["tile_width"], read["tile_height"]
        area = Area(left, top, read["right"] - left, read["bottom"] - top)
        unread = tuple(Area(x, y, *size) for x, y in read["unread"])
        return cls(number, read["frame"], area, unread, scratch / f"{number}.npy")


@dataclass(frozen=True, slots=True)
class FrameReading:
    """The lines in a piece of one frame."""

    piece: Piece
    lines: Sequence[Line]
    carried: bool = False
    """Whether nothing was read: the letters of an earlier reading were found to stand there as they did."""


def whole_lines(lines: Sequence[Line], piece: Area, width: int, height: int) -> list[Line]:
    """The lines of a piece of a frame of a size without those that its edges cut, which are read wrong, and shapes."""
    return [
        line
        for line in lines
        if (piece.x <= 0 or line.area.x >= piece.x + EDGE_PX)
        and (piece.y <= 0 or line.area.y >= piece.y + EDGE_PX)
        and (piece.right >= width or line.area.right <= piece.right - EDGE_PX)
        and (piece.bottom >= height or line.area.bottom <= piece.bottom - EDGE_PX)
        and min(line.area.height, line.area.width) <= TALLEST * height
    ]


def known_lines(piece: Piece, before: Sequence[FrameReading]) -> list[Line] | None:
    """The lines of a piece, if all that is new in it lies on lines that were read before and stand there unchanged, or
    is a picture that was looked at before and moved on since; None where it has to be read.
    """
    known: list[Line] = []
    for line, pieces in _last_lines(piece, before):
        if any(where_letters_differ(each, piece, line.area) is None for each in pieces):
            known.append(line)
        elif any(_stood(each, line.area) for each in pieces):
            return None
    around = [_widened(line.area) for line in known]
    beside = [tile for tile in piece.unread if not any(area.shared(tile) > 0 for area in around)]
    beside = _not_seen_before(beside, piece, before)
    all_beside = bool(beside) and len(beside) == len(piece.unread)
    return None if all_beside or _largest_group(beside) >= (WORD if known else FEW) or not before else known


def _not_seen_before(new: list[Area], piece: Piece, before: Sequence[FrameReading]) -> list[Area]:
    """Those of some tiles that show what was not looked at in any of the last readings near by."""
    near = (each for each in reversed(before) if not each.carried and each.piece.area.shared(piece.area) > 0)
    for earlier in islice(near, MOST_PIECES):
        if not new:
            break
        now, then = (_view(each, new[0]) for each in (piece, earlier.piece))
        new = came_from_nowhere(new, now, then, [line.area for line in earlier.lines])
    return new


def where_letters_differ(one: Piece, other: Piece, area: Area, running: Sequence[Area] = ()) -> Area | None:
    """Where the letters in and right beside an area differ in two pieces that hold it; None: they are the same.

    Text that runs past it, in the areas given, is none of it.
    """
    left = max(area.x - area.height / 2, one.area.x, other.area.x)
    right = min(area.right + area.height / 2, one.area.right, other.area.right)
    for strip in (each for each in running if each.shared(area) < area.size / 2):
        if min(strip.bottom, area.bottom) > max(strip.y, area.y):
            middle = area.x + area.width / 2
            left = max(left, strip.right) if strip.right <= middle else left
            right = min(right, strip.x) if strip.x >= middle else right
    wide = Area(left, area.y, right - left, area.height)
    (grey, still), (other_grey, other_still) = (_cut(piece, wide) for piece in (one, other))
    if grey.shape != other_grey.shape or not grey.size:
        return area
    window = difference(grey, other_grey, still, other_still)
    if window is None:
        return None
    scale = wide.height / grey.shape[0]
    x, y, side = (each * scale for each in window)
    return Area(wide.x + x, wide.y + y, min(side, wide.width - x), min(side, wide.height - y))


def _stood(piece: Piece, area: Area) -> bool:
    """Whether what was read there stood still: things that pass by are taken for letters now and then."""
    return stood(*_cut(piece, area))


def _last_lines(piece: Piece, before: Sequence[FrameReading]) -> list[tuple[Line, list[Piece]]]:
    """Lines that were last read in places wholly in the piece, and the last pieces that showed them so.

    None that was gone when its place was read again: its letters differ from whatever moves there for good.
    """
    found: list[tuple[Line, list[Piece]]] = []
    empty: list[Area] = []
    for reading in reversed(before):
        known = [line.area for line, _ in found]
        inside = [line for line in reading.lines if _holds(piece.area, line.area)]
        fresh = [
            line
            for line in inside
            if not any(area.shared(line.area) > 0 for area in known)
            and not any(_holds(area, line.area) for area in empty)
        ]
        found += [(line, _pieces_showing(line, before)) for line in fresh]
        if not reading.carried:
            empty.append(reading.piece.area)
    return found


def _holds(piece: Area, line: Area) -> bool:
    return piece.shared(line) >= WHOLE * line.size


def _pieces_showing(line: Line, before: Sequence[FrameReading]) -> list[Piece]:
    """The last pieces in which the reader read a line, back to where it read another in its place.

    What was carried shows nothing: a change may have hidden behind pixels that had not come to rest yet.
    """
    pieces: list[Piece] = []
    for reading in reversed(before):
        here = [other.text for other in reading.lines if other.area.shared(line.area) >= line.area.size / 2]
        if here and here != [line.text]:
            break
        if here and not reading.carried and _holds(reading.piece.area, line.area):
            pieces.append(reading.piece)
    return pieces[:MOST_PIECES]


def _largest_group(tiles: Sequence[Area]) -> int:
    """How many of some tiles hang together, corners included."""
    if not tiles:
        return 0
    places = np.array([(round(tile.y / tile.height), round(tile.x / tile.width)) for tile in tiles])
    places -= places.min(axis=0)
    grid = np.zeros(places.max(axis=0) + 1, np.uint8)
    grid[tuple(places.T)] = 1
    _, _, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max())


def _widened(area: Area) -> Area:
    margin = AROUND * min(area.height, area.width)
    return Area(area.x - margin, area.y - margin, area.width + 2 * margin, area.height + 2 * margin)


def _view(piece: Piece, tile: Area) -> View:
    """What a piece shows, at `TILE` pixels a tile."""
    grey = cv2.cvtColor(np.load(piece.path), cv2.COLOR_BGR2GRAY)
    size = round(piece.area.width / tile.width * TILE), round(piece.area.height / tile.height * TILE)
    return View(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), piece.area)


def _cut(piece: Piece, area: Area) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey levels of a part of a piece, and a mask of what stood still in it."""
    picture, still = np.load(piece.path, mmap_mode="r"), np.load(piece.path.with_suffix(".still.npy"), mmap_mode="r")
    across, down = picture.shape[1] / piece.area.width, picture.shape[0] / piece.area.height
    left, top = max(0, round((area.x - piece.area.x) * across)), max(0, round((area.y - piece.area.y) * down))
    place = slice(top, top + round(area.height * down)), slice(left, left + round(area.width * across))
    grey = cv2.cvtColor(np.ascontiguousarray(picture[place]), cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8), np.ascontiguousarray(still[place])
