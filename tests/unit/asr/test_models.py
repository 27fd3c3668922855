"""Models are fetched whole, checked when they are loaded, and never fetched offline."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from telop_asr import models
from telop_asr.models import NoModel
from telop_chassis.engine_process import EngineProcess, EngineUnavailableError

from tests.unit.asr import fake_hub, tiny_whisper

REPOSITORY = "Systran/faster-whisper-tiny"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_whisper.write(tmp_path_factory.mktemp("made") / "model")


def telop(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "telop_cli.main", *arguments]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_model_is_fetched_by_its_name_and_can_then_be_loaded_offline(tiny: Path, tmp_path: Path) -> None:
    store = tmp_path / "models"
    with fake_hub.serving(REPOSITORY, tiny) as hub:
        done = telop("models", "fetch", "tiny", HF_ENDPOINT=hub, TELOP_ASR__MODELS=str(store), HF_HOME=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert str(store / "tiny") in done.stdout
    found = models.find("tiny", store, offline=True)
    assert found == models.Model("tiny", store / "tiny", models.check(tiny).sha256)
    assert {path.name for path in store.iterdir()} == {"tiny"}
    assert {path.name for path in found.folder.iterdir()} == {path.name for path in tiny.iterdir()} | {models.SUMS}
    assert not any(path.is_symlink() for path in found.folder.iterdir())


def test_what_cannot_be_fetched_leaves_nothing_behind_and_says_so(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "base"
    with fake_hub.serving(REPOSITORY, tiny) as hub:
        missing = telop("models", "fetch", "base", "--to", str(folder), HF_ENDPOINT=hub, HF_HOME=str(tmp_path))
    unknown = telop("models", "fetch", "nonsense", "--to", str(folder), HF_HOME=str(tmp_path))
    offline = telop("models", "fetch", "tiny", "--to", str(folder), TELOP_OFFLINE="1")

    assert [done.returncode for done in (missing, unknown, offline)] == [1, 1, 1]
    assert missing.stderr.count("\n") == 1
    assert "the hub does not give the model" in missing.stderr
    assert "large-v3" in unknown.stderr
    assert "TELOP_OFFLINE" in offline.stderr
    assert list(folder.parent.iterdir()) == []


def test_a_model_that_finds_no_room_leaves_nothing_behind_and_says_so_in_one_line(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "tiny"
    command = [sys.executable, "-m", "telop_cli.main", "models", "fetch", "tiny", "--to", str(folder)]
    room = (tiny / models.WEIGHTS).stat().st_size // 2
    with fake_hub.serving(REPOSITORY, tiny) as hub:
        done = subprocess.run(
            command,
            env=os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        )

    assert done.returncode == 1
    assert "there is no room for the model" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("damage", ["changed", "removed"])
def test_a_file_that_is_not_what_was_fetched_is_refused(damage: str, tmp_path: Path) -> None:
    folder = tiny_whisper.write(tmp_path / "model")
    models.seal(folder)
    assert models.check(folder).name == "model"

    path = folder / "tokenizer.json"
    if damage == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b" ")
    else:
        path.unlink()
    with pytest.raises(NoModel, match=r"tokenizer\.json"):
        models.check(folder)


def test_sums_are_written_as_sha256sum_reads_them(tmp_path: Path) -> None:
    folder = tiny_whisper.write(tmp_path / "model")
    models.seal(folder)
    subprocess.run(["sha256sum", "--check", "--strict", models.SUMS], cwd=folder, check=True, capture_output=True)


async def test_an_engine_that_is_offline_loads_what_is_there_and_reaches_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    settings = {"engine": "faster-whisper", "models": str(tmp_path), "threads": 1, "offline": True}
    there = EngineProcess("telop_asr.engines:serve", settings | {"model": str(tiny)})
    missing = EngineProcess("telop_asr.engines:serve", settings | {"model": "tiny"})
    reaching = EngineProcess("tests.unit.asr.reaching_engine:serve", settings | {"model": ""})
    try:
        assert (await there.start()).model == f"model sha256:{models.check(tiny).sha256}"
        with pytest.raises(EngineUnavailableError, match="TELOP_OFFLINE forbids to fetch") as caught:
            await missing.start()
        assert "telop models fetch" in caught.value.detail
        with pytest.raises(EngineUnavailableError, match="TELOP_OFFLINE is set"):
            await reaching.start()
    finally:
        for engine in (there, missing, reaching):
            await engine.stop()
