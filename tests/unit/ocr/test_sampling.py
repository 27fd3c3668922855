"""Which frames the plan asks for, and where, on drawn frames."""

from collections.abc import Callable, Sequence

import numpy as np
from telop_ocr.changes import TILE, WritingTest
from telop_ocr.sampling import Asked, ReadingPlan

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, RATE, WIDTH, Caption, Frame

UPPER = (130, 60)


def run(
    captions: Sequence[Caption], frames: int, background: Callable[[float], Frame] = footage.still
) -> list[tuple[int, Asked]]:
    """Frames asked for, of 25 a second, and the question."""
    test = WritingTest(HEIGHT, WIDTH, 3)
    plan = ReadingPlan(test.rows, test.columns, 1.0)
    asked: list[tuple[int, Asked]] = []
    before = None
    for frame in range(frames):
        writing = test.observe(test.reduced(footage.luma(footage.draw(captions, frame / RATE, background))))
        for question in plan.choose(frame / RATE, writing):
            asked.append((frame - question.previous, question))
            test.know(before if question.previous and before else writing, question.tiles)
        before = writing
    return [*asked, *((frames - 1, question) for question in plan.finish())]


def rows(asked: Asked) -> tuple[int, int]:
    """Working pixels."""
    found = np.flatnonzero(asked.tiles.any(axis=1))
    return int(found[0]) * TILE, int(found[-1] + 1) * TILE


def test_a_caption_that_comes_and_stays_is_read_once_and_soon() -> None:
    ((frame, _),) = run([Caption("Harbour bridge", 0.4, 9.0)], 75)
    assert 10 < frame <= 18


def test_only_the_piece_of_the_new_caption_is_asked_for() -> None:
    asked = run([Caption("LIVE", 0.0, 9.0, UPPER), Caption("Harbour bridge", 1.0, 9.0)], 75)
    (_, first), (_, second) = asked
    assert rows(first)[1] <= 100
    assert rows(second)[0] >= 270


def test_captions_far_apart_are_pieces_of_their_own() -> None:
    asked = run([Caption("LIVE", 0.4, 9.0, UPPER), Caption("Harbour bridge", 0.4, 9.0)], 50)
    assert len(asked) == 2
    assert not (asked[0][1].tiles & asked[1][1].tiles).any()


def test_one_exchanged_character_asks_for_the_whole_caption_again() -> None:
    asked = run([Caption("It costs 3.4 million", 0.4, 1.6), Caption("It costs 3.1 million", 1.6, 9.0)], 75)
    (_, first), (frame, second) = asked
    assert 40 <= frame <= 50
    assert (first.tiles & second.tiles).sum() >= 0.8 * first.tiles.sum()
    assert second.unread.sum() <= first.unread.sum() / 3


def test_a_character_that_only_loses_strokes_asks_too() -> None:
    assert len(run([Caption("every ten minutes", 0.4, 1.6), Caption("every ten minute", 1.6, 9.0)], 75)) == 2


def test_a_caption_of_five_frames_is_read_while_it_is_there() -> None:
    ((frame, _),) = run([Caption("Harbour bridge", 0.4, 0.6)], 50)
    assert 10 <= frame < 15


def test_a_fade_is_read_when_it_is_complete() -> None:
    fading = Caption("Harbour bridge", 0.4, 9.0, opacity=lambda since_s: min(1.0, since_s / 0.6))
    assert run([fading], 75)[-1][0] >= 23


def test_an_empty_picture_after_a_caption_is_not_read() -> None:
    assert len(run([Caption("Harbour bridge", 0.4, 1.6)], 75)) == 1


def test_a_caption_on_a_moving_background_is_asked_for_about_once_a_heartbeat() -> None:
    asked = run([Caption("Harbour bridge", 0.4, 9.0)], 100, footage.moving)
    assert 1 <= len(asked) <= 6


def busy(time_s: float) -> Frame:
    """Blocks of every brightness that rush by."""
    blocks = np.random.default_rng(2).integers(0, 256, (HEIGHT // 12, WIDTH // 16), np.uint8)
    picture = np.roll(np.kron(blocks, np.ones((12, 16), np.uint8)), round(time_s * RATE) * 7, axis=1)
    return np.repeat(picture[:, :, None], 3, axis=2)


def test_a_few_strokes_that_stand_still_for_a_moment_among_moving_things_are_not_read() -> None:
    sliver = Caption("x", 0.4, 0.72)
    assert run([sliver], 40, busy) == []
    assert run([sliver], 40) != []


def beside_bars(time_s: float) -> Frame:
    """Bars that were there before any caption: one that touches where it stands, and one that touches that one."""
    picture = footage.still(time_s).copy()
    picture[278:290, 120:300] = 250
    picture[120:284, 112:126] = 250
    return picture


def test_bars_that_touch_a_caption_are_no_part_of_its_piece() -> None:
    alone, beside = (
        [each.tiles for frame, each in run([Caption("Harbour bridge", 0.8, 9.0)], 75, background) if frame > 20]
        for background in (footage.still, beside_bars)
    )

    assert len(alone) == len(beside) == 1
    assert beside[0].sum() <= alone[0].sum() * 1.2
    assert (beside[0] & alone[0]).sum() >= alone[0].sum() * 0.95


def test_one_character_that_goes_before_it_was_complete_is_read_as_it_goes() -> None:
    ((frame, question),) = run([Caption("W", 0.4, 0.56)], 40)
    assert frame == 13
    assert question.previous


def test_what_was_just_asked_for_is_not_asked_for_again_when_it_leaves() -> None:
    assert len(run([Caption("x", 0.4, 0.72)], 40)) == 1


def test_a_few_strokes_that_stay_among_moving_things_are_read() -> None:
    assert run([Caption("x", 0.4, 9.0)], 60, busy) != []


def test_a_caption_over_houses_that_pass_slowly_is_asked_for_while_it_is_there_and_without_the_houses() -> None:
    asked = run([Caption("Harbour bridge", 0.4, 2.4)], 75, footage.houses)
    of_caption = [(frame, rows(each)) for frame, each in asked if rows(each)[1] > 280 and rows(each)[0] >= 240]
    assert [frame for frame, _ in of_caption if 10 <= frame < 60]


def test_what_is_unread_at_the_end_is_read_on_the_last_frame() -> None:
    ((frame, question),) = run([Caption("Harbour bridge", 0.4, 9.0)], 14)
    assert frame == 13
    assert question.previous


def test_a_blank_range_is_never_read() -> None:
    assert run([], 60) == []
