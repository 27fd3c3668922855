"""One term has one spelling in a programme, and nothing is said twice; both are never more than worth a look."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import FYI, NgRule, Rules, Telop

from tests.unit.matcher.test_japanese_rules import found


def rarer(lexicon: SudachiLexicon, *captions: str) -> list[tuple[str, str | None]]:
    """What is inconsistent in a programme of these captions, and what would be consistent."""
    telops = [Telop(text, at * 5.0, at * 5.0 + 3) for at, text in enumerate(captions)]
    findings = judge_japanese(telops, [], Rules(), lexicon).findings
    assert all(each.severity == FYI for each in findings)
    return [(each.wrong, each.suggestion) for each in findings if each.kind == "inconsistent"]


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ("サーバー", "サーバ"),
        ("ファイル", "フアイル"),
        ("ヴァイオリン", "バイオリン"),
        ("申し込み", "申込み"),
        ("売り上げ", "売上げ"),
        ("蕎麦", "そば"),
        ("友達", "友だち"),
    ],
)
def test_the_rarer_spelling_of_a_term_is_worth_a_look(japanese: SudachiLexicon, usual: str, other: str) -> None:
    captions = (f"{usual}の準備", f"人気の{usual}", f"{other}の歴史")
    assert rarer(japanese, *captions) == [(other, usual)]


def test_two_spellings_that_stand_equally_often_are_left_alone(japanese: SudachiLexicon) -> None:
    assert rarer(japanese, "サーバーの準備", "サーバの歴史") == []


def test_a_caption_that_is_shown_again_counts_once(japanese: SudachiLexicon) -> None:
    assert rarer(japanese, "サーバの準備", "サーバの準備", "サーバの準備", "サーバーの歴史") == []


def test_different_words_are_no_spellings_of_one(japanese: SudachiLexicon) -> None:
    assert rarer(japanese, "コース料理", "人気のコース", "コーヒー豆", "始める準備", "皆が始める", "始まる季節") == []


@pytest.mark.parametrize(("written", "wrong"), [("頭痛が痛いという患者", "頭痛が痛"), ("まだ未定の日程", "まだ未定")])
def test_what_says_the_same_twice_is_worth_a_look_unless_it_was_said_so(
    japanese: SudachiLexicon, written: str, wrong: str
) -> None:
    (finding,) = found(japanese, written, "")
    assert (finding.kind, finding.wrong, finding.severity) == ("duplicate", wrong, FYI)
    assert found(japanese, written, written) == []


def test_a_long_ng_word_is_found_at_the_head_of_another_word(japanese: SudachiLexicon) -> None:
    rule = NgRule("バカチョン")
    assert [each.kind for each in found(japanese, "バカチョンカメラの時代", "", ng=(rule,))] == ["ng_word"]
    assert found(japanese, "南の島でバカンス", "", ng=(NgRule("バカ"),)) == []


@pytest.mark.parametrize("written", ["ハードウェアのキーコード", "ホームページのデータリンク"])
def test_two_katakana_words_side_by_side_are_no_misspelling(japanese: SudachiLexicon, written: str) -> None:
    assert found(japanese, written, "") == []


@pytest.mark.parametrize(
    ("written", "wrong", "suggestion"),
    [
        ("降水確立は６０％", "確立", "確率"),
        ("物価の高等が家計を直撃", "高等", "高騰"),
        ("防風警報が出ています", "防風", "暴風"),
        ("土砂災害に厳重な軽快を", "軽快", "警戒"),
    ],
)
def test_neighbours_decide_between_words_of_one_sound(
    japanese: SudachiLexicon, written: str, wrong: str, suggestion: str
) -> None:
    assert [(each.wrong, each.suggestion) for each in found(japanese, written, "")] == [(wrong, suggestion)]


def test_a_word_that_follows_any_noun_decides_nothing(japanese: SudachiLexicon) -> None:
    assert found(japanese, "ファイルが移動時に保持されます", "") == []
