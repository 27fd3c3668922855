"""Kinds of telops: what changes in place is one, look-alikes are two, what is short is a flash."""

from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.kinds import with_kinds
from telop_ocr.lines import Area, Line

PLACE = Area(60, 40, 240, 60)


def telop(text: str, start_s: float, end_s: float, area: Area = PLACE) -> SeenTelop:
    read = (TextReading(text, 0.9, start_s),)
    lines = (Line(text, 0.9, area),)
    return SeenTelop(text, area, start_s, end_s, 0.9, round((end_s - start_s) * 25), read, False, False, 7, lines)


def kinds(*telops: SeenTelop) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in with_kinds(telops)]


def test_a_clock_is_one_telop_with_its_values() -> None:
    clock = [telop(f"20:15:{30 + second}", second, second + 1) for second in range(5)]
    (found,) = with_kinds(clock)
    assert (found.kind, found.start_s, found.end_s, found.frames) == ("changing", 0.0, 5.0, 125)
    assert [reading.text for reading in found.readings] == [f"20:15:{30 + second}" for second in range(5)]


def test_a_score_whose_nought_is_read_as_a_letter_is_still_one() -> None:
    found = kinds(telop("LEEDS O - O YORK", 0, 2), telop("LEEDS 1 - 0 YORK", 2, 4), telop("LEEDS 1 - 1 YORK", 4, 6))
    assert found == [("changing", "LEEDS 1 - 1 YORK")]


def test_many_values_are_thinned_out_to_twenty_and_the_last_is_kept() -> None:
    (found,) = with_kinds([telop(f"20:15:{second:02d}", second, second + 1) for second in range(50)])
    assert len(found.readings) <= 20
    assert found.readings[-1].text == "20:15:49"


def test_a_caption_and_its_look_alike_are_two_telops() -> None:
    found = kinds(telop("3.4 million", 0, 2), telop("3.1 million", 2, 4))
    assert found == [("caption", "3.4 million"), ("caption", "3.1 million")]


def test_texts_that_differ_in_letters_stay_apart() -> None:
    assert len(kinds(telop("open 1", 0, 2), telop("opon 1", 2, 4), telop("open 2", 4, 6))) == 3


def test_values_in_other_places_or_after_a_pause_stay_apart() -> None:
    elsewhere = Area(800, 40, 240, 60)
    assert len(kinds(telop("1", 0, 2), telop("2", 2, 4, elsewhere), telop("3", 5, 6))) == 3


def test_what_is_shown_for_less_than_a_fifth_of_a_second_is_a_flash() -> None:
    assert kinds(telop("Harbour", 1.0, 1.16), telop("bridge", 3.0, 3.2)) == [
        ("flash", "Harbour"),
        ("caption", "bridge"),
    ]
