"""How names sound: by their reading, the dictionary, or rules; and what cannot be said."""

import pytest
from telop_asr.engines.pronouncing import MOST_FORMS, spoken, words_alone
from telop_asr.transcription import Name

DICTIONARY = {
    "keir": "K IH R",
    "starmer": "S T AA R M ER",
    "jose": "HH OW Z EY",
    "read": "R EH D",
    "read(2)": "R IY D",
    "n": "EH N",
    "h": "EY CH",
    "k": "K EY",
}


def sounds(text: str, reading: str | None = None) -> list[str]:
    ways = spoken(Name(text, reading), DICTIONARY.get)
    return [" | ".join(" ".join(phones) for phones in way.phones) for way in ways]


def test_a_name_sounds_as_the_dictionary_says_word_by_word() -> None:
    [way] = spoken(Name("Keir Starmer"), DICTIONARY.get)
    assert way.words == ("Keir", "Starmer")
    assert way.phones == (("K", "IH", "R"), ("S", "T", "AA", "R", "M", "ER"))


def test_a_word_may_be_said_in_several_ways_but_not_in_very_many() -> None:
    assert sounds("Read") == ["R EH D", "R IY D"]
    assert len(sounds("Read Read Read Read")) == MOST_FORMS


@pytest.mark.parametrize(
    ("text", "reading", "sound"),
    [
        ("山田太郎", "やまだ たろう", "Y AA M AA D AA T AA R OW"),
        ("京都", "きょうと", "K Y OW T OW"),
        ("北海道", "ほっかいどう", "HH OW K AY D OW"),
        ("新宿", "シンジュク", "SH IY N JH UW K UW"),
        ("山田 太郎", "やまだ たろう", "Y AA M AA D AA | T AA R OW"),
        ("Dunmore", "keir starmer", "K IH R S T AA R M ER"),
    ],
)
def test_a_reading_says_how_it_sounds(text: str, reading: str, sound: str) -> None:
    assert sounds(text, reading) == [sound]


def test_names_in_the_letters_of_japanese_are_said_both_ways() -> None:
    assert sounds("Fukuda")[-1] == "F UW K UW D AA"
    assert len(sounds("Fukuda")) == 2


def test_abbreviations_are_spelled_and_unknown_words_said_by_the_rules_of_english() -> None:
    assert sounds("NHK")[0] == "EH N EY CH K EY"
    assert sounds("Blackthorpe") == ["B L AE K TH AO R P"]


def test_accents_are_no_hindrance() -> None:
    assert sounds("José")[0] == "HH OW Z EY"


@pytest.mark.parametrize("text", ["李", "2001", "C-3PO", "Keir 李", "…"])
def test_what_has_no_sound_is_not_guessed(text: str) -> None:
    assert sounds(text) == []


def test_words_of_a_name_that_the_recogniser_has_not_heard_of_are_expected_alone_too() -> None:
    ways = spoken(Name("Keir Starmer"), DICTIONARY.get)
    [[alone]] = words_alone(ways, lambda word: word == "Starmer")
    assert (alone.words, alone.phones) == (("Starmer",), (("S", "T", "AA", "R", "M", "ER"),))
    assert words_alone(spoken(Name("Keir"), DICTIONARY.get), lambda _: True) == []
