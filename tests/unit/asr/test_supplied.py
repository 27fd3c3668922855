"""What a supplied transcript makes of its lines: words with times, in any script."""

from itertools import pairwise

import pytest
from telop_asr import supplied
from telop_asr.supplied import in_turn
from telop_asr.transcription import HeardWord, Line
from telop_chassis.failures import PermanentError


def words_of(line: Line, language: str = "en") -> list[HeardWord]:
    return supplied.hear([line], language, 0.0, 100.0)


def test_the_time_of_a_line_is_shared_out_by_length_and_nothing_is_doubted() -> None:
    words = words_of(Line(10.0, 12.0, "go  home soon"))

    assert [each.text for each in words] == ["go", "home", "soon"]
    assert [each.start_s for each in words] == pytest.approx([10.0, 10.4, 11.2])
    assert [each.end_s for each in words] == pytest.approx([10.4, 11.2, 12.0])
    assert {each.confidence for each in words} == {1.0}


def test_a_line_of_blanks_has_no_words() -> None:
    assert words_of(Line(0, 1, "  \n ")) == []


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        (
            "ja",
            "今日は東京タワーで、会議があります。",
            ["今日", "は", "東京", "タワー", "で、", "会議", "があります。"],
        ),
        ("ja", "人々がNHKを見た", ["人々", "が", "NHK", "を", "見", "た"]),
        ("ja", "25人、けが", ["25", "人、", "けが"]),
        ("zh", "今天下雨。", ["今", "天", "下", "雨。"]),
        ("en", "Café, 3.5% – don't", ["Café,", "3.5%", "–", "don't"]),
        ("ko", "안녕하세요 여러분", ["안녕하세요", "여러분"]),
    ],
)
def test_scripts_without_spaces_are_cut_into_short_pieces(language: str, text: str, pieces: list[str]) -> None:
    assert [each.text for each in words_of(Line(0, 10, text), language)] == pieces


def test_pieces_take_as_long_as_they_have_beats() -> None:
    words = words_of(Line(0, 10, "東京できょう、ロンドン"), "ja")  # 4, 3 and 4 beats: small letters have none
    assert [each.text for each in words] == ["東京", "できょう、", "ロンドン"]
    assert [each.end_s for each in words] == pytest.approx([40 / 11, 70 / 11, 10.0])


def test_text_without_spaces_becomes_words_that_an_event_can_carry() -> None:
    words = words_of(Line(0, 10, "あ" * 500), "ja")
    assert [len(each.text) for each in words] == [200, 200, 100]


def test_lines_that_overlap_are_said_one_after_the_other() -> None:
    rows = [Line(1.0, 3.0, "two rows"), Line(1.0, 3.0, "of one caption"), Line(2.5, 4.0, "and the next")]

    assert in_turn(reversed(rows[1:])) == in_turn(rows[1:])
    assert in_turn(rows) == [Line(1.0, 2.5, "two rows\nof one caption"), Line(2.5, 4.0, "and the next")]
    words = supplied.hear(rows, "en", 0.0, 10.0)
    assert " ".join(each.text for each in words) == "two rows of one caption and the next"
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(words))


def test_a_line_within_another_keeps_all_of_the_time() -> None:
    assert in_turn([Line(0, 10, "long"), Line(4, 5, "short")]) == [Line(0, 4, "long"), Line(4, 10, "short")]


def test_a_segment_takes_its_part_of_a_line_that_goes_on() -> None:
    lines = [Line(28.0, 32.0, "one two six ten"), Line(40.0, 41.0, "far")]
    assert [each.text for each in supplied.hear(lines, "en", 0.0, 30.0)] == ["one", "two"]
    assert [each.text for each in supplied.hear(lines, "en", 30.0, 35.0)] == ["six", "ten"]


def test_more_words_than_an_event_carries_are_refused() -> None:
    with pytest.raises(PermanentError, match="too_many_words"):
        supplied.hear([Line(0, 1, "a " * 3_001)], "en", 0, 30)
