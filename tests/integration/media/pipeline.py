"""What the services do with a medium before anybody reads or listens: probe it, and decode its first segment.

Each step runs in the sandbox, with the limits below in place of the services' own: a test that waits for ten minutes
is none.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.sandbox import Limits, run_child

from tests.integration.media.cases import FINE

LIMITS: Final = Limits(wall_s=60, cpu_s=20, memory_bytes=2 * 1024**3)
MAX_PIXELS: Final = 8192 * 4320
SEGMENT_S: Final = 30.0


def probing(path: Path) -> tuple[str, dict[str, Any]]:
    """The module that probes, and its request."""
    limits = {"max_pixels": MAX_PIXELS, "max_duration_s": 6 * 3600.0}
    return "telop_ingest.probing", {"path": str(path), "language": "en"} | limits


def decoding(path: Path, media: dict[str, Any], scratch: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The modules that decode the first segment of the tracks that were found, and their requests."""
    end_s = min(SEGMENT_S, media["duration_s"])
    request = {"path": str(path), "format": media["format"], "start_s": 0.0, "end_s": end_s}
    if media["has_video"]:
        yield "telop_ocr.decoding", request | {"threads": 1, "scratch": str(scratch), "heartbeat_s": 1.0}
    if media["has_audio"]:
        yield "telop_asr.decoding", request | {"track": media["audio_track"], "output": str(scratch / "sound")}


@dataclass(frozen=True, slots=True)
class Examined:
    """How a medium ended: `FINE`, or the reason code of the first step that gave one; and what was answered."""

    end: str
    media: dict[str, Any] = field(default_factory=dict)
    answers: tuple[dict[str, Any], ...] = ()


async def examined(path: Path) -> Examined:
    """Take a medium through all steps."""
    try:
        module, request = probing(path)
        media = await run_child(module, request, LIMITS, reads=[path])
        with tempfile.TemporaryDirectory() as folder:
            answers = [
                await run_child(module, request, LIMITS, reads=[path], writes=[Path(folder)])
                for module, request in decoding(path, media, Path(folder))
            ]
    except (PermanentError, TransientError) as error:
        return Examined(error.reason)
    return Examined(FINE, media, tuple(answers))
