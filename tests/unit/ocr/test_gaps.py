"""Gaps between words that a recogniser passed over: made certain where it saw them, and where the picture is empty."""

import numpy as np
from numpy.typing import NDArray
from telop_ocr.engines.gaps import mark_gaps

WIDE = 8
"""Columns to a step."""


def steps(*letters: tuple[int, float]) -> NDArray[np.float32]:
    """Probabilities of blank, one letter and gap: a letter in the middle of so many steps, each with that of a gap."""
    rows: list[list[float]] = []
    for width, gap in letters:
        rows += [[0.01, 0.98, 0.0]] + [[1.0 - gap, 0.0, gap]] * (width - 1)
    return np.array(rows, np.float32)


def line(count: int, *empty: tuple[int, int]) -> NDArray[np.float32]:
    """Stripes, but for columns from the middle of one step to the middle of another."""
    picture = np.zeros((3, 48, count * WIDE), np.float32)
    picture[:, ::2] = 1.0
    for first, after in empty:
        picture[:, :, first * WIDE + WIDE // 2 : after * WIDE + WIDE // 2] = 0.0
    return picture


def gaps(read: NDArray[np.float32], picture: NDArray[np.float32]) -> list[int]:
    mark_gaps(read, picture)
    return [int(step) for step in np.flatnonzero(read[:, 2] >= 0.99)]


def test_a_gap_that_was_seen_but_was_not_likeliest_is_one() -> None:
    read = steps((2, 0.0), (2, 0.15), (2, 0.0))
    assert gaps(read, line(6)) == [3]


def test_what_was_seen_a_little_is_a_gap_only_between_letters_far_apart() -> None:
    read = steps((2, 0.0), (2, 0.05), (2, 0.0), (2, 0.0), (3, 0.05), (2, 0.0))
    assert gaps(read, line(13)) == [9]


def test_what_was_hardly_seen_is_no_gap_where_strokes_stand() -> None:
    read = steps((2, 0.0), (3, 0.001), (2, 0.99), (2, 0.0))
    assert gaps(read, line(9, (5, 7))) == [6]


def test_what_was_hardly_seen_is_a_gap_where_the_picture_is_as_empty_as_in_others() -> None:
    read = steps((2, 0.0), (3, 0.001), (2, 0.99), (2, 0.0))
    assert gaps(read, line(9, (2, 5), (5, 7))) == [3, 6]


def test_letters_set_wide_apart_are_no_words_where_no_gap_was_seen() -> None:
    read = steps((4, 0.0), (4, 0.0), (4, 0.0))
    assert gaps(read, line(12, (0, 4), (4, 8))) == []


def test_a_gap_is_marked_once() -> None:
    read = steps((2, 0.0), (4, 0.15), (2, 0.0))
    read[4] = [0.1, 0.0, 0.9]
    mark_gaps(read, line(8))
    assert [int(step) for step in np.flatnonzero(read.argmax(axis=1) == 2)] == [4]


def test_a_line_in_which_nothing_was_read_has_no_gaps() -> None:
    read = np.tile(np.array([0.9, 0.0, 0.1], np.float32), (5, 1))
    assert gaps(read, line(5)) == []
