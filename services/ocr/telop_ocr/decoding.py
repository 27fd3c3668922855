"""Decodes one time range in a sandboxed child and hands out only what must be read.

`main` decodes each frame of the range once, tests it for new writing and leaves in the scratch folder the pieces of
pictures that must be read (`<read>.npy`), a still of each frame that they are from (`<frame>.jpg`) and what tells from
which frame to which the writing stood there (`timeline.npz`). Small planes of the last seconds and two frames are all
that is kept in memory, however long the range is.
"""

import math
from collections import deque
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.changes import TILE, Plane, Tiles, Writing, WritingTest, counted, enlarged, enough, tile_errors
from telop_ocr.running import Cut, RunningText
from telop_ocr.sampling import Asked, ReadingPlan
from telop_ocr.video import Picture, Shot, displayed_size, luma, opened, picture

STEADY_S: Final = 0.1
"""A pixel that stays the same for so long stands still: three frames of 25 a second, of the five of a short display."""
LOOK_BACK_S: Final = 1.6
"""How long before it is read writing may have begun to appear: a second's fade, and the time until it is read."""
MARGIN: Final = 2
"""Tiles read around new writing: the detector needs to see that a line ends (32 px of 720)."""
STILL_QUALITY: Final = 85


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Scan [start_s, end_s) of the file.

    Takes path, format, start_s, end_s, threads, scratch (an existing folder) and heartbeat_s. Answers `reads`, in
    order of time: `frame`, an index into the timeline, and `left`, `top`, `right` and `bottom` of the piece in pixels
    of the displayed frame, and the tile `row` and `column` at which it begins; and, where the range has frames, the
    displayed `width` and `height`, and `strips` of running text: `number`, whether it runs `upright`, `frame`, `area`,
    how far it has `slid`, its `speed` in pixels a frame, and `until` which frame it slid.
    Raises `Refused`: media_damaged, unsupported_format or no_video_track.
    """
    scan: Scan | None = None
    with opened(request["path"], request["format"], request["threads"]) as video:
        for shot in video.shots(request["start_s"], request["end_s"]):
            scan = scan or Scan(shot, video.aspect, Path(request["scratch"]), request["heartbeat_s"])
            scan.add(shot)
    return {"reads": []} if scan is None else scan.finish()


class Scan:
    """The frames of one range, in order."""

    def __init__(self, first: Shot, aspect: float, scratch: Path, heartbeat_s: float) -> None:
        self._size = (first.frame.width, first.frame.height)
        self._aspect = aspect
        self._shape = luma(first.frame, self._size).shape
        self._width, self._height = displayed_size(first.frame, aspect)
        frame_s = max(first.end_s - first.start_s, 1 / 120)
        self._test = WritingTest(self._shape[0], self._shape[1], max(3, math.ceil(STEADY_S / frame_s)))
        self._plan = ReadingPlan(self._test.rows, self._test.columns, heartbeat_s)
        self._scratch = scratch
        self._times: list[tuple[float, float]] = []
        self._errors: list[Tiles] = []
        self._reads: list[dict[str, Any]] = []
        self._eras: dict[str, NDArray[Any]] = {}
        self._before: deque[tuple[int, float, Plane]] = deque()
        self._previous: tuple[Shot, Writing] | None = None
        self._running = RunningText()
        self._strips: list[dict[str, Any]] = []

    def add(self, shot: Shot) -> None:
        """Test one frame and write out what it shows to be needed: of itself, or of the one before it."""
        writing = self._test.observe(self._test.reduced(luma(shot.frame, self._size)))
        frame = len(self._times)
        self._times.append((shot.start_s, shot.end_s))
        asked = self._plan.choose(shot.start_s, writing)
        if self._previous is not None:
            self._write(frame - 1, [each for each in asked if each.previous], *self._previous)
        self._before.append((frame, shot.start_s, writing.plane))
        self._errors.append(self._test.errors(writing.plane))
        self._write(frame, [each for each in asked if not each.previous], shot, writing)
        for cut in self._running.observe(writing.plane):
            self._write_strip(frame, cut, shot)
        while self._before[0][1] < shot.start_s - LOOK_BACK_S:
            self._before.popleft()
        self._previous = (shot, writing)

    def finish(self) -> dict[str, Any]:
        """Write out the last frame, if something on it is unread, and the timeline."""
        if self._previous is not None:
            self._write(len(self._times) - 1, self._plan.finish(), *self._previous)
            for cut in self._running.finish():
                self._write_strip(len(self._times) - 1, cut, self._previous[0])
        for strip in self._strips:
            strip["until"] = self._running.until[strip["number"]]
        times, errors = np.array(self._times), np.stack(self._errors)
        tile_px = self._test.tile_px * np.array([self._width / self._shape[1], self._height / self._shape[0]])
        whole: dict[str, Any] = {"times": times, "errors": errors, "tile_px": tile_px} | self._eras
        np.savez(self._scratch / "timeline.npz", **whole)
        return {"reads": self._reads, "strips": self._strips, "width": self._width, "height": self._height}

    def _write(self, frame: int, asked: list[Asked], shot: Shot, writing: Writing) -> None:
        if not asked:
            return
        displayed = self._still(frame, shot)
        for each in asked:
            self._cut(frame, each, displayed, writing)
            self._test.know(writing, each.tiles)

    def _still(self, frame: int, shot: Shot) -> Picture:
        """The frame as displayed, which is also written out."""
        displayed = picture(shot.frame, self._size, self._aspect)
        _, encoded = cv2.imencode(".jpg", displayed, [cv2.IMWRITE_JPEG_QUALITY, STILL_QUALITY])
        (self._scratch / f"{frame}.jpg").write_bytes(encoded.tobytes())
        return displayed

    def _write_strip(self, frame: int, cut: Cut, shot: Shot) -> None:
        """Write out a strip of running text."""
        displayed = self._still(frame, shot)
        shown, working = np.array(displayed.shape[:2]), np.array(self._shape) / self._test.factor
        corners = np.array([[cut.top, cut.left], [cut.bottom, cut.right]])
        (top, left), (bottom, right) = np.minimum(np.round(corners * shown / working), shown).astype(int)
        np.save(self._scratch / f"strip{len(self._strips)}.npy", displayed[top:bottom, left:right])
        down, across = np.array([self._height, self._width]) / shown
        along = (self._height if cut.upright else self._width) / working[0 if cut.upright else 1]
        area = [left * across, top * down, (right - left) * across, (bottom - top) * down]
        strip = {"number": cut.strip, "upright": cut.upright, "frame": frame, "area": [float(side) for side in area]}
        self._strips.append(strip | {"slid": float(cut.slid * along), "speed": float(cut.speed * along)})

    def _cut(self, frame: int, asked: Asked, displayed: Picture, writing: Writing) -> None:
        """Write one piece, and how far the frames before it were from its writing."""
        rows, columns = (np.flatnonzero(asked.tiles.any(axis=axis)) for axis in (1, 0))
        place = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self._cut_picture(frame, place, displayed, writing)
        across, down = (
            self._test.tile_px * self._width / self._shape[1],
            self._test.tile_px * self._height / self._shape[0],
        )
        new = asked.unread & enough(writing.fresh)  # the rest is missed, which is nothing to read
        unread = [[float(column * across), float(row * down)] for row, column in np.argwhere(new)]
        self._reads[-1] |= {"unread": unread, "tile_width": across, "tile_height": down}
        tiles = asked.tiles[place]
        pixels = tuple(slice(each.start * TILE, each.stop * TILE) for each in place)
        level = np.ascontiguousarray(writing.plane[pixels])
        mask = np.asarray(cv2.bitwise_and(enlarged(tiles), writing.still[pixels]), np.uint8)
        earlier = [plane for index, _, plane in self._before if index < frame]
        errors = [tile_errors(np.ascontiguousarray(plane[pixels]), level, mask) for plane in earlier]
        era = {"errors": np.array(errors, np.uint8).reshape(-1, *tiles.shape), "strokes": counted(mask), "tiles": tiles}
        self._eras |= {f"{name}{len(self._reads) - 1}": array for name, array in era.items()}

    def _cut_picture(self, frame: int, place: tuple[slice, slice], displayed: Picture, writing: Writing) -> None:
        tile_px, (height, width) = self._test.tile_px, self._shape
        sides = {
            "left": max(0, int(place[1].start) - MARGIN) * tile_px / width,
            "top": max(0, int(place[0].start) - MARGIN) * tile_px / height,
            "right": min(1.0, (int(place[1].stop) + MARGIN) * tile_px / width),
            "bottom": min(1.0, (int(place[0].stop) + MARGIN) * tile_px / height),
        }
        left, top, right, bottom = (
            round(at * displayed.shape[axis]) for at, axis in zip(sides.values(), (1, 0, 1, 0), strict=True)
        )
        piece = np.ascontiguousarray(displayed[top:bottom, left:right])  # the rest is written byte by byte
        np.save(self._scratch / f"{len(self._reads)}.npy", piece)
        down, across = (side / full for side, full in zip(self._shape, displayed.shape[:2], strict=True))
        factor = self._test.factor
        still = writing.old[
            int(top * down) // factor : -(-int(bottom * down) // factor),
            int(left * across) // factor : -(-int(right * across) // factor),
        ]
        shown = cv2.resize(still, (piece.shape[1], piece.shape[0]), interpolation=cv2.INTER_NEAREST)
        np.save(self._scratch / f"{len(self._reads)}.still.npy", shown)
        size = {"left": self._width, "right": self._width, "top": self._height, "bottom": self._height}
        read = {side: round(at * size[side]) for side, at in sides.items()}
        self._reads.append({"frame": frame, "row": int(place[0].start), "column": int(place[1].start)} | read)
