"""Each Japanese rule finds its mistake, points at it, and leaves alone what only looks like one."""

from functools import partial

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.lexicons import Lexicons
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import Blame, Finding, FoldedSpan, NgRule, Rules, Telop, Word

from tests.unit.matcher.programme import brief

ROSTER = ("斎藤健一", "高橋大輔", "エムバッペ", "山田 太郎")


def found(
    lexicon: SudachiLexicon,
    written: str,
    heard: str,
    *,
    ng: tuple[NgRule, ...] = (),
    folded: tuple[FoldedSpan, ...] = (),
) -> list[Finding]:
    """What is found in one telop; the speech around is written by somebody, so it is punctuated."""
    words = [Word("前置きの話です。", 0, 1)]
    words += [Word(heard, 1, 1 + len(heard) * 0.12)] if heard else []
    telop = Telop(written, 1, 4, folded=folded)
    return judge_japanese([telop], words, Rules(ROSTER, ng), lexicon).findings


@pytest.mark.parametrize(
    ("written", "heard", "kind", "wrong", "suggestion"),
    [
        ("政府は意義を唱えた", "住民は反対し、政府は異議を唱えた。", "wrong_word", "意義", "異議"),
        ("会場で発見された遺体", "海上で発見された遺体です。", "wrong_word", "会場", "海上"),
        ("犯人を追求する", "", "wrong_word", "追求", "追及"),
        ("社会保証制度", "", "wrong_word", "保証", "保障"),
        ("来月の上旬に発表", "来月の下旬に発表されます。", "wrong_word", "上旬", "下旬"),
        ("昨日は学校に行た", "昨日は学校に行った。", "spelling", "行た", "行った"),
        ("友達と話なす", "", "spelling", "話なす", "話す"),
        ("完壁な演技", "", "spelling", "完壁", "完璧"),
        ("シュミレーション結果", "", "spelling", "シュミレーション", "シミュレーション"),
        ("こんにちわ！", "", "spelling", "こんにちわ", "こんにちは"),
        ("開幕４連勝 首位独奏", "チームは開幕から四連勝で首位を独走しています。", "wrong_word", "独奏", "独走"),
        ("決勝戦に望む", "決勝戦に臨みます。", "wrong_word", "望む", "臨む"),
        ("準優勝の会挙", "準優勝の快挙です。", "spelling", "会挙", "快挙"),
        ("インターネト", "", "spelling", "インターネト", "インターネット"),
        ("議員は説明会に出席しなけばなりません", "", "spelling", "なけば", "なければ"),
        ("警察が事故の原因調べています", "警察が事故の原因を調べています。", "missing", "", "を"),
        ("過去最多の２１８件", "去年は二百十二件と、これまでで最も多くなりました。", "number", "２１８件", "212件"),
        ("東京のの天気", "", "duplicate", "のの", "の"),
        ("会議で\n会議で発表", "", "duplicate", "会議で\n会議で", "会議で"),
        ("３万５千円値上げ", "三万二千円値上げされる。", "number", "３万５千円", "3万2000円"),
        ("午前３時に到着", "午後3時に到着しました。", "number", "午前３時", "15時"),
        ("１２日（火）に開幕", "12日月曜日に開幕します。", "number", "（火）", "月曜日"),
        ("斉藤健一さん", "", "name", "斉藤健一", "斎藤健一"),
        ("山田太朗氏", "山田太郎氏です。", "name", "山田太朗", "山田太郎"),
        ("エムバペ選手が移籍", "", "name", "エムバペ", "エムバッペ"),
    ],
)
def test_a_mistake_is_found_where_it_stands(
    japanese: SudachiLexicon, written: str, heard: str, kind: str, wrong: str, suggestion: str
) -> None:
    assert brief(found(japanese, written, heard)) == [(kind, wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("引越しの荷物が増加", "引っ越しの荷物が増加しています。"),
        ("子どもたちの笑顔", "子供たちの笑顔がありました。"),
        ("３万２千円値上げ", "三万二千円値上げされる。"),
        ("令和６年から", "2024年からです。"),
        ("約３割が反対", "およそ30％が反対しています。"),
        ("約３００人が参加", "298人が参加しました。"),
        ("食べられる店", "食べれる店です。"),
        ("何をしてるの", "何をしているのですか。"),
        ("すごいすごい", "すごい。"),
        ("ははは", ""),
        ("のの字を書く", ""),
        ("いろいろな人々がますます", ""),
        ("台風１０号 九州に上陸へ", "大型の台風十号は、今夜にも九州に上陸する見込みです。"),
        ("斉藤由美さん", ""),
        ("週末定休", ""),
        ("人権保障", ""),
    ],
)
def test_what_is_right_is_left_alone(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert brief(found(japanese, written, heard)) == []


def test_a_recogniser_that_writes_other_kanji_is_no_evidence(japanese: SudachiLexicon) -> None:
    words = [Word("会場で発見された遺体の見元を調べている", 1, 4, 0.8)]
    assert judge_japanese([Telop("海上で発見された遺体の身元を調査", 1, 4)], words, Rules(), japanese).findings == []


def test_a_variant_that_the_reader_folds_is_only_worth_a_look_unless_its_drawing_decided(
    japanese: SudachiLexicon,
) -> None:
    (plain,) = found(japanese, "髙橋大輔選手", "")
    assert (plain.severity, plain.blame) == ("fyi", Blame.UNDECIDABLE)
    (drawn,) = found(japanese, "髙橋大輔選手", "", folded=(FoldedSpan(0, 1, ("高",), "髙"),))
    assert (drawn.severity, drawn.blame) == ("issue", Blame.CAPTION)
    assert found(japanese, "髙橋大輔選手", "", folded=(FoldedSpan(0, 1, ("高",), "高"),)) == [], "only misread"


@pytest.mark.parametrize(
    ("text", "rule", "wrong"),
    [
        ("そればかり見ている", NgRule("ばか"), []),
        ("このばか者", NgRule("ばか者"), ["ばか者"]),
        ("盲目的な支持", NgRule("盲目", ("盲目的",)), []),
        ("彼は盲目だった", NgRule("盲目", ("盲目的",)), ["盲目"]),
        ("彼は盲\n目だった", NgRule("盲目"), ["盲\n目"]),
    ],
)
def test_ng_words_in_kana_are_whole_words(japanese: SudachiLexicon, text: str, rule: NgRule, wrong: list[str]) -> None:
    assert [each.wrong for each in found(japanese, text, "", ng=(rule,))] == wrong


def test_ng_words_are_heard_in_pieces_but_not_across_words(japanese: SudachiLexicon) -> None:
    words = [Word("そればか", 0, 1), Word("りではない、盲", 1, 2), Word("目の人", 2, 3)]
    heard = judge_japanese([], words, Rules((), (NgRule("ばか"), NgRule("盲目"))), japanese).findings
    assert [(each.heard, each.start_s) for each in heard] == [("りではない、盲 目の人", 1)]


def test_one_name_has_one_spelling_in_a_programme(japanese: SudachiLexicon) -> None:
    texts = ["伊藤健太さん", "選手の伊藤健太", "伊藤健太 会見", "伊東健太さん", "伊藤健一さん"]
    telops = [Telop(text, at * 10, at * 10 + 4) for at, text in enumerate(texts)]
    findings = judge_japanese(telops, [], Rules(), japanese).findings
    assert [(each.kind.value, each.wrong, each.suggestion) for each in findings] == [
        ("inconsistent", "伊東健太", "伊藤健太")
    ]
    assert not judge_japanese(telops[2:], [], Rules(), japanese).findings, "between two nothing is said"


@pytest.mark.parametrize(("tag", "is_japanese"), [("ja", True), ("ja-JP", True), ("JA-jp", True), ("en-GB", False)])
def test_the_language_tag_of_the_job_chooses_who_judges(tag: str, is_japanese: bool) -> None:
    judge = Lexicons().judge_of(tag)
    assert isinstance(judge, partial)
    assert (judge.func is judge_japanese) is is_japanese
