"""Opens the video track of one local media file and yields its frames with exact times. Runs in sandboxed children.

The format is the one that probing found, opened by name with protocol and format white lists; nothing but that one
file is ever opened. Media time 0 is the start of the file, so that pictures and sound share one clock. Frames come in
order of presentation, each once; packets that cannot be decoded are passed over, as broadcast streams often begin
inside a group of pictures.
"""

import contextlib
import heapq
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from telop_chassis.child_side import Refused

Picture = NDArray[np.uint8]

EARLIER_S: Final = (0.0, 10.0, 604_800.0)
"""How much earlier to seek after a seek that landed too late, as it does in containers with sparse or wrong indexes."""
LONGEST_SIDE: Final = 1920
"""Pictures to be read are scaled down to this: readers scale lines to 48 rows, and more only fills the disk."""
MAX_PIXELS: Final = 8192 * 4320
MAX_FRAMES: Final = 40_000
"""In one range: a segment of 30 s at 1,000 frames a second, and a third more."""


WITHOUT_TIMES: Final = ("avi",)
"""Containers that do not say when a frame is shown, only in which order frames are sent."""
MOST_REORDERED: Final = 6
"""Frames that may be sent before one that is shown earlier; encoders use two or three."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame and the media time that it covers."""

    start_s: float
    end_s: float
    frame: VideoFrame


class Video:
    """The video track of an open file."""

    def __init__(self, container: InputContainer, threads: int) -> None:
        self._container = container
        self._stream = _track(container)
        self._stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}  # options of the container do not reach it
        self._stream.codec_context.thread_count = threads
        self._origin = Fraction(container.start_time or 0, av.time_base)

    @property
    def aspect(self) -> float:
        """How much wider than high a pixel is displayed."""
        return float(self._stream.sample_aspect_ratio or 1)

    def shots(self, start_s: float, end_s: float) -> Iterator[Shot]:
        """Yield the frames that begin in [start_s, end_s), none if the track has none there.

        Raises `Refused` (`media_too_many_frames`).
        """
        previous: Shot | None = None
        frames = 0
        for time_s, frame in self._from(start_s):
            frames += time_s >= start_s
            if frames > MAX_FRAMES:
                raise Refused("media_too_many_frames")
            if previous is not None and time_s > previous.start_s:
                yield Shot(previous.start_s, time_s, previous.frame)
                previous = None
            if time_s >= end_s:
                return
            if time_s >= start_s and previous is None:
                previous = Shot(time_s, time_s + self._duration(frame), frame)
        if previous is not None:
            yield previous

    def _from(self, start_s: float) -> Iterator[tuple[float, VideoFrame]]:
        """Frames from the last one at or before `start_s` on, as far as the file has any that early."""
        for earlier_s in EARLIER_S:
            self._seek(start_s - earlier_s)
            frames = self._decoded()
            first = next(frames, None)
            if first is not None and (first[0] <= start_s or start_s < earlier_s):
                yield first
                yield from frames
                return

    def _seek(self, time_s: float) -> None:
        """To the last place from which to decode a media time, or to the beginning.

        Where the sound begins a moment before the pictures no picture is as early as time 0, and a transport stream
        would be entered behind its first: so the beginning is looked for before time 0, where the format has that.
        """
        try:
            self._container.seek(int((time_s + float(self._origin)) * av.time_base), backward=True)
        except av.FFmpegError:
            self._container.seek(int(self._origin * av.time_base), backward=True)

    def _decoded(self) -> Iterator[tuple[float, VideoFrame]]:
        """Frames in the order in which they are shown, with their times."""
        without_times = self._container.format.name in WITHOUT_TIMES
        return _steady(_in_order(self._stamped(guessed=True)) if without_times else self._stamped())

    def _stamped(self, *, guessed: bool = False) -> Iterator[tuple[float, VideoFrame]]:
        """Frames with the times that came with them; guessed ones are as much too late as a frame may be sent early."""
        late = 0
        for packet in self._container.demux(self._stream):
            if guessed and packet.pts is not None and packet.dts is not None:
                late = packet.pts - packet.dts
            frames: list[VideoFrame] = []
            with contextlib.suppress(av.InvalidDataError):
                frames = packet.decode()
            for frame in frames:
                stamp = frame.dts if frame.pts is None else frame.pts
                if stamp is not None and frame.time_base is not None:
                    yield float((stamp - late) * frame.time_base - self._origin), frame

    def _duration(self, frame: VideoFrame) -> float:
        if frame.duration and frame.time_base is not None:
            return float(frame.duration * frame.time_base)
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(1 / rate) if rate else 0.04


def _in_order(stamped: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, VideoFrame]]:
    """The same frames, of which each has the earliest time that is left: they are exchanged among predicted frames."""
    times, frames = list[float](), deque[VideoFrame]()
    for time_s, frame in stamped:
        heapq.heappush(times, time_s)
        frames.append(frame)
        if len(frames) > MOST_REORDERED:
            yield heapq.heappop(times), frames.popleft()
    while frames:
        yield heapq.heappop(times), frames.popleft()


def _steady(stamped: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, VideoFrame]]:
    """The same frames but for one whose time stamp is damaged: left in, one far ahead would hide all behind it."""
    before, held = -math.inf, next(stamped, None)
    if held is None:
        return
    for each in stamped:
        if each[0] >= held[0]:
            yield held
            before = held[0]
        elif each[0] <= before:  # it is this one that is damaged, or the clock went back
            continue
        held = each
    yield held


@contextlib.contextmanager
def opened(path: str, format_name: str, threads: int) -> Iterator[Video]:
    """Open the file as `format_name`. Raises `Refused` (`media_damaged`, `unsupported_format`, `no_video_track`)."""
    cv2.setNumThreads(threads)
    try:
        av.ContainerFormat(format_name, "r")
    except ValueError:
        raise Refused("unsupported_format") from None
    options = {"protocol_whitelist": "file", "format_whitelist": format_name}
    try:
        with av.open(path, "r", format=format_name, metadata_errors="replace", container_options=options) as container:
            yield Video(container, threads)
    except MemoryError:  # which FFmpeg's is too; headers that make it ask for too much did not pass probing
        raise
    except (av.FFmpegError, UnicodeError):
        raise Refused("media_damaged") from None


def luma(frame: VideoFrame, size: tuple[int, int]) -> Picture:
    """The brightness of a frame as displayed: upright, (height, width) uint8. `size` is the coded (width, height)."""
    quarter_turns = frame.rotation // 90
    if (frame.width, frame.height) != size:
        frame = frame.reformat(width=size[0], height=size[1])
    first = frame.format.components[0]
    if frame.format.is_planar and not frame.format.is_rgb and first.bits == 8:
        plane = frame.planes[0]
        grey = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    else:
        grey = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    return np.rot90(grey, quarter_turns)


def displayed_size(frame: VideoFrame, aspect: float) -> tuple[int, int]:
    """Width and height of a frame as displayed, upright and of square pixels: the longer way is never shortened."""
    width = round(frame.width * max(1.0, aspect))
    height = round(frame.height / min(1.0, aspect))
    return (height, width) if frame.rotation % 180 else (width, height)


def picture(frame: VideoFrame, size: tuple[int, int], aspect: float = 1.0) -> Picture:
    """A frame as displayed, blue-green-red, no longer than `LONGEST_SIDE`: (height, width, 3) uint8."""
    square = size[0] * max(1.0, aspect), size[1] / min(1.0, aspect)
    scale = min(1.0, LONGEST_SIDE / max(square))
    width, height = (max(1, round(side * scale)) for side in square)
    colours = frame.to_ndarray(format="bgr24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(colours, frame.rotation // 90))


def _track(container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic and stream.codec_context is not None:
            return stream
    raise Refused("no_video_track")
