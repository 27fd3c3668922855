"""Where in a sound somebody speaks: Silero's voice activity detection, whose model is inside the faster-whisper wheel.

Speech is cut at its pauses, never inside a word unless somebody speaks for half a minute without one; silence, noise
and music are left out, so that no recogniser makes words of them. Costs 2 ms of one thread a second of sound.
"""

from typing import Final, NamedTuple

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps  # type: ignore[import-untyped]
from numpy.typing import NDArray

OPTIONS: Final = {
    "threshold": 0.5,
    "min_speech_duration_ms": 100,
    "min_silence_duration_ms": 300,
    "max_speech_duration_s": 29.0,
    "speech_pad_ms": 150,
}
"""Whisper hears at most 30 s at once; quiet consonants at the edges of speech do not count as voice: hence the pad."""


FRAME_S: Final = 512 / 16_000
"""The detection looks at sound in frames of 512 samples."""


class Stretch(NamedTuple):
    """A range of samples in which somebody speaks."""

    first: int
    until: int


def stretches(sound: NDArray[np.int16], within: Stretch) -> list[Stretch]:
    """The speech of 16 kHz mono sound that touches the range `within`, in order, without overlaps.

    Speech that crosses an edge of the range is heard on to its next pause, as far as the sound goes.
    """
    found = get_speech_timestamps(sound.astype(np.float32) / 32_768.0, VadOptions(**OPTIONS))
    speech = [Stretch(each["start"], each["end"]) for each in found]
    return [each for each in speech if each.first < within.until and within.first < each.until]


def on_frame(time_s: float) -> float:
    """The last beginning of a frame at or before a time, if frames are counted from the beginning of the medium.

    Two ranges that begin there cut the speech that they share in the same places, and engines make the same of it.
    """
    return int(max(0.0, time_s) / FRAME_S + 1e-6) * FRAME_S
