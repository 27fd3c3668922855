"""The lexicons give what the lists that they were packed from say."""

import math
from importlib import resources

import pytest
import wordfreq
from telop_matcher.counts import Counts
from telop_matcher.english import SOUNDS, EnglishLexicon
from telop_matcher.japanese import SudachiLexicon


def test_counts_give_each_word_its_own_number_and_nothing_to_others() -> None:
    given = {"": 1.0, "a": 2.0, "ab": 3.5, "漢字": 4.0, "漢": 5e-9}
    counts = Counts(given)
    assert {word: counts.get(word) for word in given} == given
    assert [counts.get(word) for word in ("b", "abc", "字", "漢字 ")] == [0.0] * 4


def test_a_frequency_is_what_wordfreq_says(english: EnglishLexicon) -> None:
    words = wordfreq.top_n_list("en", 200_000)[::100]
    assert {word: english.zipf(word) for word in words} == {word: wordfreq.zipf_frequency(word, "en") for word in words}


@pytest.mark.parametrize(
    "word", ["2021", "1,234", "covid-19", "12.5%", "3rd", "O'Brien's", "Été", "u.s.", "well-known", "", "—", "zzqqx"]
)
def test_what_is_no_plain_word_has_the_frequency_of_its_parts(english: EnglishLexicon, word: str) -> None:
    assert english.zipf(word) == pytest.approx(wordfreq.zipf_frequency(word, "en"), abs=0.011)


def test_a_japanese_frequency_is_what_wordfreq_says(japanese: SudachiLexicon) -> None:
    shares = wordfreq.get_frequency_dict("ja")
    words = list(shares)[::500]
    assert {word: japanese.zipf(word) for word in words} == {word: 9 + math.log10(shares[word]) for word in words}
    assert japanese.zipf("zzqqx") == 0.0


def test_a_word_sounds_as_its_first_pronunciation(english: EnglishLexicon) -> None:
    lines = resources.files("pocketsphinx").joinpath(SOUNDS).read_text("utf-8").splitlines()
    first: dict[str, str] = {}
    for line in lines:
        word, _, sounds = line.partition(" ")
        first.setdefault(word.partition("(")[0], sounds)
    assert {word: english.sound(word) for word in first} == first
    assert english.sound("zzqqx") is None
