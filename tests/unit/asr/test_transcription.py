"""Words in media time: what a range holds, and what a supplied transcript makes of its lines."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_asr import supplied
from telop_asr.transcription import HeardWord, Line, shifted, within, words_of
from telop_chassis.failures import PermanentError

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


def test_the_time_of_a_line_is_shared_out_by_length() -> None:
    words = words_of([Line(10.0, 12.0, "go  home soon")])

    assert [each.text for each in words] == ["go", "home", "soon"]
    assert [each.start_s for each in words] == pytest.approx([10.0, 10.4, 11.2])
    assert [each.end_s for each in words] == pytest.approx([10.4, 11.2, 12.0])


def test_a_line_of_blanks_has_no_words() -> None:
    assert words_of([Line(0, 1, "  \n ")]) == []


def test_text_without_spaces_becomes_words_that_an_event_can_carry() -> None:
    words = words_of([Line(0, 10, "あ" * 500)])
    assert [len(each.text) for each in words] == [200, 200, 100]


def test_a_segment_takes_its_part_of_a_line_that_goes_on() -> None:
    lines = [Line(28.0, 32.0, "one two six ten"), Line(40.0, 41.0, "far")]
    assert [each.text for each in supplied.hear(lines, 0.0, 30.0)] == ["one", "two"]
    assert [each.text for each in supplied.hear(lines, 30.0, 35.0)] == ["six", "ten"]


def test_more_words_than_an_event_carries_are_refused() -> None:
    with pytest.raises(PermanentError, match="too_many_words"):
        supplied.hear([Line(0, 1, "a " * 3_001)], 0, 30)
