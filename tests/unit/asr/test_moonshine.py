"""Moonshine's network: what it writes, how it rates wordings, and when its text is no transcript."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from telop_asr import decoding
from telop_asr.engines import AsrEngine, moonshine_model
from telop_asr.engines.moonshine import MoonshineEngine
from telop_asr.engines.moonshine_model import MoonshineModel, is_looping
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_asr.transcription import SAMPLE_RATE, Name
from telop_asr.voice import Stretch
from telop_chassis.child_side import EngineMissingError

from tests.unit.asr import news
from tests.unit.asr.test_engines import hear, speech

SAID = "The government will announce a new budget on Friday."


@cache
def model() -> MoonshineModel:
    return MoonshineModel(moonshine_model.find(), 1)


def test_it_writes_what_was_said_and_thinks_that_likely() -> None:
    words = model().written(model().encode(speech()), len(speech()) / SAMPLE_RATE)
    assert " ".join(word.text for word in words) == SAID
    assert all(-2 < word.log_probability <= 0 for word in words)


def test_what_it_wrote_is_as_likely_as_the_words_were_when_it_wrote_them() -> None:
    encoded = model().encode(speech())
    words = model().written(encoded, len(speech()) / SAMPLE_RATE)
    assert model().log_likelihood(encoded, SAID) == pytest.approx(sum(w.log_probability for w in words), abs=0.2)


@pytest.mark.parametrize("seconds", [9.3, 29.0])
def test_a_stretch_may_be_as_long_as_speech_is_cut(seconds: float) -> None:
    sound = news.sound()[: round(seconds * SAMPLE_RATE)]
    words = model().written(model().encode(sound), seconds)
    assert len(words) > 1.5 * seconds


@pytest.mark.parametrize("other", ["bucket", "budge it", "budgets", "犬"])
def test_what_was_said_is_likelier_than_what_was_not(other: str) -> None:
    encoded = model().encode(speech())
    assert model().log_likelihood(encoded, SAID) > model().log_likelihood(encoded, SAID.replace("budget", other)) + 2


def test_texts_are_cut_into_the_tokens_that_the_model_writes() -> None:
    assert model().text(model().tokens("Naïve 犬 budgets, sixty-five!")) == "Naïve 犬 budgets, sixty-five!"
    encoded = model().encode(speech())
    cut = [model().log_likelihood(encoded, text) for text in (SAID, SAID.replace("government", "govern ment"))]
    assert cut[0] > cut[1] + 5


def test_a_text_without_an_end_is_no_transcript() -> None:
    encoded = model().encode(speech())
    assert model().written(encoded, 0.3) == []


@pytest.mark.parametrize(
    ("tokens", "looping"),
    [([1, 5, 5, 5, 5], True), ([1, 5, 5, 5], False), ([1, 2, 3, 4, 5] * 4, True), ([1, 7, 8, 7, 8, 7, 8, 9], False)],
)
def test_a_phrase_four_times_in_a_row_is_a_loop(tokens: list[int], looping: bool) -> None:
    assert is_looping([0, *tokens]) is looping


def test_without_the_wheel_the_engine_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moonshine_model, "find_spec", lambda _: None)
    with pytest.raises(EngineMissingError, match="TELOP_ASR__ENGINE=pocketsphinx"):
        moonshine_model.find()
    assert find_spec("moonshine_voice"), "it is found without being imported"


class Mute(MoonshineModel):
    """A network that has no transcript of anything."""

    def written(self, *_: object) -> list[moonshine_model.WrittenWord]:
        return []


@pytest.mark.parametrize("samples", [500, 1_599])
def test_a_stretch_too_short_for_the_network_is_heard_by_the_other_alone(samples: int) -> None:
    assert MoonshineEngine(model()).hear(speech(), [Stretch(8_000, 8_000 + samples)], "en", ()).words == []


def test_where_the_network_has_no_transcript_the_other_stands_alone() -> None:
    words = hear(MoonshineEngine(Mute(moonshine_model.find(), 1)), speech(), "en")
    assert [word.text for word in words] == SAID.lower().rstrip(".").split()


def test_both_together_make_fewer_mistakes_than_the_recogniser_alone() -> None:
    def wrong(engine: AsrEngine, sentence: news.Sentence) -> int:
        stretch = [Stretch(0, len(sentence.sound))]
        heard = engine.hear(sentence.sound, stretch, "en", tuple(map(Name, news.NAMES))).words
        return Levenshtein.distance(sentence.said.lower().split(), [word.text.lower() for word in heard])

    sentences = news.sentences()[16:21]
    both, alone = MoonshineEngine(model()), PocketSphinxEngine()
    assert sum(wrong(both, each) for each in sentences) + 3 <= sum(wrong(alone, each) for each in sentences)


def test_noise_that_is_taken_for_speech_makes_no_sure_words() -> None:
    noise = np.random.default_rng(1).normal(0, 1_500, 3 * SAMPLE_RATE).astype(np.int16)
    words = MoonshineEngine(model()).hear(noise, [Stretch(0, len(noise))], "en", ()).words
    assert all(word.confidence < 0.9 for word in words)


CITIES = (
    "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness it was "
    "the epoch of belief it was the epoch of incredulity it was the season of light it was the season of darkness it "
    "was the spring of hope it was the winter of despair we had everything before us we had nothing before us we were "
    "all going direct to heaven we were all going direct the other way"
)
"""Charles Dickens, A Tale of Two Cities (1859), as far as the first 28.7 s of a human reading in the wheel go."""


def test_a_human_voice_is_understood_far_better_than_by_the_recogniser_alone() -> None:
    with NamedTemporaryFile() as output:
        request = {"path": str(moonshine_model.find().parent / "two_cities.wav"), "format": "wav", "track": None}
        decoding.main(request | {"output": output.name, "start_s": 0.0, "end_s": 28.7})
        sound = np.fromfile(output.name, np.int16)
    wrong = []
    for engine in (MoonshineEngine(model()), PocketSphinxEngine()):
        heard = [word.text.lower() for word in hear(engine, sound, "en-GB")]
        wrong.append(Levenshtein.distance(CITIES.split(), heard))
    assert wrong[0] <= 0.06 * len(CITIES.split())
    assert 3 * wrong[0] < wrong[1]


def test_a_package_without_the_model_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moonshine_voice").mkdir()
    (tmp_path / "moonshine_voice" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EngineMissingError, match="TELOP_ASR__ENGINE=pocketsphinx"):
        moonshine_model.find()
