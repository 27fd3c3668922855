"""Two wordings of a stretch become one: the likelier word stands, and the other is its alternative."""

from collections.abc import Sequence

import pytest
from telop_asr.engines.aligning import Aligner
from telop_asr.engines.side_by_side import Phones
from telop_asr.engines.witnesses import Witnesses, spoken
from telop_asr.transcription import HeardWord

ALIGNER = Aligner(())
SECONDS = 4.0


class Measured:
    """Wordings that hold a word of `better` fit better by so many nats; what it is asked is kept."""

    def __init__(self, **better: tuple[float, float, float]) -> None:
        self._better = better
        self.texts = list[str]()
        self.fitted = list[tuple[float, float, str]]()

    def _of(self, text: str, kind: int) -> float:
        words = text.lower().replace("-", " ").replace(".", "").split()
        return sum(gain[kind] for word, gain in self._better.items() if word in words)

    def written(self, text: str) -> float:
        self.texts.append(text)
        return self._of(text, 0)

    def fits(self, start_s: float, end_s: float, words: Sequence[str]) -> float | None:
        self.fitted.append((start_s, end_s, " ".join(words)))
        return self._of(" ".join(words), 1)

    def likely(self, words: Sequence[str]) -> float:
        return self._of(" ".join(words), 2)

    def phones(self, word: str) -> Phones:
        return ALIGNER.phones(word)


def heard(text: str, confidence: float = 0.6) -> list[HeardWord]:
    """Words of half a second each, from 0.5 s on."""
    return [HeardWord(word, (at + 1) / 2, (at + 2) / 2, confidence) for at, word in enumerate(text.split())]


def weighed(
    written: str, other: Sequence[HeardWord], measured: Measured, *names: str, sure: float = -0.5
) -> list[HeardWord]:
    said = spoken([(word, sure) for word in written.split()], [word.text.lower() for word in other])
    return Witnesses(said, other, measured, {name.lower(): name for name in names}).words(SECONDS)


def texts(words: Sequence[HeardWord]) -> str:
    return " ".join(word.text for word in words)


def test_what_both_have_is_surer_than_what_only_one_has() -> None:
    words = weighed("The mere wants", heard("the mayor wants"), Measured(mere=(3, 0, 0)))
    assert texts(words) == "the mere wants"
    assert words[0].confidence > 0.95 > words[1].confidence
    assert [(word.start_s, word.end_s) for word in words] == [(0.5, 1.0), (1.0, 1.5), (1.5, 2.0)]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_each_of_network_sounds_and_language_can_decide(kind: int) -> None:
    gain = [0.0, 0.0, 0.0]
    gain[kind] = (12.0, 150.0, 15.0)[kind]
    for better in ("mere", "mayor"):
        words = weighed("The mere wants", heard("the mayor wants"), Measured(**{better: (gain[0], gain[1], gain[2])}))
        other = "mayor" if better == "mere" else "mere"
        assert texts(words) == f"the {better} wants"
        assert [each.text for each in words[1].alternatives] == [other]
        assert words[1].alternatives[0].confidence < 1 - words[1].confidence


def test_the_recogniser_s_doubt_and_the_network_s_belief_count() -> None:
    said = "The mere wants", Measured()
    assert texts(weighed(said[0], heard("the mayor wants", 0.3), said[1], sure=-0.1)) == "the mere wants"
    assert texts(weighed(said[0], heard("the mayor wants", 0.95), said[1], sure=-0.1)) == "the mayor wants"
    assert texts(weighed(said[0], heard("the mayor wants", 0.3), said[1], sure=-4.0)) == "the mayor wants"


def test_a_name_of_the_roster_beats_what_sounds_like_it_and_is_written_as_there() -> None:
    said, other = "Thomas would feel said", heard("Thomas Whitfield said", 0.5)
    measured = Measured(would=(4, 0, 4))
    assert "Whitfield" not in texts(weighed(said, other, measured, sure=-0.2))
    assert texts(weighed(said, other, measured, "Thomas", "Whitfield", sure=-0.2)) == "Thomas Whitfield said"
    only = weighed("Ask Whitfield now", heard("ask wheat now"), Measured(whitfield=(9, 0, 9)), "Whitfield")
    assert texts(only) == "ask Whitfield now"


def test_wordings_are_compared_within_the_text_and_the_sound_around_them() -> None:
    measured = Measured()
    weighed("It was sixty-five, mere.", heard("it was sixty nine mayor"), measured, "Mayor")
    assert "It was sixty-nine, mere." in measured.texts
    assert "It was sixty-five, Mayor." in measured.texts
    assert (1.5, 3.0, "sixty nine mayor") in measured.fitted
    assert (2.0, SECONDS, "nine mayor") in [(start, SECONDS, text) for start, _, text in measured.fitted]


def test_the_words_of_a_longer_wording_share_its_time_by_their_phones() -> None:
    words = weighed("met all today", heard("metal today"), Measured(all=(12, 0, 12)))
    assert texts(words) == "met all today"
    assert 0.5 == words[0].start_s < words[0].end_s == words[1].start_s < words[1].end_s == pytest.approx(1.0)
    assert sum("metal" in [other.text for other in word.alternatives] for word in words) == 1


@pytest.mark.parametrize("only", ["saw the cat", "the saw cat", "saw cat the"])
def test_a_word_that_only_the_network_wrote_lies_between_its_neighbours(only: str) -> None:
    words = weighed(only, heard("saw cat"), Measured(the=(9, 0, 9)), sure=-0.1)
    assert texts(words) == only
    assert all(0 <= word.start_s < word.end_s <= SECONDS for word in words)
    middles = [(word.start_s + word.end_s) / 2 for word in words]
    assert middles == sorted(middles)


def test_a_word_that_only_the_recogniser_heard_goes_where_it_does_not_fit() -> None:
    measured = Measured(uh=(-9, -50, -9))
    assert texts(weighed("saw cat", heard("saw uh cat"), measured)) == "saw cat"
    assert texts(weighed("saw cat", heard("saw the cat", 0.95), Measured(the=(-1, 90, 9)))) == "saw the cat"


def test_a_figure_is_said_as_it_was_heard_and_else_in_the_usual_way() -> None:
    assert [each.key for each in spoken([("1967.", -1.0)], ["in", "one", "nine", "six", "seven"])] == [
        "one", "nine", "six", "seven",
    ]  # fmt: skip
    assert [each.key for each in spoken([("1967.", -1.0)], [])] == ["nineteen", "sixty", "seven"]
    assert [each.text for each in spoken([("1967.", -1.0)], [])][-1] == "seven."


def test_without_a_recogniser_s_words_the_network_s_fill_the_stretch_in_doubt() -> None:
    words = weighed("Good evening.", [], Measured(good=(9, 0, 0)), sure=-0.1)
    assert texts(words) in {"good evening", ""}
    assert all(0 <= word.start_s <= word.end_s <= SECONDS for word in words)
