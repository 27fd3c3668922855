"""Speech for the demo clip, from the `flite` command (Debian package `flite`, voice `rms`, free licence).

Of the synthesisers and voices tried over twenty news sentences, pocketsphinx understood flite's `rms` best: 1 % of
the words wrong, against 4 % (`slt`), 5 % (`awb`), 6 % (`kal16`) and 84 % (espeak-ng). Only the generator needs
flite: the clip itself is committed.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000
VOICE: Final = "rms"
STRETCH: Final = 0.95
"""A little faster than flite's default, so that ten sentences fit into one segment of 30 s."""
SILENT_BELOW: Final = 300
"""16-bit amplitude under which the head and tail of a sentence count as silence."""

Pcm = NDArray[np.int16]


class SpeechToolMissingError(RuntimeError):
    """The `flite` command is not installed."""


def say(sentence: str) -> Pcm:
    """Mono 16 kHz samples of the spoken sentence, without the silence around it.

    Raises `SpeechToolMissingError` where flite is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = ["flite", "-voice", VOICE, "--setf", f"duration_stretch={STRETCH}", "-t", sentence, "-o", str(path)]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a fixed command, our own script
        except FileNotFoundError:
            raise SpeechToolMissingError("making speech needs the `flite` command (Debian: flite)") from None
        samples = load(path)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENT_BELOW)
    return samples[loud[0] : loud[-1] + 1]


def load(path: Path) -> Pcm:
    """Mono 16 kHz samples of the first sound track of a media file."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    parts: list[Pcm] = []
    with av.open(str(path)) as container:
        for frame in (*container.decode(audio=0), None):
            parts.extend(np.asarray(part.to_ndarray()[0], np.int16) for part in resampler.resample(frame))
    return np.concatenate(parts)


def silence(seconds: float) -> Pcm:
    """Silent samples."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)
