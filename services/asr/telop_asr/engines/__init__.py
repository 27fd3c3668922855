"""Recognisers of speech behind one protocol, chosen by name.

`serve` is what an engine's process calls: it returns the chosen engine wrapped so that sound comes as files and words
leave as JSON. An engine module is imported only when it is chosen. To add one: write a module with
`load(settings) -> AsrEngine`, name it in `ENGINES`, and let it pass the behaviour suite.
"""

import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple
from importlib.metadata import version
from typing import Any, Final, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray
from telop_chassis import seccomp
from telop_chassis.child_side import EngineMissingError
from telop_contracts.values import EngineFingerprint

from telop_asr import voice
from telop_asr.transcription import SAMPLE_RATE, Alternative, HeardWord, Hearing, Name
from telop_asr.voice import Stretch

ENGINES: Final = {
    "moonshine": "telop_asr.engines.moonshine",
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
    models: str
    """Folder where fetched models are kept, one folder each."""
    threads: int
    offline: bool
    """Whether any access to the network is an error."""


class AsrEngine(Protocol):
    """Hears words. One call at a time; the same sound and roster always give the same words.

    `device` is what computes: `cpu`, `cuda`.
    """

    device: str

    def hear(
        self, sound: NDArray[np.int16], speech: Sequence[Stretch], language: str, roster: tuple[Name, ...]
    ) -> Hearing:
        """Words of the speech in 16 kHz mono sound, in order, in seconds from its start, within its length.

        `language` is a BCP 47 tag; the names of the `roster` are expected where the engine can do that. Raises
        `Refused` (`language_not_supported`).
        """

    def likelihoods(
        self, sound: NDArray[np.int16], wordings: Sequence[str], language: str, roster: tuple[Name, ...]
    ) -> list[float | None]:
        """How well each wording fits the whole sound: the logarithm of a likelihood, comparable within this call, from
        the sound alone. None where the engine cannot tell. Raises `Refused` (`language_not_supported`).
        """

    def fingerprint(self) -> EngineFingerprint:
        """Which engine this is: everything that can change a word is in it."""

    def warm_up(self) -> None:
        """Hear once, so that the first segment does not pay for lazy set-up."""


def serve(settings: EngineSettings) -> "SoundFileEngine":
    """Load the engine in a process of its own, which with `offline` can never again reach a network."""
    if settings["offline"]:
        _stay_offline()
    return load(settings)


def load(settings: EngineSettings) -> "SoundFileEngine":
    """Load the engine named. Raises `EngineMissingError` where it cannot be had, with what to do about it."""
    module = ENGINES.get(settings["engine"])
    if module is None:
        raise EngineMissingError(f"unknown ASR engine; set TELOP_ASR__ENGINE to one of: {', '.join(sorted(ENGINES))}")
    return SoundFileEngine(importlib.import_module(module).load(settings))


def _stay_offline() -> None:
    """Tell the hub's client; refuse to connect what runs in Python; and on Linux forbid sockets to native code too."""
    os.environ["HF_HUB_OFFLINE"] = "1"

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
            raise EngineMissingError("TELOP_OFFLINE is set, and the engine tried to reach the network")

    sys.addaudithook(refuse)
    seccomp.forbid_network_and_programs()


class SoundFileEngine:
    """An engine as its process serves it: sound is a file of little-endian 16-bit samples, words are JSON."""

    def __init__(self, engine: AsrEngine) -> None:
        self._engine = engine

    def fingerprint(self) -> dict[str, str]:
        """The fields of the engine's fingerprint, whose settings are also those of the voice activity detection."""
        fields: dict[str, str] = self._engine.fingerprint().model_dump()
        voices = {"options": voice.OPTIONS, "model": f"faster-whisper {version('faster-whisper')}"}
        return fields | {"settings_sha256": hash_of({"engine": fields["settings_sha256"], "voice": voices})}

    def warm_up(self) -> None:
        """Warm up the engine and the voice activity detection."""
        voice.stretches(np.zeros(SAMPLE_RATE, np.int16), Stretch(0, SAMPLE_RATE))
        self._engine.warm_up()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Hear the range [start_s, end_s) of the file `sound`; what lies around it is there for words at its edges.

        Takes also `language` and `roster`, pairs of a text and its reading or null. Answers `words`, the fields of
        `HeardWord` in their order, `not_biased`, `device`, and `took_s`, the wall clock that hearing took. With
        `wordings`, folded texts, it hears nothing and answers `likelihoods`, a number or null of each.
        """
        began = time.monotonic()
        sound = np.fromfile(request["sound"], "<i2").astype(np.int16, copy=False)
        roster = tuple(Name(*each) for each in request["roster"])
        if wordings := request.get("wordings"):
            return {"likelihoods": self._engine.likelihoods(sound, wordings, request["language"], roster)}
        within = Stretch(*(round(request[edge] * SAMPLE_RATE) for edge in ("start_s", "end_s")))
        heard = self._engine.hear(sound, voice.stretches(sound, within), request["language"], roster)
        return {
            "words": [astuple(word) for word in heard.words],
            "not_biased": heard.not_biased,
            "device": self._engine.device,
            "took_s": time.monotonic() - began,
        }


def received(answer: dict[str, Any]) -> list[HeardWord]:
    """The words of an answer that came as JSON."""
    return [
        HeardWord(text, start_s, end_s, confidence, tuple(Alternative(*each) for each in alternatives))
        for text, start_s, end_s, confidence, alternatives, *_ in answer["words"]
    ]


def primary(language: str) -> str:
    """The primary subtag of a BCP 47 tag: `en` of `en-GB`."""
    return language.split("-", maxsplit=1)[0].lower()


def hash_of(settings: dict[str, Any]) -> str:
    """A digest of the settings that can change a word, for the engine's fingerprint."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
