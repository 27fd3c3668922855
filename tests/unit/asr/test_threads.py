"""An engine keeps to the threads it is given, so that another beside it keeps its own processor."""

from pathlib import Path

import psutil
import pytest
from telop_asr.transcription import SAMPLE_RATE
from telop_chassis.engine_process import EngineProcess

from tests.support.eventually import time_passes
from tests.unit.asr import news, tiny_whisper

OWN_THREADS = 3
"""What libraries keep beside those that compute: queues, watchers. They sleep."""
SPINNING_S = 0.25
"""Half of what one spinning thread would burn meanwhile; a pool takes some hundredths to fall asleep."""


@pytest.mark.parametrize("name", ["moonshine", "pocketsphinx", "faster-whisper"])
@pytest.mark.parametrize("threads", [1, 2])
async def test_an_engine_has_few_threads_more_than_it_is_told_and_none_spins(
    name: str, threads: int, tmp_path: Path
) -> None:
    sound = tmp_path / "sound"
    news.sound()[: 5 * SAMPLE_RATE].astype("<i2").tofile(sound)
    model = str(tiny_whisper.write(tmp_path / "model")) if name == "faster-whisper" else ""
    settings = {"engine": name, "model": model, "models": "", "threads": threads, "offline": True}
    before = set(psutil.Process().children())
    engine = EngineProcess("telop_asr.engines:serve", settings, threads=threads)
    try:
        await engine.start()
        answer = await engine.ask({"sound": str(sound), "start_s": 0.0, "end_s": 5.0, "language": "en", "roster": []})
        [process] = set(psutil.Process().children()) - before
        busy_s = _processor_s(process)
        await time_passes(0.5)
        idle_s = _processor_s(process) - busy_s
        count = process.num_threads()
    finally:
        await engine.stop()

    assert answer["words"]
    assert idle_s < SPINNING_S
    assert count <= 2 * threads + OWN_THREADS


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
