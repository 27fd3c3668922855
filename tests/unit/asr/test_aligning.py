"""How well wordings fit a sound, by the real model of sounds."""

import itertools

import pytest
from telop_asr.engines.aligning import Aligner
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_asr.transcription import Name
from telop_chassis.sandbox import Refused

from tests.unit.asr import news
from tests.unit.asr.test_engines import speech

SAID = "the government will announce a new budget on friday"


@pytest.mark.parametrize(
    "other",
    [
        "the government will announce a new bucket on friday",
        "the government will announce a new budget friday",
        "the government will not announce a new budget on friday",
        "the government will announce a new budget on monday",
    ],
)
def test_what_was_said_fits_clearly_better_than_what_was_not(other: str) -> None:
    said, unsaid = PocketSphinxEngine().likelihoods(speech(), [SAID, other], "en-GB", ())
    assert said is not None
    assert unsaid is not None
    assert said - unsaid > 30


def test_every_wording_is_measured_against_the_same_sound_whatever_was_asked_before() -> None:
    aligner = Aligner(())
    wordings = [SAID, SAID.replace("budget", "bucket"), "good evening"]
    found = {
        order: [aligner.likelihood(speech(), each) for each in order] for order in itertools.permutations(wordings)
    }
    assert all(sorted(map(str, each)) == sorted(map(str, found[tuple(wordings)])) for each in found.values())


def test_a_name_is_said_as_the_roster_says_and_an_unknown_word_by_the_rules() -> None:
    sentence = next(each for each in news.sentences() if each.name)
    assert sentence.name
    said = sentence.said.lower()
    assert sentence.name.lower() in said
    aligner = Aligner((Name(sentence.name),))
    fits, wrong = (
        aligner.likelihood(sentence.sound, text) for text in (said, said.replace(sentence.name.lower(), "blorfington"))
    )
    assert fits is not None
    assert wrong is not None
    assert fits > wrong


@pytest.mark.parametrize("wording", ["", "犬", "he scored 3"])
def test_what_cannot_be_said_has_no_likelihood(wording: str) -> None:
    assert Aligner(()).likelihood(speech(), wording) is None


def test_a_sound_too_short_for_its_words_has_none() -> None:
    assert Aligner(()).likelihood(speech()[:800], SAID) is None


def test_another_language_is_refused() -> None:
    with pytest.raises(Refused, match="language_not_supported"):
        PocketSphinxEngine().likelihoods(speech(), ["犬"], "ja", ())
