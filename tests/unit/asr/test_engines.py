"""What every engine does, run over the fake and over the real ones: a new engine joins by a line in `ENGINES`."""

import importlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
import telop_cli.demo
from numpy.typing import NDArray
from telop_asr import decoding, engines
from telop_asr.engines import AsrEngine, EngineSettings, SoundFileEngine
from telop_asr.transcription import SAMPLE_RATE as RATE
from telop_chassis.child_side import EngineMissingError
from telop_chassis.sandbox import Refused
from telop_contracts.values import EngineFingerprint

from tests.unit.asr import tiny_whisper
from tests.unit.asr.fake_engine import FakeEngine

CLIP = Path(telop_cli.demo.__file__).parent / "assets" / "clip.mp4"
Make = Callable[[Path], AsrEngine]


def settings(engine: str, model: str = "") -> EngineSettings:
    return {"engine": engine, "model": model, "threads": 1, "offline": True}


def real(name: str, model: str = "") -> AsrEngine:
    loaded: AsrEngine = importlib.import_module(engines.ENGINES[name]).load(settings(name, model))
    return loaded


ENGINES: dict[str, Make] = {
    "fake": lambda _: FakeEngine(),
    "pocketsphinx": lambda _: real("pocketsphinx"),
    "faster-whisper": lambda folder: real("faster-whisper", str(tiny_whisper.write(folder))),
}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsrEngine:
    made = ENGINES[request.param](tmp_path_factory.mktemp("model"))
    made.warm_up()
    return made


@cache
def speech() -> NDArray[np.int16]:
    """The first sentence of the demo's clip, and the silence around it."""
    with NamedTemporaryFile() as output:
        request = {"path": str(CLIP), "format": "mov", "language": "en", "output": output.name}
        decoding.main(request | {"start_s": 0.0, "end_s": 3.4})
        return np.fromfile(output.name, np.int16)


def test_the_default_is_among_the_engines_that_can_be_chosen() -> None:
    assert set(ENGINES) == {*engines.ENGINES, "fake"}


def test_words_lie_in_order_within_the_sound(engine: AsrEngine) -> None:
    words = engine.hear(speech(), "en-GB")

    assert words
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert all(0 <= word.start_s <= word.end_s <= len(speech()) / RATE for word in words)
    assert all(0 <= word.confidence <= 1 for word in words)
    assert all(word.text == word.text.strip() != "" for word in words)


def test_the_same_sound_gives_the_same_words_whatever_was_heard_between(engine: AsrEngine) -> None:
    first = engine.hear(speech(), "en")
    engine.hear(speech()[RATE:] // 8, "en")
    assert engine.hear(speech(), "en") == first


@pytest.mark.parametrize("samples", [0, 1, 479, 480, 5 * RATE])
def test_silence_has_no_words(samples: int, engine: AsrEngine) -> None:
    assert engine.hear(np.zeros(samples, np.int16), "en") == []


def test_a_language_that_it_does_not_know_is_refused(engine: AsrEngine) -> None:
    with pytest.raises(Refused, match=r"^language_not_supported$"):
        engine.hear(speech(), "tlh")


def test_it_says_which_it_is(engine: AsrEngine) -> None:
    served = SoundFileEngine(engine)
    assert EngineFingerprint.model_validate(served.fingerprint()) == engine.fingerprint()


def test_words_leave_the_engine_s_process_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    speech().astype("<i2").tofile(path)

    answer = json.loads(json.dumps(SoundFileEngine(FakeEngine()).answer({"sound": str(path), "language": "en"})))

    heard = FakeEngine().hear(speech(), "en")
    assert answer["words"] == [[word.text, word.start_s, word.end_s, word.confidence] for word in heard]


def test_pocketsphinx_hears_plain_words_without_marks_of_other_pronunciations() -> None:
    words = [word.text for word in real("pocketsphinx").hear(speech(), "en")]
    assert words == ["the", "government", "will", "announce", "a", "new", "budget", "on", "friday"]


def test_faster_whisper_takes_words_and_times_from_its_model(tmp_path: Path) -> None:
    words = real("faster-whisper", str(tiny_whisper.write(tmp_path))).hear(speech(), "en")
    assert [word.text for word in words][:2] == ["hello", "world"]
    assert [word.start_s for word in words][:2] == pytest.approx([0.0, 1.0], abs=0.1)


@pytest.mark.parametrize("damage", ["no such model", "no such folder", "not a model"])
def test_a_model_that_cannot_be_had_says_how_to_get_it(damage: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    model = {"no such model": "tiny", "no such folder": str(tmp_path / "none"), "not a model": str(tmp_path / "empty")}

    with pytest.raises(EngineMissingError, match="TELOP_ASR__MODEL") as caught:
        engines.load(settings("faster-whisper", model[damage]))

    assert model[damage] in caught.value.advice
    assert "TELOP_OFFLINE" in caught.value.advice


def test_an_unknown_engine_says_which_there_are() -> None:
    with pytest.raises(EngineMissingError, match="faster-whisper, pocketsphinx"):
        engines.load(settings("nonsense"))
