"""A name of the roster with one Kana wrong is found where the roster's name was said, and nobody else is accused."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import ISSUE, Finding, Rules, Telop, Word

ROSTER = ("コバヤシ食堂", "田中ひろし", "ソニック電機", "西ノ島町", "ツバキ製菓", "大島さくら")


def found(lexicon: SudachiLexicon, written: str, heard: str) -> list[Finding]:
    words = [Word("前置きの話です。", 0, 1), Word(heard, 1, 1 + len(heard) * 0.12)]
    return judge_japanese([Telop(written, 1, 4)], words, Rules(ROSTER), lexicon).findings


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "right"),
    [
        ("コバヤン食堂", "店の名前はコバヤシ食堂です。", "コバヤン食堂", "コバヤシ食堂"),
        ("下町の名店 コバヤツ食堂", "店の名前はコバヤシ食堂です。", "コバヤツ食堂", "コバヤシ食堂"),
        ("ンニック電機が発表", "ソニック電機が発表しました。", "ンニック電機", "ソニック電機"),
        ("シバキ製菓の新商品", "ツバキ製菓の新商品です。", "シバキ製菓", "ツバキ製菓"),
        ("ソニク電機が発表", "ソニック電機が発表しました。", "ソニク電機", "ソニック電機"),
        ("店主 田中ひろしさん 田中ひるしさん", "田中ひろしさんです。", "田中ひるし", "田中ひろし"),
        ("西メ島町で祭り", "西ノ島町で祭りがありました。", "西メ島町", "西ノ島町"),
    ],
)
def test_a_kana_of_a_name_that_was_said_otherwise_is_an_issue(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, right: str
) -> None:
    (finding,) = found(japanese, written, heard)
    assert (finding.kind, finding.wrong, finding.suggestion, finding.severity) == ("name", wrong, right, ISSUE)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("コバヤシ食堂", "店の名前はコバヤシ食堂です。"),
        ("コバヤン食堂", "次は別の店です。"),
        ("コバヤン食堂", "コバヤシ食堂ではなくコバヤン食堂です。"),
        ("店主 田中ひろみさん", "そして妻のひろみさんです。"),
        ("田中ひろさん", "田中ひろしさん、通称田中ひろさんです。"),
        ("大島さくら", "大島さくらさんです。"),
    ],
)
def test_who_is_called_so_or_was_not_meant_is_left_alone(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []
