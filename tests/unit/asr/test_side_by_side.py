"""Two wordings of one sound are laid side by side, and cut where both have the edge of a word."""

from telop_asr.engines.aligning import Aligner
from telop_asr.engines.side_by_side import Word, passages

ALIGNER = Aligner(())


def laid(one: str, other: str) -> list[tuple[str, str]]:
    first, second = ([Word(word, ALIGNER.phones(word)) for word in text.split()] for text in (one, other))
    found = passages(first, second)
    assert [each for passage in found for each in range(passage.first, passage.until)] == list(range(len(first)))
    return [
        (
            " ".join(word.key for word in first[each.first : each.until]),
            " ".join(word.key for word in second[each.other_first : each.other_until]),
        )
        for each in found
    ]


def test_equal_words_stand_alone() -> None:
    assert laid("a new budget", "a new budget") == [("a", "a"), ("new", "new"), ("budget", "budget")]


def test_words_that_sound_alike_are_cut_where_both_end() -> None:
    assert laid("the mere wants two trees", "the mayor wants to trees") == [
        ("the", "the"),
        ("mere", "mayor"),
        ("wants", "wants"),
        ("two", "to"),
        ("trees", "trees"),
    ]


def test_one_word_stands_beside_the_two_that_it_was_taken_for() -> None:
    assert ("whitfield", "would field") in laid("thomas whitfield said", "thomas would field said")
    assert laid("every one came", "everyone came")[0] == ("every one", "everyone")


def test_a_word_that_only_one_has_stands_beside_nothing() -> None:
    assert laid("she saw the cat", "she saw cat") == [("she", "she"), ("saw", "saw"), ("the", ""), ("cat", "cat")]
    assert laid("", "cat") == [("", "cat")]
    assert laid("cat", "") == [("cat", "")]
    assert laid("", "") == []
