"""Cuts one box out of a few frames of a time span, for a second look at it. Runs in a sandboxed child.

The frames are spread evenly over the span, so that a moving background or a passing flaw differs between them.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np

from telop_ocr.video import Picture, Shot, Video, displayed_size, opened, picture

MARGIN: Final = 0.25
"""Of the box's height, added on each side: the detector needs to see where the writing ends."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Write `<n>.npy` for up to `samples` frames of [start_s, end_s).

    Takes path, format, start_s, end_s, threads, scratch (an existing folder), samples and box, as x, y, width and
    height in pixels of the displayed frame. Answers `looks`, in order of time: `picture`, the file's name, and `at_s`.
    Raises `Refused`: media_damaged, unsupported_format or no_video_track.
    """
    looks: list[dict[str, Any]] = []
    with opened(request["path"], request["format"], request["threads"]) as video:
        for shot in _spread(video, request["start_s"], request["end_s"], request["samples"]):
            name = f"{len(looks)}.npy"
            np.save(Path(request["scratch"]) / name, _cut(shot, video.aspect, request["box"]))
            looks.append({"picture": name, "at_s": shot.start_s})
    return {"looks": looks}


def _spread(video: Video, start_s: float, end_s: float, samples: int) -> list[Shot]:
    """The first frame of each of `samples` equal parts of the span; parts without a frame give none."""
    part_s = (end_s - start_s) / samples
    firsts = (
        next(video.shots(start_s + part_s * part, start_s + part_s * (part + 1)), None) for part in range(samples)
    )
    return [shot for shot in firsts if shot is not None]


def _cut(shot: Shot, aspect: float, box: tuple[int, int, int, int]) -> Picture:
    frame = shot.frame
    displayed = picture(frame, (frame.width, frame.height), aspect)
    scale = displayed.shape[1] / displayed_size(frame, aspect)[0]
    x, y, width, height = (side * scale for side in box)
    margin = MARGIN * height
    rows = slice(max(0, int(y - margin)), int(y + height + margin) + 1)
    columns = slice(max(0, int(x - margin)), int(x + width + margin) + 1)
    return np.ascontiguousarray(displayed[rows, columns])
