"""A caption that says the opposite of what was said is found; another way of saying the same is left alone."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import ISSUE, Blame, Finding, Rules, Telop, Word

from tests.unit.matcher.test_japanese_rules import found


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("最後まで諦めました", "最後まで諦めませんでした。", "諦めました", "諦めませんでした"),
        ("辞めようと思った", "それでも辞めようとは思わなかったんです。", "思った", "思わなかった"),
        ("それでも辞めようと思ったんです", "それでも辞めようとは思わなかったんです。", "思った", "思わなかった"),
        ("会議には参加できる", "会議には参加できない。", "できる", "できない"),
        ("原因はまだ分かっています", "原因はまだ分かっていません。", "分かっています", "分かっていません"),
        ("この薬は飲んでください", "この薬は飲まないでください。", "飲んでください", "飲まないでください"),
        ("味はあまり良かった", "味はあまり良くなかった。", "良かった", "良くなかった"),
        ("それは大きな問題です", "それは大きな問題ではありません。", "問題です", "問題ではありません"),
        ("それは大きな問題ではありません", "それは大きな問題です。", "問題ではありません", "問題です"),
        ("昨日は眠れなかった", "昨日は眠れた。", "眠れなかった", "眠れた"),
        ("会場に入れず帰った", "会場に入れて帰った。", "入れず", "入れて"),
        ("現場に異常があった", "現場に異常がなかった。", "あっ", "なかっ"),
    ],
)
def test_a_negation_that_stands_on_one_side_only_is_an_issue(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    (finding,) = found(japanese, written, heard)
    assert (finding.kind, finding.severity, finding.blame) == ("wrong_word", ISSUE, Blame.CAPTION)
    assert finding.wrong.startswith(wrong)
    assert (finding.suggestion or "").startswith(suggestion)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("最後まで諦めない", "最後まで諦めませんでした。"),
        ("最後まで諦めず", "最後まで諦めませんでした。"),
        ("最後まで諦めなかった", "最後まで諦めませんでした。"),
        ("最後まで諦めた", "最後まで諦めました。"),
        ("原因は分からず", "原因は分かりません。"),
        ("原因はわからない", "原因はわからへん。"),
        ("早く行こう", "早く行きませんか。"),
        ("早く行きます", "早く行きませんか？"),
        ("約束は守るべきだ", "約束は守らなければなりません。"),
        ("約束は守る", "約束は守らないといけない。"),
        ("できることもある", "できないこともない。"),
        ("できる", "できないわけではない。"),
        ("三人が来た", "三人しか来なかった。"),
        ("雨が降るかも", "雨が降るかもしれません。"),
        ("すごいじゃない", "すごい。"),
        ("ここには入るな", "ここには入らないで。"),
        ("忘れるなよ", "忘れないでよ。"),
        ("言いたいこと", "言わんとすることは分かる。"),
        ("彼は元気です", "彼は元気じゃないですか。"),
        ("会議を行った", "会議に行かなかったが、行った人もいた。"),
        ("問題だけではない", "問題だけではありません。"),
        ("行かなくてもいい", "行かないでもいい。"),
        ("住民の反対は根強い", "住民の反対は根強いものがあり、なくなりません。"),
        ("勝てなくて悔しい", "勝てずに悔しいです。"),
        ("知らなかったふり", "知らないふりをしていました。"),
    ],
)
def test_what_only_sounds_like_a_negation_or_says_the_same_is_left_alone(
    japanese: SudachiLexicon, written: str, heard: str
) -> None:
    assert found(japanese, written, heard) == []


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("対策は十分ではありまん", "対策は十分ではありません。"),
        ("失敗を恐れづに挑戦", "失敗を恐れずに挑戦。"),
        ("もう食べれな〜い", "もう、食べれない。"),
        ("その名前は知らなった", "その名前は知らなかった。"),
        ("昨日は行きせんでした", "昨日は行きませんでした。"),
        ("決断は間違っていなかった", "決断は間違っいなかった。"),
    ],
)
def test_a_misspelt_negation_does_not_say_the_opposite(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert not any("opposite" in reason for each in found(japanese, written, heard) for reason in each.reasons)


def test_a_recogniser_that_hears_no_negation_is_no_evidence(japanese: SudachiLexicon) -> None:
    words = [Word("最後まで諦めませんでした", 1, 4, 0.8)]
    findings: list[Finding] = judge_japanese([Telop("最後まで諦めました", 1, 4)], words, Rules(), japanese).findings
    assert findings == []
