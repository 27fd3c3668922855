"""What the Japanese rules stand on: numbers by value, alignment with its relation, and trust in a transcript."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.alignment import Aligned, align
from telop_matcher.matching.japanese.judging import judge_japanese, names_in
from telop_matcher.matching.japanese.numerals import find_numbers, value_of
from telop_matcher.matching.japanese.repairing import is_spoken_form
from telop_matcher.matching.japanese.speech import Speech
from telop_matcher.matching.japanese.text import cut, heard_as
from telop_matcher.matching.japanese.trust import TRUSTED, Witness, doubts
from telop_matcher.matching.values import Relation, Rules, Telop, Word
from telop_matcher.matching.writing import draws_alike, fold


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3万2千", 32_000),
        ("三万二千", 32_000),
        ("32,000", 32_000),
        ("二〇二四", 2024),
        ("百二十", 120),
        ("十", 10),
        ("1億2000万", 120_000_000),
        ("1.5億", 150_000_000),
        ("三十", 30),
    ],
)
def test_numerals_have_the_value_that_they_are_read_with(written: str, value: int) -> None:
    assert value_of(written) == value


def test_what_is_no_numeral_has_no_value() -> None:
    assert value_of("一番") is None
    assert value_of("1.2.3") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("令和６年", "2024年"),
        ("昭和６４年", "六十四年"),
        ("３割", "30％"),
        ("３割５分", "35パーセント"),
        ("午後３時半", "15:30"),
        ("９月２３日（火）", "九月二十三日火曜日"),
        ("２名", "二人"),
        ("５歳", "五才"),
    ],
)
def test_numbers_written_otherwise_agree(one: str, other: str) -> None:
    pairs = zip(find_numbers(fold(one).text), find_numbers(fold(other).text), strict=True)
    assert all(first.agrees(second) for first, second in pairs)


@pytest.mark.parametrize("text", ["三重県", "一番", "十分", "七転び八起き", "一緒", "統一", "唯一の"])
def test_words_that_begin_with_a_numeral_are_no_clear_numbers(text: str) -> None:
    assert not [number for number in find_numbers(text) if number.is_clear]


@pytest.mark.parametrize(
    ("one", "other", "rounded"),
    [
        ("300人", "298人", True),
        ("20人", "21人", False),
        ("1,985円", "1,980円", False),
        ("5000人", "5080人", True),
        ("958円", "950円", False),
    ],
)
def test_only_what_is_round_is_rounded(one: str, other: str, rounded: bool) -> None:
    (first,), (second,) = find_numbers(one), find_numbers(other)
    assert first.is_rounded(second) is rounded


@given(st.text(alphabet="東京のコーヒー髙１２三万円日はをっャー\n 。（）aB", max_size=40))
def test_every_unit_points_at_raw_characters_in_order(japanese: SudachiLexicon, raw: str) -> None:
    text = cut(raw, japanese)
    last = 0
    for unit in text.units:
        start, end = text.raw_span(unit.start, unit.end)
        assert last <= start < end <= len(raw)
        last = start


def aligned(lexicon: SudachiLexicon, written: str, heard: str) -> Aligned:
    return align(Telop(written, 1, 4), Speech([Word(heard, 1, 1 + len(heard) * 0.12)], lexicon), lexicon)


@pytest.mark.parametrize(
    ("written", "heard", "relation"),
    [
        ("台風が九州に上陸しました", "台風が九州に上陸しました。", Relation.VERBATIM),
        ("台風10号 九州に上陸へ", "大型で強い台風十号は、今夜にも九州に上陸する見込みです。", Relation.CONDENSED),
        ("きょうの天気", "大型で強い台風十号は、今夜にも九州に上陸する見込みです。", Relation.UNSPOKEN),
        ("会議で発言した", "かいぎではつげんした", Relation.VERBATIM),
    ],
)
def test_a_telop_is_related_to_its_speech(
    japanese: SudachiLexicon, written: str, heard: str, relation: Relation
) -> None:
    assert aligned(japanese, written, heard).relation is relation


def test_a_difference_is_widened_to_words_on_both_sides(japanese: SudachiLexicon) -> None:
    (difference,) = aligned(japanese, "昨日は学校に行た", "昨日は学校に行った。").differences
    assert ("".join(word.surface for word in difference.written), difference.heard_text) == ("行た", "行った")
    assert difference.anchored


def test_of_two_stretches_that_fit_alike_the_one_at_the_telops_time_is_taken(japanese: SudachiLexicon) -> None:
    words = [Word("チームは五連勝です。", 0.0, 1.5), Word("チームは七連勝です。", 3.0, 4.5)]
    case = align(Telop("チームは８連勝", 3, 5), Speech(words, japanese), japanese)
    assert "七連勝" in case.heard_text


def test_long_vowels_sound_the_same_however_they_are_written() -> None:
    assert heard_as("コーヒー") == heard_as("コオヒイ".replace("オ", "ウ"))
    assert heard_as("ツヅク") == heard_as("ツズク")


@pytest.mark.parametrize(
    ("written", "heard", "same"),
    [
        ("何をしてるの", "何をしているの", True),
        ("食べれる", "食べられる", True),
        ("行っちゃった", "行ってしまった", True),
        ("行た", "行った", False),
        ("ました", "まし", False),
    ],
)
def test_spoken_forms_are_told_from_slips(written: str, heard: str, same: bool) -> None:
    assert is_spoken_form(written, heard) is same


def test_a_transcript_is_trusted_as_far_as_the_telops_around_bear_it_out() -> None:
    good, bad = Witness(compared=True, faulty=False), Witness(compared=True, faulty=True)
    assert doubts([good], punctuated=True, confidence=1.0)[0] <= TRUSTED
    assert doubts([good], punctuated=False, confidence=1.0)[0] > TRUSTED
    assert doubts([good] * 30, punctuated=False, confidence=1.0)[15] <= TRUSTED
    assert doubts([good] * 30, punctuated=True, confidence=0.8)[15] > TRUSTED
    assert doubts([good, good, bad, good], punctuated=True, confidence=1.0)[0] > TRUSTED
    alone = doubts([bad, good], punctuated=True, confidence=1.0)
    assert alone[0] <= TRUSTED < alone[1], "a telop does not testify about itself"


def test_variants_that_are_drawn_alike_are_told_from_other_kanji() -> None:
    assert draws_alike("髙橋", "高橋")
    assert draws_alike("ヘリ", "へり")
    assert not draws_alike("斉藤", "斎藤")
    assert not draws_alike("太郎", "太朗")


def test_names_of_people_are_told(japanese: SudachiLexicon) -> None:
    assert names_in("斎藤健一さんは東京で語った", japanese) == [(0, 4)]


def test_lists_of_confusions_hold_two_hundred_pairs_and_more(japanese: SudachiLexicon) -> None:
    pairs = {frozenset((one, each.surface)) for one, group in japanese.confusions.groups.items() for each in group}
    assert sum(len(pair) == 2 for pair in pairs) >= 200
    assert all(wrong != right for wrong, right in japanese.confusions.misspelt.items())


def test_work_grows_linearly_with_the_programme(japanese: SudachiLexicon) -> None:
    def seconds(count: int) -> float:
        telops = [Telop(f"第{at}回の会議で発言", at * 5, at * 5 + 4) for at in range(count)]
        words = [Word(f"第{at}回の会議で議長が発言しました。", at * 5, at * 5 + 4) for at in range(count)]
        began = time.process_time()
        judge_japanese(telops, words, Rules(), japanese)
        return time.process_time() - began

    seconds(50)
    assert seconds(800) < 8 * 2 * max(seconds(100), 0.01)


def test_readings_of_numbers_are_exact() -> None:
    (number,) = find_numbers("1.5%")
    assert number.value == Decimal("1.5")
