"""What a slip of hand or eye makes of a Japanese caption is found, and what only looks like one is left alone."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.values import FYI, ISSUE

from tests.unit.matcher.programme import brief
from tests.unit.matcher.test_japanese_rules import found


@pytest.mark.parametrize(
    ("written", "wrong", "suggestion", "severity"),
    [
        ("ラジオ番組を収緑しました", "収緑", "収録", ISSUE),
        ("鹿児鳥県で開催", "鹿児鳥", "鹿児島", ISSUE),
        ("自治体が地域の振輿を図る", "振輿", "振興", ISSUE),
        ("街頭の防犯カメラの映象", "映象", "映像", FYI),
    ],
)
def test_kanji_that_are_no_word_are_found_without_speech(
    japanese: SudachiLexicon, written: str, wrong: str, suggestion: str, severity: str
) -> None:
    (finding,) = found(japanese, written, "")
    assert (finding.kind, finding.wrong, finding.suggestion) == ("spelling", wrong, suggestion)
    assert finding.severity == severity


@pytest.mark.parametrize(
    "written", ["日本人基地で働く", "最大値を入力", "３個分の重さ", "五里霧中の捜査", "上井健太さん", "斎藤健二選手団"]
)
def test_words_side_by_side_and_names_are_no_odd_kanji(japanese: SudachiLexicon, written: str) -> None:
    assert found(japanese, written, "") == []


@pytest.mark.parametrize(
    ("written", "heard", "kind", "wrong", "suggestion"),
    [
        ("観客の塊を揺さぶる歌声", "観客の魂を揺さぶる歌声でした。", "wrong_word", "塊", "魂"),
        ("警察は居眼り運転の疑いで調べ", "警察は居眠り運転の疑いで調べています。", "wrong_word", "居眼り", "居眠り"),
        ("相手の油断に付け込む作戟を立てた", "相手の油断に付け込む作戦を立てた。", "spelling", "作戟", "作戦"),
        ("住民への寛容を求めた", "住民への関与を求めた。", "wrong_word", "寛容", "関与"),
        ("両親に結果を渡したました", "両親に結果を渡しました。", "spelling", "た", ""),
        ("花束が贈ってお祝いしました", "花束を贈ってお祝いしました。", "spelling", "が", "を"),
        ("この取り組の成果を報告", "この取り組みの成果を報告します。", "spelling", "取り組", "取り組み"),
    ],
)
def test_a_literal_caption_is_held_to_what_was_said(
    japanese: SudachiLexicon, written: str, heard: str, kind: str, wrong: str, suggestion: str
) -> None:
    assert brief(found(japanese, written, heard)) == [(kind, wrong, suggestion)]


def test_a_title_that_was_said_and_is_not_written_is_worth_a_look(japanese: SudachiLexicon) -> None:
    (finding,) = found(japanese, "遺族の佐藤花子は法廷で訴えました", "遺族の佐藤花子さんは法廷で訴えました。")
    assert (finding.kind, finding.suggestion, finding.severity) == ("missing", "さん", FYI)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("県の予想を上回る", "県の予測を上回る。"),
        ("衆院で可決", "衆議院で可決されました。"),
        ("川越市で住宅火災", "川越市の住宅で火災がありました。"),
        ("サーバーに不正侵入か", "サーバーに不正な侵入があったということです。"),
        ("那覇 平年より３度高め", "那覇では平年より三度ほど高くなりそうです。"),
        ("A. 利根川", "正解は利根川です。"),
        ("もう歌う歌う", "もう歌う、歌う。"),
    ],
)
def test_another_wording_is_no_slip(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("人気のキャラクタクターが登場", "人気のキャラクターが登場しました。", "クタクタ", "クタ"),
        ("窓側側の席を予約", "窓側の席を予約します。", "側側", "側"),
        ("秘密は自家製の味噌噌なんです", "秘密は自家製の味噌なんです。", "噌噌", "噌"),
        ("秘伝の醤醤油です", "秘伝の醤油です。", "醤醤", "醤"),
        ("憧れの舞台台に立つ", "憧れの舞台に立つ。", "台台", "台"),
        ("もう我慢の限界界", "もう我慢の限界です。", "界界", "界"),
    ],
)
def test_a_stutter_within_a_word_is_found(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    assert ("duplicate", wrong, suggestion) in brief(found(japanese, written, heard))


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("原宿宿", "原宿の宿です。"),
        ("日本本土に上陸", "日本の本土に上陸です。"),
        ("会社社長", "会社の社長です。"),
        ("すもももももも", "すもももももももものうち。"),
        ("木木が色づいた", "木々が色づいた。"),
        ("段々良くなった", "だんだん良くなった。"),
        ("人々が段段集まる", "人々が段々集まる。"),
    ],
)
def test_what_belongs_twice_is_left_alone(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []


def test_a_verb_before_masu_is_inflected(japanese: SudachiLexicon) -> None:
    assert brief(found(japanese, "新しい技術を学ぶました", "")) == [("spelling", "学ぶまし", "学びまし")]
    assert found(japanese, "新しい技術を学びました", "") == []


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("2024年5月4日（日）開催", "2024年5月4日（日）"),
        ("令和６年５月４日（日）開催", "令和６年５月４日（日）"),
        ("昭和５０年（1976年）創業", "昭和５０年（1976年）"),
        ("1976年（昭和５０年）創業", "1976年（昭和５０年）"),
        ("締め切りは６月３１日", "６月３１日"),
        ("2023年２月29日", "2023年２月29日"),
        ("午後１５時開演", "午後１５時"),
    ],
)
def test_a_date_that_contradicts_itself_is_found(japanese: SudachiLexicon, written: str, wrong: str) -> None:
    assert [(each.kind, each.wrong) for each in found(japanese, written, "")] == [("number", wrong)]


@pytest.mark.parametrize(
    "written",
    [
        "2024年5月4日（土）開催",
        "昭和５０年（1975年）創業",
        "2024年２月29日",
        "２月29日",
        "午後０時１５分",
        "平成元年（1989年）",
    ],
)
def test_a_date_that_can_be_is_left_alone(japanese: SudachiLexicon, written: str) -> None:
    assert found(japanese, written, "") == []


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("弱火で２０秒煮込みます", "弱火で二十分煮込みます。", "２０秒", "20分"),
        ("全長４２ｍの橋", "全長四十二キロメートルの橋です。", "４２ｍ", "42キロ"),
        ("撮影は3週間かかりました", "撮影は三か月かかりました。", "3週間", "3カ月"),
        ("撮影は2週間かかりました", "撮影は三か月かかりました。", "2週間", "3カ月"),
        ("準備に20分かけました", "準備に三時間かけました。", "20分", "3時間"),
        ("全長は30メートルです", "全長は二キロです。", "30メートル", "2キロ"),
        ("売り上げは3.5倍に", "売り上げは二・五倍になりました。", "3.5倍", "2.5倍"),
        ("１リットル１６５円２０銭", "一リットル百五十六円二十銭でした。", "１６５円２０銭", "156.2円"),
    ],
)
def test_a_wrong_unit_or_fraction_is_found(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    assert brief(found(japanese, written, heard)) == [("number", wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("工事は90日続きます", "工事は三か月続きます。"),
        ("工事は12週間続きます", "工事は三か月続きます。"),
        ("準備に120分かけました", "準備に二時間かけました。"),
        ("全長は2000メートルです", "全長は二キロです。"),
        ("撮影は3週間 費用は5億円", "撮影は三週間、準備は二か月、費用は五億円です。"),
    ],
)
def test_what_is_as_long_in_another_unit_is_no_wrong_number(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []


def test_a_decimal_is_read_as_it_is_said(japanese: SudachiLexicon) -> None:
    assert found(japanese, "売り上げは2.5倍に", "売り上げは二・五倍になりました。") == []
    assert found(japanese, "受講者は１・５倍に", "受講者は一点五倍になりました。") == []
