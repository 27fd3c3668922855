"""The engine `supplied`: the job brought a transcript, so nothing is recognised and any language will do."""

from collections.abc import Sequence
from typing import Final

from telop_contracts.values import EngineFingerprint

from telop_asr.engines import hash_of
from telop_asr.listening import bounded
from telop_asr.transcription import HeardWord, Line, within, words_of

FINGERPRINT: Final = EngineFingerprint(
    name="supplied", version="1", model="transcript", settings_sha256=hash_of({"times": "by length"})
)


def hear(lines: Sequence[Line], start_s: float, end_s: float) -> list[HeardWord]:
    """The words of the transcript in [start_s, end_s). Raises `PermanentError` (`too_many_words`)."""
    near = (line for line in lines if line.start_s < end_s and line.end_s >= start_s)
    return bounded(within(words_of(near), start_s, end_s))
