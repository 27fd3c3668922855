"""Which frames the plan asks for, on hand-made changes."""

from collections.abc import Sequence

import numpy as np
from telop_ocr.changes import Change
from telop_ocr.sampling import Asked, ReadingPlan

ROWS, COLUMNS = 20, 30
BLOCK = (slice(10, 12), slice(5, 15))
ELSEWHERE = (slice(2, 4), slice(5, 15))
Region = tuple[slice, slice]


def change(fired: Sequence[Region] = (), written: Sequence[Region] = ()) -> Change:
    counts = np.zeros((2, ROWS, COLUMNS), np.uint8)
    for region in fired:
        counts[0][region] = 40
    for region in written:
        counts[1][region] = 40
    return Change(counts[0], counts[1])


def run(changes: Sequence[Change], heartbeat_s: float = 1.0) -> list[tuple[int, Asked]]:
    """Frames asked for, of 25 a second, and the question."""
    plan = ReadingPlan(ROWS, COLUMNS, heartbeat_s)
    asked: list[tuple[int, Asked]] = []
    for frame, each in enumerate(changes):
        question = plan.choose(frame / 25, each)
        if question is not None:
            asked.append((frame - question.previous, question))
    last = plan.finish()
    return asked if last is None else [*asked, (len(changes) - 1, last)]


def test_a_caption_that_comes_and_stays_is_read_once() -> None:
    asked = run([change(), change([BLOCK], [BLOCK])] + [change((), [BLOCK])] * 50)
    assert [frame for frame, _ in asked] == [4]


def test_only_the_rows_of_the_new_caption_are_asked_for() -> None:
    both = [BLOCK, ELSEWHERE]
    asked = run(
        [change([ELSEWHERE], [ELSEWHERE])]
        + [change((), [ELSEWHERE])] * 9
        + [change([BLOCK], both)] * 1
        + [change((), both)] * 9
    )
    assert [question.bands for _, question in asked] == [((0, 6),), ((8, 14),)]


def test_a_changed_character_asks_for_the_whole_height_of_its_caption() -> None:
    tall = (slice(5, 15), slice(5, 15))
    part = (slice(9, 11), slice(5, 8))
    asked = run(
        [change([tall], [tall])] + [change((), [tall])] * 9 + [change([part], [tall])] + [change((), [tall])] * 9
    )
    assert asked[-1][1].bands == ((3, 17),)


def test_captions_far_apart_are_asked_for_in_bands_of_their_own() -> None:
    both = [BLOCK, ELSEWHERE]
    (only,) = run([change(both, both)] + [change((), both)] * 9)
    assert only[1].bands == ((0, 6), (8, 14))


def test_a_caption_that_leaves_before_it_was_read_is_read_on_its_last_frame() -> None:
    # A wipe keeps part of the picture restless, then everything is replaced at once.
    plan = ReadingPlan(ROWS, COLUMNS, 10.0)
    small = (slice(10, 11), slice(5, 9))
    assert plan.choose(0.0, change([small], [small])) is None
    assert plan.choose(0.2, change([], [small])) is None  # four still tiles are too few to be read at once
    grown = (slice(10, 12), slice(9, 15))
    assert plan.choose(0.24, change([grown], [small, grown])) is None
    question = plan.choose(0.4, change([small, grown], [BLOCK]))
    assert question is not None
    assert question.previous


def test_an_empty_picture_after_a_caption_is_not_read() -> None:
    asked = run([change([BLOCK], [BLOCK])] + [change((), [BLOCK])] * 9 + [change([BLOCK], [])] + [change()] * 20)
    assert len(asked) == 1


def test_writing_that_never_stands_still_is_read_once_in_a_heartbeat() -> None:
    asked = run([change([BLOCK], [BLOCK])] * 101, heartbeat_s=1.0)
    assert len(asked) in (4, 5)


def test_a_speck_too_small_for_a_caption_waits_for_the_heartbeat() -> None:
    speck = (slice(10, 11), slice(5, 7))
    asked = run([change([speck], [speck])] + [change((), [speck])] * 50, heartbeat_s=1.0)
    assert [frame for frame, _ in asked] == [25]


def test_what_is_unread_at_the_end_is_read_on_the_last_frame() -> None:
    asked = run([change()] * 9 + [change([BLOCK], [BLOCK])])
    assert [frame for frame, _ in asked] == [9]
    assert asked[0][1].previous


def test_a_blank_range_is_never_read() -> None:
    assert run([change()] * 200) == []
