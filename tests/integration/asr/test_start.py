"""A service that cannot start ends, and its log says why in a line that tells what to do or where to look."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.brokers import Broker
from tests.support.databases import Databases


async def said_by_one_that_cannot_start(
    broker: Broker, databases: Databases, folder: Path, **more: str
) -> list[dict[str, Any]]:
    """The lines of its log."""
    url = await databases.migrated("asr")
    settings = {
        "TELOP_DATABASE__URL": url,
        "TELOP_KAFKA__BOOTSTRAP": broker.bootstrap,
        "TELOP_OBJECTS__URL": f"file://{folder}/objects",
        "TELOP_CACHE__DIR": str(folder / "cache"),
        "TELOP_HTTP__CURSOR_KEY": "test" * 8,
        "TELOP_HTTP__PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "telop_asr"), env=os.environ | settings | more, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(60):
            _, log = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    await databases.drop(url)
    assert process.returncode, "it started"
    return [json.loads(line) for line in log.splitlines()]


@pytest.mark.parametrize("model", ["small", "/nonexistent/model"])
async def test_a_model_that_is_not_there_is_told_with_how_to_get_it(
    model: str, broker: Broker, databases: Databases, tmp_path: Path
) -> None:
    more = {"TELOP_ASR__ENGINE": "faster-whisper", "TELOP_ASR__MODEL": model, "TELOP_OFFLINE": "1"}
    more["TELOP_ASR__MODELS"] = str(tmp_path / "models")
    lines = await said_by_one_that_cannot_start(broker, databases, tmp_path, **more)
    [line] = [line for line in lines if line["event"] == "engine_unavailable"]
    assert "telop models fetch" in line["advice"]
    assert "TELOP_OFFLINE forbids to fetch it" in line["advice"]


async def test_a_folder_that_cannot_be_had_is_told_by_the_error_and_its_place_and_not_by_its_name(
    broker: Broker, databases: Databases, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder would")
    lines = await said_by_one_that_cannot_start(broker, databases, tmp_path)
    [line] = [line for line in lines if line["event"] == "start_failed"]
    assert line["error"]["errno"] == "ENOTDIR"
    assert any("start" in place for place in line["error"]["places"])
    assert str(tmp_path) not in json.dumps(lines)
