"""Recognisers of speech behind one protocol, chosen by name.

`load` is what an engine's process calls: it returns the chosen engine wrapped so that sound comes as files and words
leave as JSON. An engine module is imported only when it is chosen. To add one: write a module with
`load(settings) -> AsrEngine`, name it in `ENGINES`, and let it pass the behaviour suite.
"""

import hashlib
import importlib
import json
from dataclasses import astuple
from typing import Any, Final, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray
from telop_chassis.child_side import EngineMissingError
from telop_contracts.values import EngineFingerprint

from telop_asr.transcription import HeardWord

ENGINES: Final = {
    "pocketsphinx": "telop_asr.engines.pocketsphinx",
    "faster-whisper": "telop_asr.engines.faster_whisper",
}
"""Name of an engine, as in `TELOP_ASR__ENGINE`, to its module. A job's own transcript always goes first."""
LANGUAGE_NOT_SUPPORTED: Final = "language_not_supported"


class EngineSettings(TypedDict):
    """What every engine is told."""

    engine: str
    model: str
    """Name of a model or path of a folder; engines that bring their model with them do not look at it."""
    threads: int
    offline: bool
    """Whether any access to the network is an error."""


class AsrEngine(Protocol):
    """Hears words. One call at a time; the same sound always gives the same words."""

    def hear(self, sound: NDArray[np.int16], language: str) -> list[HeardWord]:
        """Words of 16 kHz mono sound, in order, in seconds from its start, within its length; none in silence.

        `language` is a BCP 47 tag. Raises `Refused` (`language_not_supported`).
        """

    def fingerprint(self) -> EngineFingerprint:
        """Which engine this is: everything that can change a word is in it."""

    def warm_up(self) -> None:
        """Hear once, so that the first segment does not pay for lazy set-up."""


def load(settings: EngineSettings) -> "SoundFileEngine":
    """Load the engine named. Raises `EngineMissingError` where it cannot be had, with what to do about it."""
    module = ENGINES.get(settings["engine"])
    if module is None:
        raise EngineMissingError(f"unknown ASR engine; set TELOP_ASR__ENGINE to one of: {', '.join(sorted(ENGINES))}")
    return SoundFileEngine(importlib.import_module(module).load(settings))


class SoundFileEngine:
    """An engine as its process serves it: sound is a file of little-endian 16-bit samples, words are JSON."""

    def __init__(self, engine: AsrEngine) -> None:
        self._engine = engine

    def fingerprint(self) -> dict[str, str]:
        """The fields of the engine's fingerprint."""
        fields: dict[str, str] = self._engine.fingerprint().model_dump()
        return fields

    def warm_up(self) -> None:
        """Warm the engine up."""
        self._engine.warm_up()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Hear the file `sound` in `language`; answers `words`, each text, start, end and confidence."""
        sound = np.fromfile(request["sound"], "<i2").astype(np.int16, copy=False)
        return {"words": [astuple(word) for word in self._engine.hear(sound, request["language"])]}


def primary(language: str) -> str:
    """The primary subtag of a BCP 47 tag: `en` of `en-GB`."""
    return language.split("-", maxsplit=1)[0].lower()


def hash_of(settings: dict[str, Any]) -> str:
    """A digest of the settings that can change a word, for the engine's fingerprint."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
