"""Hears one time range of a medium: sound decoded in a sandboxed child, words from the engine's process.

Nothing of a range is left on disk when `hear` returns or is cancelled. The child may die with the media it opens; the
engine, which opens none, keeps its model.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from telop_chassis.engine_process import EngineProcess
from telop_chassis.failures import PermanentError
from telop_chassis.sandbox import Limits, run_child
from telop_chassis.telemetry import child_span
from telop_contracts.values import EngineFingerprint

from telop_asr.engines import received
from telop_asr.transcription import MAX_WORDS, HeardWord, Name, shifted, within
from telop_asr.voice import on_frame

ENGINE_TIMEOUT_S: Final = 1_800.0
"""For one range: 60 times as long as the sound of a segment, for slow engines on busy machines."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A time range of a local media file. `format` and `track` are what probing found, `language` is a BCP 47 tag."""

    path: Path
    format: str
    track: int | None
    language: str
    start_s: float
    end_s: float
    reach_s: float = 0.0
    """How far beyond its edges to listen, so that speech which crosses one is heard up to a pause."""
    roster: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a range in media time, the terms that could not be expected, and what hearing took."""

    words: list[HeardWord]
    not_biased: list[str]
    device: str
    wall_s: float
    """Of decoding and hearing; waiting for the engine, which hears one range at a time, does not count."""


class Listener:
    """Hears ranges with one engine. `scratch` belongs to this process; what an earlier one left there is removed."""

    def __init__(self, engine: EngineProcess, *, scratch: Path, decode_s: float) -> None:
        self._engine = engine
        self._scratch = scratch
        self._decode_s = decode_s

    async def start(self) -> None:
        """Empty the scratch folder and load the engine. Raises `EngineUnavailableError`, which says what to do."""
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True, mode=0o700)
        await self._engine.start()

    async def stop(self) -> None:
        """End the engine's process and remove the scratch folder."""
        await self._engine.stop()
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    async def fingerprint(self) -> EngineFingerprint:
        """Which engine hears."""
        return await self._engine.start()

    async def hear(self, sound: Sound) -> Heard:
        """The words of a range in media time. Raises `TransientError` and `PermanentError`."""
        from_s = on_frame(sound.start_s - sound.reach_s)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            samples = Path(folder) / "sound"
            began = time.monotonic()
            with child_span("asr decode"):
                await self._decode(sound, from_s, samples)
            decoded_s = time.monotonic() - began
            with child_span("asr hear"):
                request = {
                    "sound": str(samples),
                    "start_s": sound.start_s - from_s,
                    "end_s": sound.end_s - from_s,
                    "language": sound.language,
                    "roster": [astuple(name) for name in sound.roster],
                }
                answer = await self._engine.ask(request, timeout_s=ENGINE_TIMEOUT_S)
        words = within(shifted(received(answer), from_s), sound.start_s, sound.end_s)
        return Heard(bounded(words), answer["not_biased"], answer["device"], decoded_s + answer["took_s"])

    async def compare(self, sound: Sound, wordings: Sequence[str]) -> list[float | None]:
        """How well each wording fits the sound of exactly the range, in nats; None where the engine cannot tell.

        Raises `TransientError` and `PermanentError`.
        """
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            samples = Path(folder) / "sound"
            with child_span("asr decode"):
                await self._decode(sound, sound.start_s, samples)
            with child_span("asr compare"):
                request = {
                    "sound": str(samples),
                    "language": sound.language,
                    "roster": [astuple(name) for name in sound.roster],
                    "wordings": list(wordings),
                }
                answer = await self._engine.ask(request, timeout_s=ENGINE_TIMEOUT_S)
        found: list[float | None] = answer["likelihoods"]
        return found

    async def _decode(self, sound: Sound, from_s: float, output: Path) -> None:
        request = {
            "path": str(sound.path),
            "format": sound.format,
            "track": sound.track,
            "start_s": from_s,
            "end_s": sound.end_s + sound.reach_s,
            "output": str(output),
        }
        limits = Limits(wall_s=self._decode_s, cpu_s=int(self._decode_s))
        await run_child("telop_asr.decoding", request, limits, reads=[sound.path], writes=[output.parent])


def bounded(words: list[HeardWord]) -> list[HeardWord]:
    """The same words; raises `PermanentError` where they are more than an event carries, which is no speech."""
    if len(words) > MAX_WORDS:
        raise PermanentError("too_many_words")
    return words
