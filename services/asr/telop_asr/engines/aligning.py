"""How well given wordings fit a sound, by forced alignment: the model of sounds alone, without any model of language.

Every wording is laid over the whole sound, with silence between words where there is any. Likelihoods are in nats and
comparable within one sound only: every frame is measured against the best of all states of the model (`compallsen`),
because against the best of those that one wording reaches, a wrong wording looks less wrong than it is.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pocketsphinx  # type: ignore[import-untyped]
from numpy.typing import NDArray

from telop_asr.engines.pronouncing import Phones, SpokenName, spoken
from telop_asr.transcription import Name

SETTINGS: Final[dict[str, Any]] = {
    "loglevel": "FATAL",
    "lm": None,
    "compallsen": True,
    "bestpath": False,
    "lw": 1.0,
    "wip": 1.0,
    "beam": 1e-200,
    "wbeam": 1e-150,
    "pbeam": 1e-200,
}
"""Beams so wide that a wording which does not fit gets a bad score, not none; no price for one word more."""
SCORE_SCALE: Final = 1024
"""PocketSphinx shifts the scores of its acoustic model by 10 bits, and `hyp().score` is the exponential of that."""
_NO_WORD: Final = ("<", "[", "+")


class Aligner:
    """Knows the names of one roster beside the dictionary; any other word is said by the rules of English."""

    def __init__(self, roster: tuple[Name, ...]) -> None:
        self._decoder = pocketsphinx.Decoder(**SETTINGS)
        for name in roster:
            self._learn(spoken(name, self._decoder.lookup_word))

    def likelihood(self, sound: NDArray[np.int16], wording: str) -> float | None:
        """Of folded words, separated by spaces, in nats; None where one cannot be said, or the sound is too short."""
        words = wording.split()
        if not words or not all(self._can_say(word) for word in words):
            return None
        decoder = self._decoder
        decoder.set_align_text(" ".join(words))
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None or best.score <= 0:
            return None
        said = [each.word.partition("(")[0] for each in decoder.seg() if not each.word.startswith(_NO_WORD)]
        return math.log(best.score) * SCORE_SCALE if said == words else None

    def phones(self, word: str) -> Phones:
        """How a folded word is said; its letters where that is not known."""
        return tuple(self._decoder.lookup_word(word).split()) if self._can_say(word) else tuple(word)

    def _can_say(self, word: str) -> bool:
        if self._decoder.lookup_word(word) is None:
            self._learn(spoken(Name(word), self._decoder.lookup_word))
        return self._decoder.lookup_word(word) is not None

    def _learn(self, ways: Sequence[SpokenName]) -> None:
        for way in ways:
            for word, phones in zip(way.words, way.phones, strict=True):
                self._add(word.lower(), phones)

    def _add(self, word: str, phones: Phones) -> None:
        """Add a way to say a word, unless it is known."""
        known, keys = set(), (word, *(f"{word}({at})" for at in range(2, 10)))
        for key in keys:
            way = self._decoder.lookup_word(key)
            if way is None:
                if " ".join(phones) not in known:
                    self._decoder.add_word(key, " ".join(phones), True)
                return
            known.add(way)
