"""Moonshine and PocketSphinx as two witnesses: English, both models inside of wheels; no download, no network.

Each stretch of speech is written by Moonshine's network and heard by PocketSphinx, which knows the roster, and what
they have is weighed word by word. Where the network has no transcript (a stretch too short, a loop), PocketSphinx
stands alone.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

import numpy as np
from numpy.typing import NDArray
from telop_contracts.values import EngineFingerprint

from telop_asr.engines import EngineSettings, hash_of
from telop_asr.engines.aligning import Aligner
from telop_asr.engines.moonshine_model import SHORTEST, MoonshineModel, Numbers, find
from telop_asr.engines.pocketsphinx import PocketSphinxEngine, Recogniser
from telop_asr.engines.side_by_side import Phones
from telop_asr.engines.witnesses import WEIGHTS, Witnesses, spoken
from telop_asr.transcription import SAMPLE_RATE, HeardWord, Hearing, Name, shifted
from telop_asr.voice import Stretch

MODEL: Final = "tiny-en"


def load(settings: EngineSettings) -> "MoonshineEngine":
    """Load the model. Raises `EngineMissingError` where there is no wheel with it."""
    return MoonshineEngine(MoonshineModel(find(), settings["threads"]))


class MoonshineEngine:
    """An `AsrEngine`."""

    device = "cpu"

    def __init__(self, model: MoonshineModel) -> None:
        self._model = model
        self._witness = PocketSphinxEngine()

    def hear(
        self, sound: NDArray[np.int16], speech: Sequence[Stretch], language: str, roster: tuple[Name, ...]
    ) -> Hearing:
        """Words of the speech; raises `Refused` for another language than English."""
        heard = self._witness.hear(sound, [], language, roster)
        words = [
            word
            for first, until in speech
            for word in shifted(self._words(sound[first:until], language, roster), first / SAMPLE_RATE)
        ]
        return Hearing(words, heard.not_biased)

    def likelihoods(
        self, sound: NDArray[np.int16], wordings: Sequence[str], language: str, roster: tuple[Name, ...]
    ) -> list[float | None]:
        """How well each wording fits; raises `Refused` for another language than English."""
        return self._witness.likelihoods(sound, wordings, language, roster)

    def fingerprint(self) -> EngineFingerprint:
        """Versions of the packages, the hash of the network, and in the settings all of pocketsphinx's fingerprint."""
        settings = {"pocketsphinx": self._witness.fingerprint().model_dump(), "weights": WEIGHTS}
        return EngineFingerprint(
            name="moonshine",
            version=f"{version('moonshine-voice')} onnxruntime {version('onnxruntime')}",
            model=f"{MODEL} sha256:{self._model.sha256}",
            settings_sha256=hash_of(settings),
        )

    def warm_up(self) -> None:
        """Hear a moment of noise."""
        noise = np.random.default_rng(0).normal(0, 500, SAMPLE_RATE // 2).astype(np.int16)
        self.hear(noise, [Stretch(0, len(noise))], "en", ())

    def _words(self, sound: NDArray[np.int16], language: str, roster: tuple[Name, ...]) -> list[HeardWord]:
        """Words of one stretch of speech, in seconds from its start."""
        seconds = len(sound) / SAMPLE_RATE
        heard = self._witness.hear(sound, [Stretch(0, len(sound))], language, roster).words
        if len(sound) < SHORTEST:
            return heard
        encoded = self._model.encode(sound)
        written = self._model.written(encoded, seconds)
        if not written:
            return heard
        measure = _Measure(self._model, encoded, sound, self._witness.recogniser(roster), self._witness.aligner(roster))
        names = {word.lower(): word for name in roster for word in name.text.split()}
        said = spoken(written, [word.text.lower() for word in heard])
        return Witnesses(said, heard, measure, names).words(seconds)


class _Measure:
    """How well wordings fit one stretch, by the network and by PocketSphinx's models of sounds and of language."""

    def __init__(
        self,
        model: MoonshineModel,
        encoded: Numbers,
        sound: NDArray[np.int16],
        recogniser: Recogniser,
        aligner: Aligner,
    ) -> None:
        self._model, self._encoded, self._sound = model, encoded, sound
        self._recogniser, self._aligner = recogniser, aligner

    def written(self, text: str) -> float:
        """How likely the network writes exactly this text of the whole stretch."""
        return self._model.log_likelihood(self._encoded, text)

    def fits(self, start_s: float, end_s: float, words: Sequence[str]) -> float | None:
        """How well words fit the sound of a part of the stretch."""
        part = self._sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        return self._aligner.likelihood(part, " ".join(words))

    def likely(self, words: Sequence[str]) -> float:
        """How likely words follow each other."""
        return self._recogniser.log_probability(words)

    def phones(self, word: str) -> Phones:
        """How a word is said."""
        return self._aligner.phones(word)
