"""Variants of the demo clip that something is wrong with, made from its own tracks."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from telop_cli.demo.clip import FRAME_RATE
from telop_cli.demo.truth import ASSETS, CLIP

TWELVE_HOURS_S = 12 * 3600


def only(kind: str) -> Callable[[Path], None]:
    """The clip with its `video` or its `audio` track alone, packets as they are."""

    def write(path: Path) -> None:
        with av.open(str(ASSETS / CLIP)) as source, av.open(str(path), "w", format="mp4") as target:
            stream = next(stream for stream in source.streams if stream.type == kind)
            copy = target.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.dts is not None:
                    packet.stream = copy
                    target.mux(packet)

    return write


def empty(path: Path) -> None:
    """A file without a byte."""
    path.touch()


def text(path: Path) -> None:
    """A note that somebody named `.mp4`."""
    path.write_text("The clip will be delivered tomorrow.\n" * 200)


def truncated(path: Path) -> None:
    """The clip, of which the copy stopped half-way."""
    data = (ASSETS / CLIP).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def no_seconds(path: Path) -> None:
    """A sound file that was begun and never recorded: a header, and no samples."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))


def twelve_hours(path: Path) -> None:
    """Two frames, twelve hours apart."""
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        for number in (0, TWELVE_HOURS_S * FRAME_RATE):
            frame = av.VideoFrame.from_ndarray(np.zeros((180, 320, 3), np.uint8), format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
