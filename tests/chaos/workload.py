"""The workload: short clips of three captions and two mistakes, cut into several segments, several jobs at once."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import av
from telop_cli.demo.client import ENDED, Client, Json
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth
from telop_cli.failures import Refused

from tests.support.eventually import eventually

LENGTH_S: Final = 9.5
SEGMENTS: Final = {"TELOP_INGEST__SEGMENT_S": "5", "TELOP_INGEST__OVERLAP_S": "2"}
WITHIN_S: Final = 180.0
truth = Truth.read(ASSETS / TRUTH)


def write_clip(path: Path) -> None:
    """The beginning of the demo clip, packets as they are."""
    with av.open(str(ASSETS / CLIP)) as source, av.open(str(path), "w", format="mp4") as target:
        copies = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None and packet.time_base and packet.dts * packet.time_base < LENGTH_S:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)


def start(client: Client, clip: Path, jobs: int) -> list[str]:
    """Start several jobs of one upload."""
    media_id = client.upload(clip)
    return [client.start({"media": {"media_id": media_id}, **truth.request})["job_id"] for _ in range(jobs)]


async def ended(client: Client, job_ids: list[str]) -> list[Json]:
    """The jobs once all have ended; an API that is away for a moment is asked again."""
    jobs: list[Json] = []

    async def all_ended() -> bool:
        with suppress(Refused):
            jobs[:] = [client.job(job_id) for job_id in job_ids]
        return len(jobs) == len(job_ids) and all(job["status"] in ENDED for job in jobs)

    await eventually(all_ended, within_s=WITHIN_S)
    return jobs


def essence(findings: list[Json]) -> list[tuple[Any, ...]]:
    """What makes two findings the same, apart from their ids."""
    return [(each["kind"], each["written"], each["wrong"]["text"], each["suggestion"]) for each in findings]
