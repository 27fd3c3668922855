"""Three ways of reading a clip with the same engine, in one run: ours, every sample, and a gate on whole pictures.

`every sample` is VideOCR's way: five pictures a second are read as a whole, and readings in a row that are alike are
one text. `SSIM gate` reads only those samples whose similarity to the last one read is below 0.92. Both are given what
they lack for this comparison: lines are followed one by one, by place. CPU is what the processes really used; a
picture that both read is read once, and counted for each.
"""

import asyncio
import contextlib
import os
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import psutil
from numpy.typing import NDArray
from rapidfuzz import fuzz
from telop_chassis.engine_process import EngineProcess
from telop_ocr.engines import EngineSettings
from telop_ocr.engines.rapid import RapidOcrEngine
from telop_ocr.lines import Area, Line
from telop_ocr.recognition import Footage, Recogniser
from telop_ocr.settings import OcrSettings

SAMPLES_PER_S: Final = 5
ALIKE: Final = 80
"""VideOCR's default similarity, in percent, from which two readings are of one text."""
SSIM_GATE: Final = 0.92
SETTINGS: Final = OcrSettings()


@dataclass(frozen=True)
class Found:
    """One telop that a contender reports."""

    lines: tuple[str, ...]
    areas: tuple[Area, ...]
    start_s: float
    end_s: float
    kind: str = "caption"
    readings: tuple[str, ...] = ()
    is_cut: bool = False
    """Whether it is open at both edges of the range."""


@dataclass(frozen=True)
class Run:
    """What one contender made of one clip, and what it took."""

    found: Sequence[Found]
    calls: int
    cpu_s: float
    rss_mb: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)


class Ours:
    """The service's own recogniser: sandboxed decoder and engine process included."""

    def __init__(self, scratch: Path) -> None:
        engine: EngineSettings = {
            "engine": SETTINGS.engine,
            "threads": SETTINGS.threads,
            "min_confidence": SETTINGS.min_confidence,
        }
        self._engine = EngineProcess("telop_ocr.engines:load", engine)
        self._recogniser = Recogniser(self._engine, SETTINGS, scratch)

    async def start(self) -> None:
        """Load the engine, which a worker does once."""
        await self._recogniser.start()

    async def stop(self) -> None:
        """End its process."""
        await self._recogniser.stop()

    async def read(self, path: Path, start_s: float = 0.0, end_s: float = 3600.0) -> Run:
        """Read one range as the service does."""
        engine_before, forks_before = self._engine_cpu_s(), _forks_cpu_s()
        before = _cpu_s()
        watch = _Watch()
        async with watch, self._recogniser.recognised(Footage(path, "mov", start_s, end_s)) as made:
            found = [
                Found(
                    tuple(line.text for line in telop.lines),
                    tuple(line.area for line in telop.lines),
                    telop.start_s,
                    telop.end_s,
                    telop.kind,
                    tuple(reading.text for reading in telop.readings),
                    telop.open_start and telop.open_end,
                )
                for telop in made.telops
            ]
            calls = made.engine_calls
        own_s = _cpu_s() - before  # first of all: looking at the others costs as well
        engine_s = self._engine_cpu_s() - engine_before
        rest_s = own_s + _forks_cpu_s() - forks_before
        return Run(found, calls, engine_s + rest_s, watch.peak_mb, {"engine": engine_s, "decode": rest_s})

    def engine_rss_mb(self) -> float:
        """The most memory that the engine's process ever held."""
        return max(_peak_mb(process.pid) for process in self._engines())

    def _engine_cpu_s(self) -> float:
        times = [process.cpu_times() for process in self._engines()]
        return sum(time.user + time.system for time in times)

    def _engines(self) -> list[psutil.Process]:
        return _living("serve_engine")


class _Watch:
    """The most memory that a sandboxed child held while the block ran.

    Looks where Linux keeps it: listing all processes of the machine would cost a tenth of what is measured.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._look())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            forked = [pid for child in _children(os.getpid()) for pid in _children(child)]
            self.peak_mb = max([self.peak_mb, *map(_peak_mb, forked)])
            await asyncio.sleep(0.2)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _living(entry: str) -> list[psutil.Process]:
    """The children of this process that were started with an entry point of `telop_chassis.child_side`."""
    return [child for child in psutil.Process().children() if any(entry in part for part in child.cmdline())]


def _forks_cpu_s() -> float:
    """Of the fork servers, with their start, and of those of their children that have ended."""
    return sum(sum(server.cpu_times()[:4]) for server in _living("serve_forks"))


def _peak_mb(pid: int) -> float:
    """The most resident memory that a process ever held, 0 if it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Sampling:
    """Whole pictures at a fixed rate, each read once for both of its contenders."""

    def __init__(self) -> None:
        self._engine = RapidOcrEngine(threads=SETTINGS.threads, min_confidence=SETTINGS.min_confidence)
        self._engine.warm_up()

    def read(self, path: Path) -> tuple[Run, Run]:
        """Every sample, and those that the gate lets through."""
        began = time.process_time()
        cost = {"engine": 0.0, "gate": 0.0}
        samples: list[tuple[float, float, list[Line]]] = []
        gated: list[int] = []
        engine_s: list[float] = []
        last: NDArray[np.float32] | None = None
        for start_s, end_s, picture in _samples(path):
            at = time.process_time()
            lines = self._engine.read(picture)
            engine_s.append(time.process_time() - at)
            samples.append((start_s, end_s, lines))
            at = time.process_time()
            grey = _reduced(picture)
            if last is None or _ssim(last, grey) < SSIM_GATE:
                gated.append(len(samples) - 1)
                last = grey
            cost["gate"] += time.process_time() - at
        decode_s = time.process_time() - began - sum(engine_s) - cost["gate"]
        every = Run(_followed(samples, range(len(samples))), len(samples), decode_s + sum(engine_s))
        gate_s = decode_s + cost["gate"] + sum(engine_s[index] for index in gated)
        return every, Run(_followed(samples, gated), len(gated), gate_s)


def _cpu_s() -> float:
    """Of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _samples(path: Path) -> Iterator[tuple[float, float, NDArray[np.uint8]]]:
    """Start, end and picture of each sample: upright, square in its pixels, blue-green-red."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = SETTINGS.threads
        aspect = float(stream.sample_aspect_ratio or 1)
        due_s = 0.0
        for frame in container.decode(stream):
            if frame.time is not None and frame.time >= due_s - 1e-6:
                due_s += 1 / SAMPLES_PER_S
                yield frame.time, due_s, _displayed(frame, aspect)


def _displayed(frame: av.VideoFrame, aspect: float) -> NDArray[np.uint8]:
    width = round(frame.width * aspect)
    scale = min(1.0, 1920 / max(width, frame.height))
    picture = frame.to_ndarray(format="bgr24", width=round(width * scale), height=round(frame.height * scale))
    return np.ascontiguousarray(np.rot90(picture, frame.rotation // 90))


def _reduced(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (640, 360), interpolation=cv2.INTER_AREA).astype(np.float32)


def _ssim(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Mean structural similarity (Wang et al. 2004) with its 11 x 11 Gaussian window of sigma 1.5."""

    def blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), np.float32)

    mean_one, mean_other = blurred(one), blurred(other)
    variance_one = blurred(one * one) - mean_one**2
    variance_other = blurred(other * other) - mean_other**2
    covariance = blurred(one * other) - mean_one * mean_other
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_one * mean_other + c1) * (2 * covariance + c2)
    below = (mean_one**2 + mean_other**2 + c1) * (variance_one + variance_other + c2)
    return float((above / below).mean())


@dataclass
class _Text:
    area: Area
    start_s: float
    end_s: float
    sample: int
    readings: list[Line]


def _followed(samples: Sequence[tuple[float, float, list[Line]]], read: Sequence[int]) -> list[Found]:
    """Texts in one place that are alike from one reading to the next are one; the most frequent reading wins."""
    texts: list[_Text] = []
    for step, index in enumerate(read):
        start_s, end_s, lines = samples[index]
        if step + 1 < len(read):
            end_s = samples[read[step + 1]][0]
        for line in lines:
            same = next((text for text in texts if text.sample == step - 1 and _alike(text, line)), None)
            if same is None:
                texts.append(_Text(line.area, start_s, end_s, step, [line]))
            else:
                same.end_s, same.sample = end_s, step
                same.readings.append(line)
    return [_found(text) for text in texts]


def _alike(text: _Text, line: Line) -> bool:
    place = text.area.shared(line.area) >= min(text.area.size, line.area.size) / 2
    return place and fuzz.ratio(text.readings[-1].text, line.text) >= ALIKE


def _found(text: _Text) -> Found:
    counts: dict[str, list[Line]] = {}
    for line in text.readings:
        counts.setdefault(line.text, []).append(line)
    best = max(counts.values(), key=lambda lines: (len(lines), max(line.confidence for line in lines)))[0]
    readings = tuple(dict.fromkeys(line.text for line in text.readings))
    return Found((best.text,), (text.area,), text.start_s, text.end_s, readings=readings)
