"""faster-whisper: what production uses; many languages, with 8-bit weights on the processor, 16-bit on a GPU.

The stretches of speech of a segment are decoded in one batch. Decoding is greedy about nothing but the sound: no text
of earlier stretches, no sampling at higher temperatures, so that the same sound gives the same words. Names of the
roster are given as hints, as many as the model takes.
"""

from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import ctranslate2  # type: ignore[import-untyped]
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel  # type: ignore[import-untyped]
from numpy.typing import NDArray
from telop_chassis.child_side import EngineMissingError, Refused
from telop_contracts.values import EngineFingerprint

from telop_asr import models
from telop_asr.engines import LANGUAGE_NOT_SUPPORTED, EngineSettings, hash_of, primary
from telop_asr.transcription import SAMPLE_RATE, HeardWord, Hearing, Name
from telop_asr.voice import Stretch

LONGEST_S: Final = 30.0
"""What Whisper hears at once; a shorter sound costs as much."""
BATCH: Final = 4
DECODING: Final[dict[str, Any]] = {
    "beam_size": 5,
    "temperature": 0.0,
    "word_timestamps": True,
    "batch_size": BATCH,
}


def load(settings: EngineSettings) -> "FasterWhisperEngine":
    """Find or fetch the model and load it. Raises `EngineMissingError`."""
    try:
        model = models.find(settings["model"], Path(settings["models"]), offline=settings["offline"])
        return FasterWhisperEngine(model, settings["threads"])
    except models.NoModel as error:
        raise EngineMissingError(f"{error}; {_advice(settings)}") from error


class FasterWhisperEngine:
    """An `AsrEngine`."""

    def __init__(self, model: models.Model, threads: int) -> None:
        self.device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        self._compute_type = "float16" if self.device == "cuda" else "int8"
        self._fetched = model
        try:
            self._model = WhisperModel(
                str(model.folder), device=self.device, compute_type=self._compute_type, cpu_threads=threads
            )
        except (OSError, RuntimeError, ValueError) as error:
            hint = (
                "" if self.device == "cpu" else ", or the GPU's libraries are (CUDA_VISIBLE_DEVICES= leaves it alone)"
            )
            raise models.NoModel(f"the model is damaged or incomplete{hint}") from error
        self._pipeline = BatchedInferencePipeline(self._model)

    def hear(
        self, sound: NDArray[np.int16], speech: Sequence[Stretch], language: str, roster: tuple[Name, ...]
    ) -> Hearing:
        """Words of the speech; raises `Refused` for a language that the model does not know."""
        if primary(language) not in self._model.supported_languages:
            raise Refused(LANGUAGE_NOT_SUPPORTED)
        hints, not_biased = self._hints(roster)
        if not speech:
            return Hearing([], not_biased)
        clips = [{"start": first / SAMPLE_RATE, "end": until / SAMPLE_RATE} for first, until in joined(speech)]
        segments, _ = self._pipeline.transcribe(
            sound.astype(np.float32) / 32_768.0,
            language=primary(language),
            clip_timestamps=clips,
            hotwords=hints,
            **DECODING,
        )
        heard = (word for segment in segments for word in segment.words or ())
        words = [_word(word, len(sound) / SAMPLE_RATE) for word in heard if word.word.strip()]
        return Hearing(sorted(words, key=lambda word: word.start_s), not_biased)

    def likelihoods(
        self, sound: NDArray[np.int16], wordings: Sequence[str], language: str, roster: tuple[Name, ...]
    ) -> list[float | None]:
        """None of any: Whisper's likelihoods are of its model of language as well, so they are no second witness."""
        return [None] * len(wordings)

    def fingerprint(self) -> EngineFingerprint:
        """Versions of the package and of what computes, name and hash of the model."""
        return EngineFingerprint(
            name="faster_whisper",
            version=f"{version('faster-whisper')} ctranslate2 {version('ctranslate2')}",
            model=f"{self._fetched.name[:128]} sha256:{self._fetched.sha256}",
            settings_sha256=hash_of(DECODING | {"compute_type": self._compute_type}),
        )

    def warm_up(self) -> None:
        """Decode a second of quiet noise."""
        noise = np.random.default_rng(0).normal(0, 300, SAMPLE_RATE).astype(np.int16)
        self.hear(noise, [Stretch(0, len(noise))], "en", ())

    def _hints(self, roster: tuple[Name, ...]) -> tuple[str | None, list[str]]:
        """As much of the roster as the prompt takes, and the names beyond."""
        room = self._model.max_length // 2 - 1
        hints: list[str] = []
        for at, name in enumerate(roster):
            room -= len(self._model.hf_tokenizer.encode(f" {name.text},", add_special_tokens=False).ids)
            if room < 0:
                return ", ".join(hints) or None, [left.text for left in roster[at:]]
            hints.append(name.text)
        return ", ".join(hints) or None, []


def joined(speech: Sequence[Stretch]) -> list[Stretch]:
    """The same speech in as few ranges as Whisper can hear: it takes as long for a word as for half a minute."""
    ranges = [speech[0]]
    for _, each in pairwise(speech):
        if each.until - ranges[-1].first <= LONGEST_S * SAMPLE_RATE:
            ranges[-1] = Stretch(ranges[-1].first, each.until)
        else:
            ranges.append(each)
    return ranges


def _word(word: Any, length_s: float) -> HeardWord:
    """A word of faster-whisper, whose times may lie in the silence that the model pads the sound with."""
    start_s, end_s = (min(float(at), length_s) for at in (word.start, word.end))
    return HeardWord(word.word.strip(), start_s, end_s, float(word.probability))


def _advice(settings: EngineSettings) -> str:
    return (
        f"TELOP_ASR__MODEL is {settings['model']!r}: give a folder with a converted model (model.bin, config.json, "
        "tokenizer.json, vocabulary), or the name of one (tiny, base, small, medium, large-v3, ...), which `telop "
        "models fetch NAME` stores on this machine; without TELOP_OFFLINE the first start fetches it too"
    )
