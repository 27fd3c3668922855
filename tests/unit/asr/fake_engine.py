"""An engine for tests: one word for every half second that is loud."""

import numpy as np
from numpy.typing import NDArray
from telop_asr.transcription import HeardWord
from telop_chassis.sandbox import Refused
from telop_contracts.values import EngineFingerprint

HALF_SECOND = 8_000


class FakeEngine:
    def hear(self, sound: NDArray[np.int16], language: str) -> list[HeardWord]:
        if language.split("-", maxsplit=1)[0].lower() != "en":
            raise Refused("language_not_supported")
        loud = [at for at in range(0, len(sound), HALF_SECOND) if np.abs(sound[at : at + HALF_SECOND]).max() > 1_000]
        return [HeardWord("word", at / 16_000, min(at + HALF_SECOND, len(sound)) / 16_000, 1.0) for at in loud]

    def fingerprint(self) -> EngineFingerprint:
        return EngineFingerprint(name="fake", version="1", model="none", settings_sha256="0" * 64)

    def warm_up(self) -> None:
        self.hear(np.zeros(HALF_SECOND, np.int16), "en")
