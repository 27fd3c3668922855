"""Decodes one time range in a sandboxed child and hands out only what must be read.

`main` decodes each frame of the range once, tests it for changed writing and leaves in the scratch folder the pictures
that must be read (`<frame>.npy`), the strokes of their writing (`<frame>.strokes.npy`) and the change of every tile in
every frame (`timeline.npz`). Only the frame at hand and the one before it are kept in memory as pictures.
"""

from pathlib import Path
from typing import Any

import numpy as np

from telop_ocr.changes import Change, Planes, StrokeComparison
from telop_ocr.sampling import Asked, ReadingPlan
from telop_ocr.video import Shot, luma, opened, picture


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Scan [start_s, end_s) of the file.

    Takes path, format, start_s, end_s, threads, scratch (an existing folder) and heartbeat_s. Answers `reads`, in
    order of time: `frame`, an index into the timeline, and `top` and `bottom`, a band of rows of the displayed frame;
    and, where the range has frames, the displayed `width` and `height`.
    Raises `Refused`: media_damaged, unsupported_format or no_video_track.
    """
    scan: Scan | None = None
    with opened(request["path"], request["format"], request["threads"]) as video:
        for shot in video.shots(request["start_s"], request["end_s"]):
            scan = scan or Scan(shot, Path(request["scratch"]), request["heartbeat_s"])
            scan.add(shot)
    return {"reads": []} if scan is None else scan.finish()


class Scan:
    """The frames of one range, in order."""

    def __init__(self, first: Shot, scratch: Path, heartbeat_s: float) -> None:
        self._size = (first.frame.width, first.frame.height)
        self._shape = luma(first.frame, self._size).shape
        self._comparison = StrokeComparison(*self._shape)
        self._plan = ReadingPlan(self._comparison.rows, self._comparison.columns, heartbeat_s)
        self._scratch = scratch
        self._times: list[tuple[float, float]] = []
        self._changes: list[Change] = []
        self._reads: list[dict[str, int]] = []
        self._previous: tuple[Shot, Planes] | None = None

    def add(self, shot: Shot) -> None:
        """Test one frame and write out what it shows to be needed: itself, or the one before it."""
        strokes = self._comparison.strokes(luma(shot.frame, self._size))
        change = self._comparison.observe(strokes)
        asked = self._plan.choose(shot.start_s, change)
        if asked is not None and not asked.previous:
            self._write(len(self._times), asked, shot, strokes)
        elif asked is not None and self._previous is not None:
            self._write(len(self._times) - 1, asked, *self._previous)
        self._times.append((shot.start_s, shot.end_s))
        self._changes.append(change)
        self._previous = (shot, strokes)

    def finish(self) -> dict[str, Any]:
        """Write out the last frame, if something on it is unread, and the timeline."""
        asked = self._plan.finish()
        if asked is not None and self._previous is not None:
            self._write(len(self._times) - 1, asked, *self._previous)
        height, width = self._shape
        np.savez(
            self._scratch / "timeline.npz",
            times=np.array(self._times),
            changed=np.stack([change.changed for change in self._changes]),
            strokes=np.stack([change.strokes for change in self._changes]),
            tile_px=self._comparison.tile_px,
        )
        return {"reads": self._reads, "width": width, "height": height}

    def _write(self, frame: int, asked: Asked, shot: Shot, strokes: Planes) -> None:
        np.save(self._scratch / f"{frame}.npy", picture(shot.frame, self._size))
        np.save(self._scratch / f"{frame}.strokes.npy", strokes)
        tile_px = self._comparison.tile_px
        for top, bottom in asked.bands:
            rows = {"top": top * tile_px, "bottom": min(self._shape[0], bottom * tile_px)}
            self._reads.append({"frame": frame} | rows)
