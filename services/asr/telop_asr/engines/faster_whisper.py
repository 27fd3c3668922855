"""faster-whisper: what production uses; many languages, on the processor with 8-bit weights.

`TELOP_ASR__MODEL` is the name of a model, fetched once from the Hugging Face Hub into its cache, or a local folder with
a converted model; with `TELOP_OFFLINE=1` nothing is fetched. A model that cannot be had is an error that says how to
fetch it. Decoding is greedy about nothing but the sound: no text of earlier stretches, no sampling at higher
temperatures, so that the same sound gives the same words.
"""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from telop_chassis.child_side import EngineMissingError, Refused
from telop_contracts.values import EngineFingerprint

from telop_asr.engines import LANGUAGE_NOT_SUPPORTED, EngineSettings, hash_of, primary
from telop_asr.transcription import SAMPLE_RATE, HeardWord

COMPUTE_TYPE: Final = "int8"
DECODING: Final[dict[str, Any]] = {
    "beam_size": 5,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "vad_filter": True,
    "word_timestamps": True,
}
MODEL_FILE: Final = "model.bin"


def load(settings: EngineSettings) -> "FasterWhisperEngine":
    """Find or fetch the model and load it. Raises `EngineMissingError`."""
    if settings["offline"]:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported, below
    return FasterWhisperEngine(_folder_of(settings), settings)


class FasterWhisperEngine:
    """An `AsrEngine`."""

    def __init__(self, folder: Path, settings: EngineSettings) -> None:
        from faster_whisper import WhisperModel  # type: ignore[import-untyped] # noqa: PLC0415 - after the environment is set

        try:
            self._model = WhisperModel(
                str(folder), device="cpu", compute_type=COMPUTE_TYPE, cpu_threads=settings["threads"]
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineMissingError(f"the model is damaged or incomplete; {_advice(settings)}") from error
        with (folder / MODEL_FILE).open("rb") as file:
            self._model_sha256 = hashlib.file_digest(file, "sha256").hexdigest()

    def hear(self, sound: NDArray[np.int16], language: str) -> list[HeardWord]:
        """Words of `sound`; raises `Refused` for a language that the model does not know."""
        if primary(language) not in self._model.supported_languages:
            raise Refused(LANGUAGE_NOT_SUPPORTED)
        if not len(sound):
            return []
        segments, _ = self._model.transcribe(
            sound.astype(np.float32) / 32_768.0, language=primary(language), **DECODING
        )
        heard = (word for segment in segments for word in segment.words or ())
        return [_word(word, len(sound) / SAMPLE_RATE) for word in heard if word.word.strip()]

    def fingerprint(self) -> EngineFingerprint:
        """Version of the package and hash of the model."""
        return EngineFingerprint(
            name="faster_whisper",
            version=version("faster-whisper"),
            model=f"sha256:{self._model_sha256}",
            settings_sha256=hash_of(DECODING | {"compute_type": COMPUTE_TYPE}),
        )

    def warm_up(self) -> None:
        """Decode a second of quiet noise."""
        noise = np.random.default_rng(0).normal(0, 0.01, SAMPLE_RATE).astype(np.float32)
        segments, _ = self._model.transcribe(noise, language="en", **DECODING | {"vad_filter": False})
        list(segments)


def _word(word: Any, length_s: float) -> HeardWord:
    """A word of faster-whisper, whose times may lie in the silence that the model pads the sound with."""
    start_s, end_s = (min(float(at), length_s) for at in (word.start, word.end))
    return HeardWord(word.word.strip(), start_s, end_s, float(word.probability))


def _folder_of(settings: EngineSettings) -> Path:
    from faster_whisper.utils import download_model  # type: ignore[import-untyped] # noqa: PLC0415 - after the environment is set

    folder = Path(settings["model"])
    if folder.is_dir():
        return folder
    try:
        return Path(download_model(settings["model"], local_files_only=settings["offline"]))
    except Exception as error:  # the hub's client raises its own, the HTTP client's and the system's errors
        raise EngineMissingError(f"the model is not on this machine; {_advice(settings)}") from error


def _advice(settings: EngineSettings) -> str:
    name = settings["model"]
    return (
        f"TELOP_ASR__MODEL is {name!r}: give a folder with a converted model (model.bin, config.json, tokenizer.json, "
        "vocabulary), or the name of one (tiny, base, small, medium, large-v3, ...), which is fetched at the first "
        "start with network access and without TELOP_OFFLINE, and kept in HF_HOME"
    )
