"""Reads one time range of a medium: decoding in a sandboxed child, readers in the engine's process, stills to disk.

The medium is decoded once. Nothing of a range is left on disk when its `with` block ends, however it ends.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from telop_chassis.engine_process import EngineProcess
from telop_chassis.sandbox import Limits, run_child
from telop_chassis.telemetry import child_span
from telop_contracts.values import EngineFingerprint

from telop_ocr import captions, examination, reading, timeline
from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.kinds import with_kinds
from telop_ocr.lines import Area, Line
from telop_ocr.pieces import FrameReading, Piece, known_lines, whole_lines
from telop_ocr.settings import OcrSettings
from telop_ocr.tickers import StripReading, beside, letters_differ_beside, runs, sliding, tickers

READ_TIMEOUT_S: Final = 120.0
"""For one picture: 400 times what it takes, for a machine that is busy with other things."""


@dataclass(frozen=True, slots=True)
class Footage:
    """A time range of a local media file. `format` is what probing found."""

    path: Path
    format: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What stands in one range. `stills` are JPEG files, by the frame numbers that telops name."""

    telops: Sequence[SeenTelop]
    stills: dict[int, Path]
    engine_calls: int
    wall_s: float


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Readings of one box, none of frames in which nothing was read, and the candidate it clearly looks like."""

    readings: tuple[TextReading, ...]
    likeliest: str | None
    crop: bytes | None = None
    """The first frame in which something was read, as a JPEG."""


class Recogniser:
    """Reads ranges with one engine. `scratch` belongs to this process; what an earlier one left there is removed."""

    def __init__(self, engine: EngineProcess, settings: OcrSettings, scratch: Path) -> None:
        self._engine = engine
        self._settings = settings
        self._scratch = scratch

    async def start(self) -> None:
        """Empty the scratch folder and load the engine."""
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True, mode=0o700)
        await self._engine.start()

    async def stop(self) -> None:
        """End the engine's process and remove the scratch folder."""
        await self._engine.stop()
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    async def engine(self) -> EngineFingerprint:
        """Which engine reads."""
        return await self._engine.start()

    @asynccontextmanager
    async def recognised(self, footage: Footage) -> AsyncIterator[Recognition]:
        """Read a range; its stills last as long as the block. Raises `TransientError` and `PermanentError`."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            scratch = Path(folder)
            heartbeat_s = self._settings.heartbeat_s
            with child_span("ocr decode"):
                scan = await self._in_child("telop_ocr.decoding", footage, scratch, {"heartbeat_s": heartbeat_s})
            readings: list[FrameReading] = []
            size = scan.get("width", 0), scan.get("height", 0)
            with child_span("ocr read", attributes={"telop.ocr.pictures": len(scan["reads"])}):
                for number, read in enumerate(scan["reads"]):
                    piece = Piece.of(number, read, scratch)
                    lines = await asyncio.to_thread(known_lines, piece, readings)
                    carried = lines is not None
                    if lines is None:
                        lines = whole_lines(await self._read(piece.path, piece.area), piece.area, *size)
                    readings.append(FrameReading(piece, lines, carried))
                strips = [
                    StripReading.of(strip, await self._read(scratch / f"strip{number}.npy", Area(*strip["area"])))
                    for number, strip in enumerate(scan.get("strips", ()))
                ]
            calls = len(strips) + sum(not each.carried for each in readings)
            found, stills = await asyncio.to_thread(_assemble, scratch, readings, strips, scan)
            yield Recognition(found, stills, calls, time.monotonic() - began)

    async def look_again(
        self, footage: Footage, box: tuple[int, int, int, int], candidates: Sequence[str] = ()
    ) -> SecondLook:
        """Read one box in a few frames of a range, and tell which of the candidates it looks like."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            scratch = Path(folder)
            more = {"box": box, "samples": self._settings.recheck_samples}
            with child_span("ocr decode"):
                answer = await self._in_child("telop_ocr.second_look", footage, scratch, more)
            found: list[TextReading] = []
            seen: list[tuple[Path, list[Line]]] = []
            with child_span("ocr read", attributes={"telop.ocr.pictures": len(answer["looks"])}):
                for look in answer["looks"]:
                    lines = await self._read(scratch / look["picture"])
                    if lines:
                        text = captions.joined([line.text for line in lines], [line.area for line in lines])
                        confidence = min(line.confidence for line in lines)
                        found.append(TextReading(text, confidence, look["at_s"]))
                        seen.append((scratch / look["picture"], lines))
            likeliest, crop = await asyncio.to_thread(_compared, seen, candidates)
            return SecondLook(tuple(found), likeliest, crop)

    async def _in_child(self, module: str, footage: Footage, scratch: Path, more: dict[str, Any]) -> dict[str, Any]:
        settings = self._settings
        request = {
            "path": str(footage.path),
            "format": footage.format,
            "start_s": footage.start_s,
            "end_s": footage.end_s,
            "threads": settings.threads,
            "scratch": str(scratch),
        }
        limits = Limits(wall_s=settings.decode_s, cpu_s=int(settings.decode_s))
        return await run_child(module, request | more, limits, reads=[footage.path], writes=[scratch])

    async def _read(self, picture: Path, piece: Area | None = None) -> list[Line]:
        """The lines of a picture, in pixels of the frame that it is a piece of."""
        width = None if piece is None else round(piece.width)
        request = {"picture": str(picture), "width": width, "top": 0, "bottom": None}
        answer = await self._engine.ask(request, timeout_s=READ_TIMEOUT_S)
        x, y = (0.0, 0.0) if piece is None else (piece.x, piece.y)
        lines = [
            Line(line["text"], line["confidence"], Area(line["area"][0] + x, line["area"][1] + y, *line["area"][2:]))
            for line in answer["lines"]
        ]
        return [line for line in lines if line.is_text]


def _compared(seen: Sequence[tuple[Path, list[Line]]], candidates: Sequence[str]) -> tuple[str | None, bytes | None]:
    looks = [(np.load(path, allow_pickle=False), lines) for path, lines in seen]
    return examination.likeliest_text(looks, candidates), examination.jpeg(looks[0][0]) if looks else None


def _assemble(
    scratch: Path, readings: Sequence[FrameReading], strips: Sequence[StripReading], scan: dict[str, Any]
) -> tuple[list[SeenTelop], dict[int, Path]]:
    if not readings and not strips:
        return [], {}
    times = timeline.load(scratch, scan["reads"])
    strips = sliding(strips, readings)
    running = runs(strips, times)
    still, differ = beside(readings, running), letters_differ_beside(running)
    seen = captions.telops(reading.appearances(still, times, differ), times)
    telops = [*with_kinds(seen), *tickers(strips, times)]
    return telops, {telop.still: scratch / f"{telop.still}.jpg" for telop in telops}
