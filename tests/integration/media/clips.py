"""Small valid clips of every container, made on the spot: what broken media are made from."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

FRAME_RATE = 10
SOUND_RATE = 16_000
SIZE = (160, 96)

CONTAINERS = {
    "mp4": ("libx264", "aac"),
    "mov": ("mpeg4", "pcm_s16le"),
    "matroska": ("libx264", "flac"),
    "mpegts": ("mpeg2video", "mp2"),
    "mpeg": ("mpeg2video", "mp2"),
    "mxf": ("mpeg2video", "pcm_s16le"),
    "avi": ("mpeg4", "libmp3lame"),
    "wav": (None, "pcm_s16le"),
    "flac": (None, "flac"),
    "ogg": (None, "libopus"),
    "mp3": (None, "libmp3lame"),
}
"""Codecs of picture and sound for each container that we open."""


def picture(index: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A grey ramp with a bright bar of hard edges that jumps every second: something for the change test to see."""
    width, height = size
    pixels = np.tile(np.linspace(40, 90, width).astype(np.uint8), (height, 1))
    left = (index // FRAME_RATE * 31) % max(1, width // 2)
    pixels[height // 2 : height // 2 + max(1, height // 8), left : left + width // 3 : 2] = 250
    return np.repeat(pixels[:, :, None], 3, axis=2)


def video_frames(
    seconds: float, size: tuple[int, int] = SIZE, at: Callable[[int], int] = lambda index: index
) -> Iterator[av.VideoFrame]:
    """Frames whose time stamps, counted in frames, are `at(index)`."""
    for index in range(round(seconds * FRAME_RATE)):
        frame = av.VideoFrame.from_ndarray(picture(index, size), format="rgb24")
        frame.pts, frame.time_base = at(index), Fraction(1, FRAME_RATE)
        yield frame


def audio_frames(samples: NDArray[np.float32], rate: int = SOUND_RATE) -> Iterator[av.AudioFrame]:
    """Mono sound in pieces of 1,024 samples."""
    for start in range(0, len(samples), 1_024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1_024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame


def tone(seconds: float, rate: int = SOUND_RATE) -> NDArray[np.float32]:
    """A sine of 440 Hz at a quarter of full scale."""
    wave: NDArray[np.float32] = np.sin(np.arange(int(seconds * rate)) * (2 * np.pi * 440 / rate)).astype(np.float32)
    return wave * np.float32(0.25)


def add_video(
    container: OutputContainer, codec: str, size: tuple[int, int] = SIZE, options: dict[str, str] | None = None
) -> VideoStream:
    """A picture track with a key frame a second."""
    # MPEG-2 knows no 10 frames a second; 25 there, with the same time stamps, leaves gaps that no demultiplexer minds.
    rate = 25 if codec in {"mpeg2video", "mpeg1video"} else FRAME_RATE
    stream = cast("VideoStream", container.add_stream(codec, rate=rate, options=options or {}))
    stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
    stream.codec_context.gop_size = FRAME_RATE
    stream.codec_context.thread_count = 1  # encoders cut threads into slices: the same bytes on every machine
    if codec == "libx264":
        stream.codec_context.options = {"preset": "ultrafast"} | (options or {})
    return stream


def write(
    path: Path,
    container: str,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = SIZE,
    muxer: dict[str, str] | None = None,
    pictures: Sequence[av.VideoFrame] | None = None,
    sound: NDArray[np.float32] | None = None,
) -> Path:
    """Write `seconds` of the bar and a tone, or the given pictures and sound, into a file of the named container."""
    video_codec, audio_codec = CONTAINERS[container]
    with av.open(str(path), "w", format=container, container_options=muxer or {}) as output:
        video = add_video(output, video_codec, size) if video_codec else None
        rate = 48_000 if container == "mxf" else SOUND_RATE
        audio = cast("AudioStream", output.add_stream(audio_codec, rate=rate, layout="mono"))
        if video is not None:
            for frame in pictures if pictures is not None else video_frames(seconds, size):
                output.mux(video.encode(frame))
            output.mux(video.encode(None))
        for piece in audio_frames(tone(seconds, rate) if sound is None else sound, rate):
            output.mux(audio.encode(piece))
        output.mux(audio.encode(None))
    return path
