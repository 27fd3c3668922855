"""Forty news sentences of our own, twenty of them with a name, read by two voices of flite (`rms`, `awb`).

The names are those of `NAMES`; what is said, from when to when and by which voice, stands in `speech/news.json`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray
from telop_asr import decoding
from telop_asr.transcription import SAMPLE_RATE

FOLDER = Path(__file__).with_name("speech")


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is said; `name` is written as in a roster."""

    voice: str
    start_s: float
    end_s: float
    said: str
    name: str | None

    @property
    def sound(self) -> NDArray[np.int16]:
        return sound()[round(self.start_s * SAMPLE_RATE) : round(self.end_s * SAMPLE_RATE)]


@cache
def sentences() -> tuple[Sentence, ...]:
    return tuple(Sentence(**each) for each in json.loads((FOLDER / "news.json").read_text()))


@cache
def sound() -> NDArray[np.int16]:
    """All of it, with three quarters of a second of silence between sentences."""
    with NamedTemporaryFile() as output:
        request = {"path": str(FOLDER / "news.opus"), "format": "ogg", "track": None, "output": output.name}
        decoding.main(request | {"start_s": 0.0, "end_s": 200.0})
        return np.fromfile(output.name, np.int16)


NAMES = tuple(sorted(each.name for each in sentences() if each.name))
