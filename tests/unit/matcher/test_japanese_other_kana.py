"""One Kana that was said otherwise is found in a caption that is literal elsewhere; other wordings are left alone."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import Rules, Telop, Word

from tests.unit.matcher.programme import brief
from tests.unit.matcher.test_japanese_rules import found


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("皆さんもぜひ食べて来てください", "皆さんもぜひ食べに来てください。", "て", "に"),
        ("母が会いて来てくれました", "母が会いに来てくれました。", "て", "に"),
        ("雨が止んだので試合は中止です", "雨が止んだのに試合は中止です。", "で", "に"),
        ("明日には会場へ行きますと答えました", "明日には会場へ行けますと答えました。", "行き", "行け"),
        ("彼は東京へ来るようですと言った", "彼は東京へ来るそうですと言った。", "よう", "そう"),
    ],
)
def test_a_kana_that_was_said_otherwise_is_found(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    (finding,) = found(japanese, written, heard)
    assert (finding.kind, finding.wrong, finding.suggestion) == ("wrong_word", wrong, suggestion)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("皆さんはぜひ食べに来てください", "皆さんもぜひ食べに来てください。"),
        ("来年の春に東京へ行く予定です", "来年の春に東京に行く予定です。"),
        ("この町は雨の降る日が多いです", "この町は雨が降る日が多いです。"),
        ("費用は三万円ぐらいかかるそうです", "費用は三万円くらいかかるそうです。"),
        ("その店は地元で人気があります", "この店は地元で人気があります。"),
        ("外国でも食べれる店を探しました", "外国でも食べられる店を探しました。"),
        ("彼はとてもいい選手だと思います", "彼はとてもよい選手だと思います。"),
        ("今年も大会が始まりますよ", "今年も大会が始まりますね。"),
        ("ぜひ食べて来て", "ぜひ皆さんで食べに来てください。"),
        ("皆さんも食べて来ましょう 東京", "皆さんもぜひ東京に食べに来てください。"),
    ],
)
def test_another_wording_is_left_alone(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert brief(found(japanese, written, heard)) == []


def test_a_recogniser_that_hears_another_kana_is_no_evidence(japanese: SudachiLexicon) -> None:
    words = [Word("皆さんもぜひ食べに来てください", 1, 4, 0.8)]
    telop = Telop("皆さんもぜひ食べて来てください", 1, 4)
    assert judge_japanese([telop], words, Rules(), japanese).findings == []
