"""How lines are cut out: nothing of one in another's crop, columns as rows."""

import numpy as np
from telop_ocr.engines.crops import Corners, apart, is_column, upright


def box(left: int, top: int, right: int, bottom: int) -> Corners:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def test_lines_that_overlap_end_at_the_empty_row_between_them() -> None:
    picture = np.zeros((60, 200, 3), np.uint8)
    picture[10:32, 20:180:4] = 255
    picture[34:50, 20:180:4] = 255
    upper, lower = apart(picture, [box(10, 6, 190, 36), box(10, 29, 190, 54)])
    assert upper[2:, 1].tolist() == [32, 32]
    assert lower[:2, 1].tolist() == [32, 32]
    assert upper[:2, 1].tolist() == [6, 6]
    assert lower[2:, 1].tolist() == [54, 54]


def test_lines_side_by_side_keep_their_boxes() -> None:
    picture = np.zeros((60, 400, 3), np.uint8)
    boxes = [box(10, 6, 190, 36), box(200, 20, 390, 50), box(180, 6, 300, 36)]
    assert all((one == other).all() for one, other in zip(apart(picture, boxes), boxes, strict=True))


def test_a_box_within_another_is_not_cut() -> None:
    picture = np.zeros((60, 200, 3), np.uint8)
    boxes = [box(10, 6, 190, 50), box(40, 20, 120, 45)]
    assert all((one == other).all() for one, other in zip(apart(picture, boxes), boxes, strict=True))


def test_a_column_becomes_a_row_of_its_characters_from_left_to_right() -> None:
    column = np.zeros((100, 30, 3), np.uint8)
    for place, level in enumerate((80, 160, 240)):
        column[5 + 30 * place : 25 + 30 * place, 5:25] = level
        column[10 + 30 * place : 20 + 30 * place : 2, 5:25] = 0
    assert is_column(box(0, 0, 30, 100))
    row = upright(np.ascontiguousarray(np.rot90(column)), 3)
    height, width = row.shape[:2]
    assert 2 < width / height < 4
    thirds = [int(row[:, at * width // 3 : (at + 1) * width // 3].max()) for at in range(3)]
    assert thirds == [80, 160, 240]


def test_a_column_of_one_colour_becomes_a_row() -> None:
    assert upright(np.zeros((20, 80, 3), np.uint8), 4).shape[2] == 3
