"""Encodes clips as files that programmes come in: interlaced, variable in rate, rotated, anamorphic, HDR.

The time of each frame is part of the truth: `times` gives it for every encoding.
"""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorTrc

from tests.benchmarks.recognition.clips import Clip
from tests.benchmarks.recognition.showing import Picture

CLOCK = Fraction(1, 90_000)


def times(clip: Clip) -> list[Fraction]:
    """The time of each frame, and of the end, in seconds."""
    even = [Fraction(frame) / clip.rate for frame in range(clip.frames + 1)]
    if "variable" not in clip.encoding:
        return even
    # As phones record: every third frame comes late by half a frame.
    return [time + (frame % 3 == 2) * Fraction(1, 2) / clip.rate for frame, time in enumerate(even)]


def write(clip: Clip, path: Path) -> None:
    """Draw and encode a clip. An MP4, of H.264 but for HDR, which is of H.265."""
    stored = _stored_size(clip)
    hdr = "hdr" in clip.encoding
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx265" if hdr else "libx264", rate=clip.rate)
        stream.width, stream.height = stored
        stream.pix_fmt = "yuv420p10le" if hdr else "yuv420p"
        stream.options = {"crf": "21", "preset": "ultrafast" if hdr else "veryfast", "g": "50"}
        context = stream.codec_context
        context.thread_count, context.time_base = 2, CLOCK
        if hdr:
            stream.options |= {"x265-params": "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"}
            context.color_primaries, context.color_trc = ColorPrimaries.BT2020, ColorTrc.SMPTE2084
        if "interlaced" in clip.encoding:
            stream.options |= {"x264-params": "tff=1"}
        if "rotated" in clip.encoding:
            stream.set_display_rotation(90)
        if "anamorphic" in clip.encoding:
            context.sample_aspect_ratio = Fraction(clip.size[0], stored[0])
        for index, time_s in enumerate(times(clip)[:-1]):
            container.mux(stream.encode(_frame(clip, index, time_s, stored, hdr=hdr)))
        container.mux(stream.encode(None))


def _stored_size(clip: Clip) -> tuple[int, int]:
    width, height = clip.size
    if "rotated" in clip.encoding:
        return height, width
    return (720, height) if "anamorphic" in clip.encoding else (width, height)


def _frame(clip: Clip, index: int, time_s: Fraction, stored: tuple[int, int], *, hdr: bool) -> av.VideoFrame:
    picture = clip.draw(index)
    if "interlaced" in clip.encoding:
        # The second field is of the next half frame: what moves or changes shows combs.
        picture[1::2] = clip.draw(min(index + 1, clip.frames - 1))[1::2]
    if "rotated" in clip.encoding:
        picture = np.ascontiguousarray(np.rot90(picture, -1))
    elif stored != clip.size:
        picture = np.asarray(cv2.resize(picture, stored, interpolation=cv2.INTER_AREA), np.uint8)
    frame = _hdr(picture) if hdr else av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame.pts, frame.time_base = round(time_s / CLOCK), CLOCK
    return frame


def _hdr(picture: Picture) -> av.VideoFrame:
    """Graphics white at 203 cd/m2 on the PQ curve (ITU-R BT.2408): about 58 % of the code range."""
    linear = 203 * (picture.astype(np.float32) / 255) ** 2.4 / 10_000
    powered = linear**0.1593017578125
    pq = ((0.8359375 + 18.8515625 * powered) / (1 + 18.6875 * powered)) ** 78.84375
    return av.VideoFrame.from_ndarray((pq * 65_535).astype(np.uint16), format="rgb48le")
