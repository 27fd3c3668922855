"""`just bench-recognition --minutes N`: what a long medium costs, its last minutes against its first and a short one.

The 30 s clip of static captions is repeated without encoding it again. Its segments are read as the service reads
them, one after the other with one engine: in each sixth of the medium its last ones. The file of one minute is read
again after each sixth, so that both are measured under the same conditions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import av
from telop_ingest.planning import Segment, cut

from tests.benchmarks.recognition import clips, files
from tests.benchmarks.recognition.contenders import Ours

PARTS: Final = 6
SEGMENT_S, OVERLAP_S = 30.0, 2.0
EACH: Final = 4
"""Segments read of a part: what is kept from one to the next is in the engine's process, which reads them all."""


@dataclass(frozen=True)
class Part:
    """CPU s per media minute of a stretch and of the short file after it, and the most memory (MB) of each process."""

    minutes: float
    cpu_s: float
    short_s: float
    decoder_mb: float
    engine_mb: float


async def measure(minutes: int, seed: int, folder: Path) -> list[Part]:
    """Read a medium of so many minutes, in six parts."""
    clip, once = clips.catalogue(seed)[0], folder / "once.mp4"
    if not once.exists():
        files.write(clip, once)
    short, long = folder / "1.mp4", folder / f"{minutes}.mp4"
    _repeat(once, short, 2)
    _repeat(once, long, 2 * minutes)
    ours = Ours(folder / "scratch")
    await ours.start()
    segments, short_segments = (cut(60.0 * length, SEGMENT_S, OVERLAP_S) for length in (minutes, 1))
    await _cost(ours, short, short_segments, 0.0)
    parts: list[Part] = []
    for number in range(PARTS):
        end = (number + 1) * len(segments) // PARTS
        first = max(number * len(segments) // PARTS, end - EACH)
        cpu_s, decoder_mb = await _cost(ours, long, segments[first:end], segments[first - 1].end_s if first else 0.0)
        short_s, _ = await _cost(ours, short, short_segments, 0.0)
        parts.append(Part(segments[end - 1].end_s / 60, cpu_s, short_s, decoder_mb, ours.engine_rss_mb()))
        print(parts[-1], flush=True)
    await ours.stop()
    return parts


def page(parts: list[Part], seed: int) -> str:
    """The Markdown page."""
    ratios = [part.cpu_s / part.short_s for part in parts]
    rows = [
        f"| {part.minutes:.0f} | {ratio:.2f} | {part.decoder_mb:.0f} | {part.engine_mb:.0f} |"
        for part, ratio in zip(parts, ratios, strict=True)
    ]
    cpu_s = sum(part.cpu_s for part in parts) / len(parts)
    return "\n".join(
        [
            "# The eye, for as long as a programme lasts",
            "",
            f"Written by `just bench-recognition --minutes {parts[-1].minutes:.0f} --write`: 720p, 18 captions a",
            f"minute of seed {seed}, one thread, one engine for all segments; the last {EACH} segments of each sixth.",
            "CPU is per media minute, as a ratio to that of a file of one minute, read right after each part of the",
            "long one. Memory is the most that each process ever held.",
            "",
            "| to minute | CPU, file of 1 minute = 1 | decoder MB | engine MB |",
            "|---|---|---|---|",
            *rows,
            "",
            f"- CPU per media minute, long file against short one: median {median(ratios):.2f}.",
            f"- The same of the last part against the first: {ratios[-1] / ratios[0]:.2f}.",
            f"- CPU s per media minute, decoding included, on the machine as busy as it was: {cpu_s:.1f}.\n",
        ]
    )


async def _cost(ours: Ours, path: Path, segments: Sequence[Segment], from_s: float) -> tuple[float, float]:
    """CPU s for each minute of media from `from_s` to the end of the segments, and the decoder's peak in MB."""
    runs = [await ours.read(path, segment.start_s, segment.end_s) for segment in segments]
    minutes = (segments[-1].end_s - from_s) / 60
    return sum(run.cpu_s for run in runs) / minutes, max(run.rss_mb for run in runs)


def _repeat(once: Path, path: Path, times: int) -> None:
    """Write the packets of a clip so many times, one after the other."""
    with av.open(str(path), "w", format="mp4") as out:
        stream = None
        for number in range(times):
            with av.open(str(once)) as source:
                track = source.streams.video[0]
                stream = stream or out.add_stream_from_template(track)
                for packet in source.demux(track):
                    if packet.dts is not None and packet.pts is not None and track.duration is not None:
                        packet.dts += number * track.duration
                        packet.pts += number * track.duration
                        packet.stream = stream
                        out.mux(packet)
