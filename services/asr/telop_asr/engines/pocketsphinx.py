"""PocketSphinx: English, its acoustic model, dictionary and language model inside the wheel; no download, no network.

Sound is cut at pauses by its voice activity detection and every stretch of speech is decoded by itself, normalised
over its own length. Words come with times and with posterior probabilities of the word lattice; silences, fillers and
marks of other pronunciations are dropped.
"""

import re
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import pocketsphinx  # type: ignore[import-untyped]
from numpy.typing import NDArray
from telop_chassis.child_side import Refused
from telop_contracts.values import EngineFingerprint

from telop_asr.engines import LANGUAGE_NOT_SUPPORTED, EngineSettings, hash_of, primary
from telop_asr.transcription import SAMPLE_RATE, HeardWord, shifted

MODEL: Final = "en-us 5.1"
FRAMES_PER_S: Final = 100
SETTINGS: Final[dict[str, Any]] = {"loglevel": "FATAL"}
PAUSE: Final = {"window": 0.3, "ratio": 0.9}
MARGIN_S: Final = 0.15
"""Kept around a stretch of speech: quiet consonants at its edges do not count as voice."""
_VARIANT: Final = re.compile(r"\(\d+\)$")
_NO_WORD: Final = ("<", "[", "+")


def load(_: EngineSettings) -> "PocketSphinxEngine":
    """Load the model."""
    return PocketSphinxEngine()


class PocketSphinxEngine:
    """An `AsrEngine`."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(**SETTINGS)

    def hear(self, sound: NDArray[np.int16], language: str) -> list[HeardWord]:
        """Words of `sound`; raises `Refused` for another language than English."""
        if primary(language) != "en":
            raise Refused(LANGUAGE_NOT_SUPPORTED)
        return [word for first, until in stretches(sound) for word in self._decode(sound[first:until], first)]

    def fingerprint(self) -> EngineFingerprint:
        """Version of the package, which is also that of the model."""
        settings = SETTINGS | PAUSE | {"margin_s": MARGIN_S}
        return EngineFingerprint(
            name="pocketsphinx", version=version("pocketsphinx"), model=MODEL, settings_sha256=hash_of(settings)
        )

    def warm_up(self) -> None:
        """Decode a moment of noise."""
        noise = np.random.default_rng(0).normal(0, 500, SAMPLE_RATE // 2)
        self._decode(noise.astype(np.int16), 0)

    def _decode(self, sound: NDArray[np.int16], first: int) -> list[HeardWord]:
        decoder = self._decoder
        decoder.reinit_feat()  # or its filters and means would remember what was heard before
        decoder.start_utt()
        decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return []
        words = [
            HeardWord(
                _VARIANT.sub("", segment.word),
                segment.start_frame / FRAMES_PER_S,
                min((segment.end_frame + 1) / FRAMES_PER_S, len(sound) / SAMPLE_RATE),
                min(1.0, segment.prob),  # rounding of logarithms takes it a hair above
            )
            for segment in decoder.seg()
            if not segment.word.startswith(_NO_WORD)
        ]
        return shifted(words, first / SAMPLE_RATE)


def stretches(sound: NDArray[np.int16]) -> list[tuple[int, int]]:
    """Where somebody speaks: ranges of samples [first, until), in order, that do not overlap."""
    endpointer = pocketsphinx.Endpointer(sample_rate=SAMPLE_RATE, **PAUSE)
    pcm, step = sound.astype("<i2").tobytes(), endpointer.frame_bytes
    found: list[tuple[float, float]] = []
    speaking = False
    for at in range(0, len(pcm), step):
        piece = pcm[at : at + step]
        if len(piece) == step:
            endpointer.process(piece)
        else:
            endpointer.end_stream(piece)
        if speaking and not endpointer.in_speech:
            found.append((endpointer.speech_start, endpointer.speech_end))
        speaking = endpointer.in_speech
    if speaking:
        found.append((endpointer.speech_start, len(sound) / SAMPLE_RATE))
    return _widened(found, len(sound))


def _widened(found: list[tuple[float, float]], samples: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for start_s, end_s in found:
        first = max(ranges[-1][1] if ranges else 0, round((start_s - MARGIN_S) * SAMPLE_RATE))
        until = min(samples, round((end_s + MARGIN_S) * SAMPLE_RATE))
        if first < until:
            ranges.append((first, until))
    return ranges
