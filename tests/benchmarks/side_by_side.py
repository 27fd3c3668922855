"""What ocr and asr of one job lose by running at once on two processors, for one and for two threads each.

Both work on the demo's clip with their default engines, in the processes that the services use, once alone and once
side by side. 1.00 is ideal: together they take as long as the longer one alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import telop_cli.demo
from telop_asr.listening import Listener, Sound
from telop_chassis.engine_process import EngineProcess
from telop_ocr.recognition import Footage, Recogniser
from telop_ocr.settings import OcrSettings

CLIP: Final = Path(telop_cli.demo.__file__).parent / "assets" / "clip.mp4"
LENGTH_S: Final = 28.9
Work = Callable[[], Awaitable[object]]
ROUNDS: Final = 3
"""The quickest of them counts: whatever else the machine does makes a round longer, never shorter."""


def measure(folder: Path) -> None:
    """Print one line for each number of threads."""
    for threads in (1, 2):
        asyncio.run(_measure(folder / str(threads), threads))


async def _measure(folder: Path, threads: int) -> None:
    async with AsyncExitStack() as stack:
        hear = await stack.enter_async_context(_hearing(folder / "asr", threads))
        read = await stack.enter_async_context(_reading(folder / "ocr", threads))
        alone_s = [await _quickest(hear), await _quickest(read)]
        together_s = await _quickest(lambda: asyncio.gather(hear(), read()))
    print(
        f"beside   {threads} thread(s) each: {max(alone_s) / together_s:.2f} of the ideal, asr takes "
        f"{alone_s[0] / alone_s[1]:.1f}x as long as ocr"
    )


async def _quickest(work: Work) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        await work()
        times.append(time.monotonic() - began)
    return min(times)


@asynccontextmanager
async def _hearing(folder: Path, threads: int) -> AsyncIterator[Work]:
    settings = {"engine": "moonshine", "model": "", "models": "", "threads": threads, "offline": True}
    engine = EngineProcess("telop_asr.engines:serve", settings, threads=threads)
    listener = Listener(engine, scratch=folder, decode_s=300)
    await listener.start()

    async def hear() -> None:
        await listener.hear(Sound(CLIP, "mov", None, "en", 0.0, LENGTH_S))

    try:
        yield hear
    finally:
        await listener.stop()


@asynccontextmanager
async def _reading(folder: Path, threads: int) -> AsyncIterator[Work]:
    settings = OcrSettings(threads=threads)
    engine = EngineProcess("telop_ocr.engines:load", settings.of_engine(), threads=threads)
    recogniser = Recogniser(engine, settings, folder)
    await recogniser.start()

    async def read() -> None:
        async with recogniser.recognised(Footage(CLIP, "mov", 0.0, LENGTH_S)):
            pass

    try:
        yield read
    finally:
        await recogniser.stop()
