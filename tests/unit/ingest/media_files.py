"""Small media files of every kind, made on the spot."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np

if TYPE_CHECKING:
    from av import AudioStream, VideoStream

RATE = 48_000


def write(
    path: Path,
    container: str,
    *,
    video: str | None = "mpeg4",
    audio: str | None = "aac",
    seconds: float = 1.0,
    size: tuple[int, int] = (64, 48),
) -> Path:
    """Write `seconds` of a moving gradient at 25 frames a second and a tone into a file of the named format."""
    with av.open(str(path), "w", format=container) as output:
        pictures = cast("VideoStream", output.add_stream(video, rate=25)) if video else None
        sound = cast("AudioStream", output.add_stream(audio, rate=RATE)) if audio else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
            for index in range(round(seconds * 25)):
                pixels = np.full((size[1], size[0], 3), index * 5 % 256, dtype=np.uint8)
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, 25)
                output.mux(pictures.encode(frame))
            output.mux(pictures.encode(None))
        if sound is not None:
            layout = sound.codec_context.layout
            for start in range(0, round(seconds * RATE), 1024):
                wave = np.sin((start + np.arange(1024)) * (2 * np.pi * 440 / RATE)).astype(np.float32)
                planes = np.ascontiguousarray(np.tile(wave, (len(layout.channels), 1)))
                tone = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout.name)
                tone.sample_rate, tone.pts, tone.time_base = RATE, start, Fraction(1, RATE)
                output.mux(sound.encode(tone))
            output.mux(sound.encode(None))
    return path


def write_counted(path: Path, container: str, video: str, rate: Fraction, timecode: str | None) -> Path:
    """Write 40 grey pictures at an exact rate, with the start timecode that the container has room for."""
    with av.open(str(path), "w", format=container) as output:
        pictures = cast("VideoStream", output.add_stream(video, rate=rate))
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        if timecode is not None:
            output.metadata["timecode"] = timecode
        for index in range(40):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index * 5, dtype=np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, 1 / rate
            output.mux(pictures.encode(frame))
        output.mux(pictures.encode(None))
    return path
