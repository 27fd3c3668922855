"""What every engine does, run over the fake and over the real ones: a new engine joins by a line in `ENGINES`."""

import importlib
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from unittest import mock

import numpy as np
import pytest
import telop_cli.demo
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from numpy.typing import NDArray
from telop_asr import decoding, engines
from telop_asr.engines import AsrEngine, EngineSettings, SoundFileEngine, faster_whisper, received
from telop_asr.engines.faster_whisper import joined
from telop_asr.transcription import SAMPLE_RATE as RATE
from telop_asr.transcription import HeardWord, Name
from telop_asr.voice import Stretch, stretches
from telop_chassis.child_side import EngineMissingError
from telop_chassis.sandbox import Refused
from telop_contracts.values import EngineFingerprint

from tests.unit.asr import tiny_whisper
from tests.unit.asr.fake_engine import FakeEngine

CLIP = Path(telop_cli.demo.__file__).parent / "assets" / "clip.mp4"
Make = Callable[[Path], AsrEngine]


def settings(engine: str, model: str = "") -> EngineSettings:
    return {"engine": engine, "model": model, "models": "/nonexistent", "threads": 1, "offline": True}


def real(name: str, model: str = "") -> AsrEngine:
    loaded: AsrEngine = importlib.import_module(engines.ENGINES[name]).load(settings(name, model))
    return loaded


ENGINES: dict[str, Make] = {
    "fake": lambda _: FakeEngine(),
    "moonshine": lambda _: real("moonshine"),
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
        request = {"path": str(CLIP), "format": "mov", "track": None, "output": output.name}
        decoding.main(request | {"start_s": 0.0, "end_s": 3.4})
        return np.fromfile(output.name, np.int16)


def hear(engine: AsrEngine, sound: NDArray[np.int16], language: str, *names: Name) -> list[HeardWord]:
    """What an engine makes of a sound by itself."""
    return engine.hear(sound, stretches(sound, Stretch(0, len(sound))), language, names).words


def test_the_default_is_among_the_engines_that_can_be_chosen() -> None:
    assert set(ENGINES) == {*engines.ENGINES, "fake"}


def test_words_lie_in_order_within_the_sound(engine: AsrEngine) -> None:
    words = hear(engine, speech(), "en-GB")

    assert words
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert all(0 <= word.start_s <= word.end_s <= len(speech()) / RATE for word in words)
    assert all(0 <= word.confidence <= 1 for word in words)
    assert all(word.text == word.text.strip() != "" for word in words)


def test_the_same_sound_gives_the_same_words_whatever_was_heard_between(engine: AsrEngine) -> None:
    first = hear(engine, speech(), "en")
    hear(engine, speech()[RATE:] // 8, "en", Name("Somebody Else"))
    assert hear(engine, speech(), "en") == first


def test_what_a_telop_says_is_compared_and_never_expected(engine: AsrEngine) -> None:
    first = hear(engine, speech(), "en")
    engine.likelihoods(speech(), ["the government will announce a new bucket on blackthorpe"] * 3, "en", ())
    assert hear(engine, speech(), "en") == first


@pytest.mark.parametrize("samples", [0, 1, 479, 480, 5 * RATE])
def test_silence_has_no_words(samples: int, engine: AsrEngine) -> None:
    assert hear(engine, np.zeros(samples, np.int16), "en") == []


def test_every_wording_has_a_likelihood_or_none(engine: AsrEngine) -> None:
    wordings = ("the government will announce", "good evening", "犬")
    rated = engine.likelihoods(speech(), wordings, "en", (Name("Dunmore"),))
    assert len(rated) == len(wordings)
    assert rated[-1] is None
    assert engine.likelihoods(speech(), wordings, "en", (Name("Dunmore"),)) == rated


def test_a_language_that_it_does_not_know_is_refused(engine: AsrEngine) -> None:
    with pytest.raises(Refused, match=r"^language_not_supported$"):
        hear(engine, speech(), "tlh")


def test_it_says_which_it_is(engine: AsrEngine) -> None:
    own, served = engine.fingerprint(), EngineFingerprint.model_validate(SoundFileEngine(engine).fingerprint())
    assert (served.name, served.version, served.model) == (own.name, own.version, own.model)
    assert engine.device in {"cpu", "cuda"}


@pytest.mark.parametrize("name", ["moonshine", "pocketsphinx", "faster-whisper"])
def test_a_real_engine_s_fingerprint_has_the_hash_of_its_model(name: str, tmp_path: Path) -> None:
    fingerprint = ENGINES[name](tmp_path).fingerprint()
    assert re.fullmatch(r".+ sha256:[0-9a-f]{64}", fingerprint.model)
    assert fingerprint == ENGINES[name](tmp_path).fingerprint()


def test_words_leave_the_engine_s_process_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    speech().astype("<i2").tofile(path)
    request = {"sound": str(path), "start_s": 0.5, "end_s": 2.5, "language": "en", "roster": [["Dunmore", None]]}

    answer = json.loads(json.dumps(SoundFileEngine(FakeEngine()).answer(request)))

    heard = FakeEngine().hear(speech(), stretches(speech(), Stretch(8_000, 40_000)), "en", (Name("Dunmore"),))
    assert heard.words
    assert received(answer) == heard.words
    assert answer["not_biased"] == ["Dunmore"]
    assert answer["device"] == "cpu"
    assert answer["took_s"] > 0


def test_wordings_are_compared_in_the_engine_s_process(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    speech().astype("<i2").tofile(path)
    request = {"sound": str(path), "language": "en", "roster": [], "wordings": ["word word", "word"]}
    answer = json.loads(json.dumps(SoundFileEngine(FakeEngine()).answer(request)))
    assert answer == {"likelihoods": FakeEngine().likelihoods(speech(), ["word word", "word"], "en", ())}


@pytest.mark.parametrize("name", ["moonshine", "pocketsphinx"])
def test_plain_words_are_heard_without_marks(name: str) -> None:
    words = [word.text for word in hear(real(name), speech(), "en")]
    assert words == ["the", "government", "will", "announce", "a", "new", "budget", "on", "friday"]


def test_faster_whisper_takes_words_and_their_times_from_one_batch_of_stretches(tmp_path: Path) -> None:
    whisper = real("faster-whisper", str(tiny_whisper.write(tmp_path)))
    noise = np.random.default_rng(0).normal(0, 300, 60 * RATE).astype(np.int16)
    speech = [Stretch(2 * RATE, 5 * RATE), Stretch(40 * RATE, 43 * RATE)]

    words = whisper.hear(noise, speech, "en", ()).words

    assert [word.text for word in words] == ["hello", "world"] * 2
    assert [word.start_s for word in words] == pytest.approx([2.0, 3.0, 40.0, 41.0], abs=0.1)


@pytest.mark.parametrize(("gpus", "device", "compute_type"), [(0, "cpu", "int8"), (2, "cuda", "float16")])
def test_faster_whisper_computes_on_a_gpu_where_there_is_one(
    gpus: int, device: str, compute_type: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = mock.Mock(return_value=WhisperModel(str(tiny_whisper.write(tmp_path)), device="cpu", compute_type="int8"))
    monkeypatch.setattr(faster_whisper, "WhisperModel", loaded)
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: gpus)
    assert real("faster-whisper", str(tmp_path)).device == device
    assert loaded.call_args.kwargs == {"device": device, "compute_type": compute_type, "cpu_threads": 1}


def test_without_a_gpu_the_weights_of_faster_whisper_have_8_bits(tmp_path: Path) -> None:
    engine = real("faster-whisper", str(tiny_whisper.write(tmp_path)))
    assert isinstance(engine, faster_whisper.FasterWhisperEngine)
    assert engine.device == "cuda" or engine._model.model.compute_type.startswith("int8")


def test_whisper_hears_neighbouring_stretches_at_once_but_no_more_than_half_a_minute() -> None:
    speech = [Stretch(at * RATE, (at + 4) * RATE) for at in range(1, 40, 5)]
    assert joined(speech) == [Stretch(1 * RATE, 30 * RATE), Stretch(31 * RATE, 40 * RATE)]
    assert joined(speech[:1]) == speech[:1]


def test_faster_whisper_is_told_as_many_names_as_its_prompt_takes_and_says_which_are_left_out(tmp_path: Path) -> None:
    whisper = real("faster-whisper", str(tiny_whisper.write(tmp_path)))
    roster = tuple(Name(f"name{at}") for at in range(100))

    heard = whisper.hear(speech(), stretches(speech(), Stretch(0, len(speech()))), "en", roster)

    assert 0 < len(heard.not_biased) < 100
    assert heard.not_biased == [name.text for name in roster[-len(heard.not_biased) :]]
    assert hear(whisper, speech(), "en", roster[0]) != hear(whisper, speech(), "en"), "the hint reached the model"


@pytest.mark.parametrize("damage", ["no such model", "no such folder", "not a model"])
def test_a_model_that_cannot_be_had_says_how_to_get_it(damage: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    model = {"no such model": "tiny", "no such folder": str(tmp_path / "none"), "not a model": str(tmp_path / "empty")}

    with pytest.raises(EngineMissingError, match="TELOP_ASR__MODEL") as caught:
        engines.load(settings("faster-whisper", model[damage]))

    assert model[damage] in caught.value.advice
    assert "TELOP_OFFLINE" in caught.value.advice


def test_an_unknown_engine_says_which_there_are() -> None:
    with pytest.raises(EngineMissingError, match="faster-whisper, moonshine, pocketsphinx"):
        engines.load(settings("nonsense"))
