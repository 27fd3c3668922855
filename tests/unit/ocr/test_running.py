"""Running text on drawn frames: strips are found and read as they slide, sideways and upwards, and nothing else is."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from telop_ocr.changes import WritingTest
from telop_ocr.running import Cut, RunningText

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, WIDTH, Frame

TEXT = "Trains are late in the north and the harbour stays closed until Monday noon when the wind is over"


BACKGROUND = footage.still(0)


def strip(frame: int, *, speed: int = 8, tops: Sequence[int] = (330,), label: int = 0) -> Frame:
    """Bands with running text; a label covers their left ends."""
    picture = Image.fromarray(BACKGROUND)
    draw = ImageDraw.Draw(picture)
    for top in tops:
        draw.rectangle((0, top, WIDTH, top + 30), "black")
        draw.text((WIDTH - speed * frame, top + 4), TEXT, font=ImageFont.load_default(size=18), fill="white")
        if label:
            draw.rectangle((8, top, label - 1, top + 30), "red")
    return np.asarray(picture)


def credit(frame: int) -> Frame:
    """Lines of different lengths that run up."""
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(picture)
    for at in range(14):
        text, font = "Harbour master" + " of the north" * (at % 3), ImageFont.load_default(size=22)
        draw.text((WIDTH // 2, HEIGHT + 40 * at - 4 * frame), text, font=font, fill="white", anchor="mm")
    return np.asarray(picture)


def cuts(frames: list[Frame]) -> tuple[RunningText, list[Cut]]:
    test, running = WritingTest(HEIGHT, WIDTH, 3), RunningText()
    return running, [cut for frame in frames for cut in running.observe(test.reduced(footage.luma(frame)))]


def test_a_strip_of_running_text_is_read_each_time_it_slid_by_a_part_of_its_width() -> None:
    running, found = cuts([strip(frame) for frame in range(150)])
    assert all(cut.top >= 310 and cut.bottom >= HEIGHT for cut in found)
    assert {cut.strip for cut in found} == {0}
    slides = np.diff([cut.slid for cut in found])
    assert len(found) >= 3
    assert slides.min() >= 0.4 * WIDTH
    assert slides.max() < 0.42 * WIDTH
    assert abs(found[-1].speed - 8) < 0.2
    assert running.until[0] == 149


def test_a_strip_that_slid_on_since_it_was_read_is_read_at_the_end() -> None:
    running, found = cuts([strip(frame) for frame in range(100)])
    (last,) = running.finish()
    assert last.slid > found[-1].slid
    assert running.finish() == []


def test_what_stands_still_before_running_text_is_no_part_of_it() -> None:
    _, found = cuts([strip(frame, label=96) for frame in range(150)])
    assert len(found) >= 3
    assert found[-1].left == 96
    assert found[-1].right == WIDTH


def test_text_in_two_bands_is_two_strips() -> None:
    _, found = cuts([strip(frame, tops=(20, 330)) for frame in range(100)])
    tops = {cut.strip: cut.top for cut in found}
    assert len(tops) == 2
    assert min(tops.values()) < 40
    assert max(tops.values()) > 300


def test_text_that_goes_by_and_comes_again_is_two_strips() -> None:
    frames = [strip(frame % 200) for frame in range(320)]
    running, found = cuts(frames)
    assert {cut.strip for cut in found} == {0, 1}
    assert running.until[0] < 205


def test_lines_that_run_up_are_read_in_all_of_their_width() -> None:
    _, found = cuts([credit(frame) for frame in range(140)])
    assert all(cut.upright for cut in found)
    assert {cut.strip for cut in found} == {0}
    assert len(found) >= 3
    assert found[-1].left < WIDTH / 2 - 180
    assert found[-1].right > WIDTH / 2 + 180
    assert abs(found[-1].speed - 4) < 0.2


def test_a_picture_that_pans_or_tilts_as_a_whole_has_no_strip() -> None:
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 256, (200, 300, 1), np.uint8).repeat(3, axis=2).repeat(6, axis=0).repeat(6, axis=1)
    assert cuts([wide[:HEIGHT, 3 * frame : 3 * frame + WIDTH] for frame in range(40)])[1] == []
    assert cuts([wide[3 * frame : 3 * frame + HEIGHT, :WIDTH] for frame in range(40)])[1] == []


def test_still_captions_have_no_strip() -> None:
    shown = [footage.Caption("Harbour", 0.4, 1.0), footage.Caption("bridge", 1.0, 2.0)]
    assert cuts([footage.draw(shown, frame / 25) for frame in range(60)])[1] == []


def test_things_that_slide_each_at_its_own_speed_are_no_strip() -> None:
    rng = np.random.default_rng(5)
    starts, speeds = rng.integers(0, WIDTH, 24), rng.integers(2, 9, 24)
    shades = rng.permutation(np.arange(10, 250, 10))

    def draw(frame: int) -> Frame:
        picture = Image.fromarray(BACKGROUND)
        draw = ImageDraw.Draw(picture)
        for start, speed, shade in zip(starts, speeds, shades, strict=True):
            left = int((start + speed * frame) % (WIDTH + 40)) - 40
            draw.rectangle((left, 300, left + 36, 330), (int(shade),) * 3)
        return np.asarray(picture)

    assert cuts([draw(frame) for frame in range(100)])[1] == []


def test_text_that_runs_before_a_picture_that_moves_is_a_strip() -> None:
    rng = np.random.default_rng(3)
    wide = rng.integers(60, 120, (200, 300, 1), np.uint8).repeat(3, axis=2).repeat(6, axis=0).repeat(6, axis=1)

    def draw(frame: int) -> Frame:
        picture = Image.fromarray(np.ascontiguousarray(wide[:HEIGHT, 3 * frame : 3 * frame + WIDTH]))
        draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=18)
        draw.text((WIDTH - 8 * frame, 330), TEXT, font=font, fill="white", stroke_width=2, stroke_fill="black")
        return np.asarray(picture)

    assert {cut.strip for cut in cuts([draw(frame) for frame in range(120)])[1]} == {0}


def test_text_whose_box_comes_in_with_it_before_a_fine_picture_that_drifts_is_a_strip() -> None:
    rng = np.random.default_rng(3)
    fine = rng.integers(50, 180, (HEIGHT // 2, 900, 1), np.uint8).repeat(3, axis=2).repeat(2, axis=0).repeat(2, axis=1)

    def draw(frame: int) -> Frame:
        left, drifted = WIDTH - 5 * frame, frame // 2
        picture = Image.fromarray(np.ascontiguousarray(fine[:, drifted : drifted + WIDTH]))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((left - 6, 296, left + 900, 326), "navy")
        draw.text((left, 300), TEXT, font=ImageFont.load_default(size=18), fill="white")
        return np.asarray(picture)

    assert {cut.strip for cut in cuts([draw(frame) for frame in range(110)])[1]} == {0}
