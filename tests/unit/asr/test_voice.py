"""Speech is found whole, and nothing else is taken for speech."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from telop_asr.transcription import SAMPLE_RATE as RATE
from telop_asr.voice import Stretch, stretches

from tests.unit.asr import news

SECONDS = np.arange(10 * RATE) / RATE


def all_of(sound: NDArray[np.int16]) -> list[Stretch]:
    return stretches(sound, Stretch(0, len(sound)))


def music() -> NDArray[np.float64]:
    """Four voices of plucked notes with overtones."""
    notes = [(220, 0.0), (330, 0.2), (440, 0.4), (277, 0.1)]
    sound = np.zeros(len(SECONDS))
    for overtone in (1, 2, 3, 4):
        for hertz, late_s in notes:
            fading = np.exp(-3 * np.mod(SECONDS + late_s, 0.6))
            sound += 0.08 * np.sin(2 * np.pi * hertz * overtone * SECONDS) / overtone * fading
    return sound


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(len(SECONDS)),
        0.25 * np.sin(2 * np.pi * 440 * SECONDS),
        np.random.default_rng(0).normal(0, 0.1, len(SECONDS)),
        music(),
    ],
    ids=["silence", "tone", "noise", "music"],
)
def test_what_is_no_speech_is_left_out(sound: NDArray[np.float64]) -> None:
    assert all_of((32_767 * sound).astype(np.int16)) == []


def test_every_sentence_lies_within_one_stretch_and_pauses_are_left_out() -> None:
    found = all_of(news.sound())

    for sentence in news.sentences():
        middle = round((sentence.start_s + sentence.end_s) / 2 * RATE)
        [around] = [each for each in found if each.first <= middle < each.until]
        assert around.first / RATE <= sentence.start_s + 0.4
        assert around.until / RATE >= sentence.end_s - 0.4
    assert all(one.until <= other.first for one, other in pairwise(found))
    assert len(found) >= len(news.sentences())


def test_speech_that_crosses_an_edge_is_taken_whole_and_speech_beyond_is_not() -> None:
    whole = all_of(news.sound())
    third, fifth = whole[2], whole[4]

    within = Stretch(third.first + RATE, fifth.first + RATE // 2)

    assert stretches(news.sound(), within) == whole[2:5]
