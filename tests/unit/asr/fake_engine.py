"""An engine for tests: one word for every half second that is loud."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from telop_asr.transcription import HeardWord, Hearing, Name
from telop_asr.voice import Stretch
from telop_chassis.sandbox import Refused
from telop_contracts.values import EngineFingerprint

HALF_SECOND = 8_000


class FakeEngine:
    device = "cpu"

    def hear(
        self, sound: NDArray[np.int16], speech: Sequence[Stretch], language: str, roster: tuple[Name, ...]
    ) -> Hearing:
        if language.split("-", maxsplit=1)[0].lower() != "en":
            raise Refused("language_not_supported")
        loud = [
            (at, min(at + HALF_SECOND, until))
            for first, until in speech
            for at in range(first, until, HALF_SECOND)
            if np.abs(sound[at : min(at + HALF_SECOND, until)]).max() > 1_000
        ]
        words = [HeardWord("word", at / 16_000, until / 16_000, 1.0) for at, until in loud]
        return Hearing(words, [name.text for name in roster])

    def likelihoods(
        self, sound: NDArray[np.int16], wordings: Sequence[str], language: str, roster: tuple[Name, ...]
    ) -> list[float | None]:
        """One word for every loud half second fits best."""
        words = len(self.hear(sound, [Stretch(0, len(sound))], language, roster).words)
        return [-100.0 * abs(words - len(wording.split())) if wording.isascii() else None for wording in wordings]

    def fingerprint(self) -> EngineFingerprint:
        return EngineFingerprint(name="fake", version="1", model="none", settings_sha256="0" * 64)

    def warm_up(self) -> None:
        self.hear(np.zeros(HALF_SECOND, np.int16), [], "en", ())
