"""Words in media time: what a range holds."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from telop_asr.transcription import HeardWord, shifted, within

TIMES = st.floats(min_value=0, max_value=100)


def word(start_s: float, end_s: float, text: str = "word") -> HeardWord:
    return HeardWord(text, start_s, end_s, 1.0)


def test_words_of_a_later_piece_of_sound_move_by_its_start() -> None:
    assert shifted([word(0.5, 1.0)], 28.0) == [word(28.5, 29.0)]


def test_a_word_is_clipped_to_the_range_that_holds_its_middle_and_open_where_it_was_cut() -> None:
    assert within([word(9.8, 10.4)], 10.0, 20.0) == [replace(word(10.0, 10.4), open_start=True)]
    assert within([word(19.2, 20.4)], 10.0, 20.0) == [replace(word(19.2, 20.0), open_end=True)]
    assert within([word(10.0, 20.0)], 10.0, 20.0) == [word(10.0, 20.0)]
    assert within([word(9.8, 10.4)], 0.0, 10.0) == []


def test_words_come_in_order_of_time() -> None:
    assert within([word(5, 6, "later"), word(1, 2, "sooner")], 0, 10) == [word(1, 2, "sooner"), word(5, 6, "later")]


@given(st.lists(st.tuples(TIMES, TIMES).map(sorted), max_size=30), TIMES)
def test_two_ranges_that_meet_have_every_word_once(spans: list[list[float]], cut_s: float) -> None:
    words = [word(start_s, end_s, str(index)) for index, (start_s, end_s) in enumerate(spans)]

    both = within(words, 0, cut_s) + within(words, cut_s, 101)

    assert sorted(each.text for each in both) == sorted(each.text for each in words)
    assert all(each.start_s <= each.end_s for each in both)
