"""Names of a roster are heard where they are said, and nowhere else; their words are what the roster writes."""

from functools import cache

import pytest
from telop_asr.engines.pocketsphinx import PocketSphinxEngine, calibrated
from telop_asr.transcription import HeardWord, Name
from telop_asr.voice import Stretch

from tests.unit.asr import news

DECOYS = ("Rainey", "Minstrell", "Copperfield", "Snowe", "Fryer", "Polise", "Accidenti", "Oceane", "Revere")
NAMED = [each for each in news.sentences() if each.name][10:16]
UNNAMED = [each for each in news.sentences() if not each.name][:3]


@pytest.fixture(scope="module")
def engine() -> PocketSphinxEngine:
    return PocketSphinxEngine()


@cache
def hear(engine: PocketSphinxEngine, sentence: news.Sentence, *roster: str) -> list[HeardWord]:
    return engine.hear(sentence.sound, [Stretch(0, len(sentence.sound))], "en", tuple(map(Name, roster))).words


def names_in(words: list[HeardWord], names: tuple[str, ...]) -> set[str]:
    line = f" {' '.join(word.text for word in words)} "
    return {name for name in names if f" {name} " in line}


def test_most_names_are_heard_with_a_roster_and_hardly_one_without(engine: PocketSphinxEngine) -> None:
    with_roster = [hear(engine, each, *news.NAMES) for each in NAMED]
    without = [hear(engine, each) for each in NAMED]

    heard = [each.name in names_in(words, news.NAMES) for each, words in zip(NAMED, with_roster, strict=True)]
    known = [each.name in names_in(words, news.NAMES) for each, words in zip(NAMED, without, strict=True)]
    assert sum(heard) >= sum(known) + 3
    assert sum(heard) >= 4


def test_names_that_nobody_says_are_not_heard(engine: PocketSphinxEngine) -> None:
    for each in UNNAMED:
        words = hear(engine, each, *news.NAMES, *DECOYS)
        assert names_in(words, (*news.NAMES, *DECOYS)) == set()
        assert [word.text for word in words] == [word.text for word in hear(engine, each)]


def test_the_words_of_a_name_share_its_time_in_order(engine: PocketSphinxEngine) -> None:
    sentence = next(each for each in NAMED if each.name == "Wojtek Szymanski")
    words = hear(engine, sentence, "Wojtek Szymanski")
    first, last = (next(word for word in words if word.text == text) for text in ("Wojtek", "Szymanski"))
    assert 0 < first.start_s < first.end_s == pytest.approx(last.start_s)
    assert last.start_s < last.end_s < len(sentence.sound) / 16_000


def test_what_cannot_be_said_is_told_and_one_roster_leaves_nothing_to_the_next(engine: PocketSphinxEngine) -> None:
    sentence = NAMED[0]
    plain = hear(engine, sentence)
    speech = [Stretch(0, len(sentence.sound))]
    told = engine.hear(sentence.sound, [], "en", (Name("李"), Name("2001"), Name("Dunmore"), Name("李", "リー")))
    assert told.not_biased == ["李", "2001"]
    assert engine.hear(sentence.sound, speech, "en", tuple(map(Name, news.NAMES))).words != plain
    assert engine.hear(sentence.sound, speech, "en", ()).words == plain


def test_the_true_word_is_among_the_alternatives_more_often_than_first(engine: PocketSphinxEngine) -> None:
    first = among = 0
    for each in (*NAMED, *UNNAMED):
        said, words = each.said.split(), hear(engine, each)
        if len(said) != len(words):
            continue
        for true, word in zip(said, words, strict=True):
            first += word.text == true
            among += true in {word.text, *(other.text for other in word.alternatives)}
            assert sum(other.confidence for other in word.alternatives) <= 1.0 - word.confidence + 1e-6
    assert among > first > 0


def test_confidence_keeps_the_order_of_the_lattice_and_is_never_certain() -> None:
    ratings = [calibrated(at / 100) for at in range(101)]
    assert ratings == sorted(ratings)
    assert 0 < ratings[0] < 0.1
    assert 0.9 < ratings[-1] < 1
