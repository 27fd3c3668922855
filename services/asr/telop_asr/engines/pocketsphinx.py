"""PocketSphinx: English, its acoustic model, dictionary and language model inside the wheel; no download, no network.

Every stretch of speech is decoded by itself, normalised over its own length. A word's confidence is its share of the
word lattice at its middle, and what else may be said there are its alternatives; silences, fillers and marks of other
pronunciations are dropped. The names of a roster get a decoder of their own, so that no job hears another's names.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import pocketsphinx  # type: ignore[import-untyped]
from numpy.typing import NDArray
from telop_chassis.child_side import Refused
from telop_contracts.values import EngineFingerprint

from telop_asr.engines import LANGUAGE_NOT_SUPPORTED, EngineSettings, hash_of, primary
from telop_asr.engines.aligning import Aligner
from telop_asr.engines.lattices import Lattice, base
from telop_asr.engines.pronouncing import SpokenName, spoken, words_alone
from telop_asr.transcription import SAMPLE_RATE, Alternative, HeardWord, Hearing, Name, shifted
from telop_asr.voice import Stretch

MODEL: Final = "en-us 5.1"
LANGUAGE: Final = "en-us"
"""Its folder."""
FRAMES_PER_S: Final = 100
SETTINGS: Final[dict[str, Any]] = {"loglevel": "FATAL", "maxhmmpf": 3_000}
"""A tenth of the usual states a frame: the same words for three quarters of the time, and for half of it in noise."""
NAME_WEIGHT: Final = 10.0
"""How many times as likely as the average word a name of the roster is."""
ROSTERS_KEPT: Final = 2
"""Decoders in memory, 90 MB each: one takes half a second to make, and the segments of few jobs alternate."""
CALIBRATION: Final = (0.46, 0.41)
"""Slope and offset of the log odds: the lattice is too sure of itself. Fitted on clean words of two synthetic voices;
on those of two others the expected calibration error fell from 0.075 to 0.041, on all 1,900 words of the four, most of
them in noise, from 0.135 to 0.054."""
LEAST_ALTERNATIVE: Final = 0.01
MOST_ALTERNATIVES: Final = 10
LEAST_LIKELY_WORD: Final = -14.0
"""Nats given to a word that the model of language lacks; its rarest are at about -15."""
_NO_WORD: Final = ("<", "[", "+", "!")
_NAME: Final = "#"
"""Begins the keys of names in the dictionary; no word of English begins so."""


def load(_: EngineSettings) -> "PocketSphinxEngine":
    """Load the model."""
    return PocketSphinxEngine()


class PocketSphinxEngine:
    """An `AsrEngine`."""

    device = "cpu"

    def __init__(self) -> None:
        self.recogniser = lru_cache(maxsize=ROSTERS_KEPT)(Recogniser)
        self.aligner = lru_cache(maxsize=ROSTERS_KEPT)(Aligner)

    def hear(
        self, sound: NDArray[np.int16], speech: Sequence[Stretch], language: str, roster: tuple[Name, ...]
    ) -> Hearing:
        """Words of the speech; raises `Refused` for another language than English."""
        if primary(language) != "en":
            raise Refused(LANGUAGE_NOT_SUPPORTED)
        recogniser = self.recogniser(roster)
        words = [
            word
            for first, until in speech
            for word in shifted(recogniser.words(sound[first:until]), first / SAMPLE_RATE)
        ]
        return Hearing(words, recogniser.not_biased)

    def likelihoods(
        self, sound: NDArray[np.int16], wordings: Sequence[str], language: str, roster: tuple[Name, ...]
    ) -> list[float | None]:
        """How well each wording fits; raises `Refused` for another language than English."""
        if primary(language) != "en":
            raise Refused(LANGUAGE_NOT_SUPPORTED)
        aligner = self.aligner(roster)
        return [aligner.likelihood(sound, wording) for wording in wordings]

    def fingerprint(self) -> EngineFingerprint:
        """Version of the package, and the hash of the model inside of it."""
        settings = SETTINGS | {"name_weight": NAME_WEIGHT}
        return EngineFingerprint(
            name="pocketsphinx",
            version=version("pocketsphinx"),
            model=f"{MODEL} sha256:{_model_sha256()}",
            settings_sha256=hash_of(settings),
        )

    def warm_up(self) -> None:
        """Decode a moment of noise."""
        noise = np.random.default_rng(0).normal(0, 500, SAMPLE_RATE // 2)
        self.recogniser(()).words(noise.astype(np.int16))


class Recogniser:
    """A decoder that expects the names of one roster: each way to say one is a word of its own to it."""

    def __init__(self, roster: tuple[Name, ...]) -> None:
        self._decoder = pocketsphinx.Decoder(**SETTINGS)
        self._names: dict[str, SpokenName] = {}
        self.not_biased: list[str] = []
        for name in roster:
            if ways := spoken(name, self._decoder.lookup_word):
                self._expect(ways)
                for word in words_alone(ways, self._is_unheard_of):
                    self._expect(word)
            else:
                self.not_biased.append(name.text)
        for at, (key, way) in enumerate(self._names.items(), 1):
            phones = " ".join(phone for phones in way.phones for phone in phones)
            self._decoder.add_word(key, phones, at == len(self._names))  # the last one rebuilds the search

    def words(self, sound: NDArray[np.int16]) -> list[HeardWord]:
        """Words of one stretch of speech, in seconds from its start."""
        decoder = self._decoder
        decoder.reinit_feat()  # or its filters and means would remember what was heard before
        decoder.start_utt()
        decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return []
        lattice = Lattice.of(decoder)
        return [
            self._rated(word, start_s, min(end_s, len(sound) / SAMPLE_RATE), lattice)
            for segment in decoder.seg()
            if not segment.word.startswith(_NO_WORD)
            for word, start_s, end_s in self._parts(segment)
        ]

    def log_probability(self, words: Sequence[str]) -> float:
        """Of words in a row by the model of language, in nats, each after the two before it."""
        lm, nats = self._decoder.get_lm(), self._decoder.logmath.log_to_ln
        found = (nats(lm.prob(list(reversed(words[max(0, at - 2) : at + 1])))) for at in range(len(words)))
        return float(sum(max(each, LEAST_LIKELY_WORD) for each in found))

    def _expect(self, ways: list[SpokenName]) -> None:
        """Give each way a key and its share of the name's weight in the language model."""
        for way in ways:
            key = f"{_NAME}{len(self._names)}"
            self._names[key] = way
            self._decoder.get_lm().add_word(key, NAME_WEIGHT / len(ways))

    def _is_unheard_of(self, word: str) -> bool:
        lm = self._decoder.get_lm()
        return bool(lm.prob([word.lower()]) <= self._decoder.logmath.get_zero())

    def _parts(self, segment: Any) -> Iterator[tuple[str, float, float]]:
        """The written words of a word of the dictionary, which share its time by the number of their phones."""
        at_s, end_s = segment.start_frame / FRAMES_PER_S, (segment.end_frame + 1) / FRAMES_PER_S
        way = self._names.get(segment.word)
        if way is None:
            yield base(segment.word), at_s, end_s
            return
        per_phone = (end_s - at_s) / sum(map(len, way.phones))
        for word, phones in zip(way.words, way.phones, strict=True):
            yield word, at_s, at_s + len(phones) * per_phone
            at_s += len(phones) * per_phone

    def _rated(self, text: str, start_s: float, end_s: float, lattice: Lattice) -> HeardWord:
        said: dict[str, float] = {}
        for key, probability in lattice.at((start_s + end_s) / 2).items():
            if not key.startswith(_NO_WORD):
                way = self._names.get(key)
                is_same = key.lower() == text.lower() if way is None else text in way.words
                word = text if is_same else key if way is None else " ".join(way.words)
                said[word] = said.get(word, 0.0) + probability
        likely = min(1.0, said.pop(text, 0.0))
        confidence = calibrated(likely)
        rest = (1.0 - confidence) / max(1.0 - likely, sum(said.values()), LEAST_ALTERNATIVE)
        ranked = sorted(((probability * rest, word) for word, probability in said.items()), reverse=True)
        alternatives = tuple(Alternative(word, share) for share, word in ranked if share >= LEAST_ALTERNATIVE)
        return HeardWord(text, start_s, end_s, confidence, alternatives[:MOST_ALTERNATIVES])


def calibrated(probability: float) -> float:
    """How often a word that the lattice gives this probability is the one that was said."""
    slope, offset = CALIBRATION
    likely = min(max(probability, 1e-4), 1 - 1e-4)
    odds = math.exp(offset) * math.pow(likely / (1 - likely), slope)
    return odds / (1 + odds)


@cache
def _model_sha256() -> str:
    """Of the models of sounds and of language and the dictionary, 37 MB."""
    folder = Path(pocketsphinx.get_model_path(LANGUAGE))
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()
