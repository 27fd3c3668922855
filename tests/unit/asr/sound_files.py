"""Media files with sound that tests can tell apart: tones at known times and pitches."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.stream import Disposition
from numpy.typing import NDArray

RATE = 48_000


def tone(hertz: float, seconds: float) -> NDArray[np.int16]:
    """A sine of a quarter of full scale."""
    at = np.arange(int(seconds * RATE)) / RATE
    return (8_192 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * RATE), np.int16)


def write(
    path: Path,
    *tracks: tuple[NDArray[np.int16], str],
    codec: str = "aac",
    first_pts_s: float = 0.0,
    muxer: str = "",
    dispositions: Sequence[Disposition] = (),
) -> Path:
    """Write mono tracks, each with its ISO 639-2 language, and the dispositions of the first ones."""
    with av.open(str(path), "w", format=muxer or None) as container:
        streams = [cast("AudioStream", container.add_stream(codec, rate=RATE, layout="mono")) for _ in tracks]
        for stream, (_, language) in zip(streams, tracks, strict=True):
            stream.metadata["language"] = language
        for stream, disposition in zip(streams, dispositions, strict=False):
            stream.disposition = disposition
        for stream, (samples, _) in zip(streams, tracks, strict=True):
            for at in range(0, len(samples), 1_024):
                frame = av.AudioFrame.from_ndarray(samples[None, at : at + 1_024], format="s16", layout="mono")
                frame.sample_rate = RATE
                frame.pts, frame.time_base = at + int(first_pts_s * RATE), Fraction(1, RATE)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def pitch(sound: NDArray[np.int16], rate: int = 16_000) -> float:
    """The strongest frequency in hertz, 0 for silence."""
    if not sound.any():
        return 0.0
    spectrum = np.abs(np.fft.rfft(sound.astype(float)))
    return float(np.argmax(spectrum) * rate / len(sound))
