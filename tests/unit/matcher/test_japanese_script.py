"""A script is a third witness in Japanese, too: whole words and numbers count, another wording does not."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.script import ScriptLine
from telop_matcher.matching.testimony import hear_script
from telop_matcher.matching.values import FYI, ISSUE, Blame, Finding, Rules, Telop, Word

OTHERS = ("県は来年度の予算案を発表しました。", "会場には多くの市民が集まりました。")


def found(lexicon: SudachiLexicon, written: str, heard: str, script: str) -> list[Finding]:
    """What is found in one telop beside speech that somebody wrote, and a script."""
    words = [Word("前置きの話です。", 0, 1)]
    words += [Word(heard, 1, 1 + len(heard) * 0.12)] if heard else []
    judged = judge_japanese([Telop(written, 1, 4)], words, Rules(), lexicon)
    return hear_script(judged, [ScriptLine(text) for text in (OTHERS[0], script, OTHERS[1])]).findings


def test_what_script_and_sound_say_together_is_surer(japanese: SudachiLexicon) -> None:
    heard = "住民は反対し、政府は異議を唱えた。"
    (alone,) = found(japanese, "政府は意義を唱えた", heard, OTHERS[0])
    (both,) = found(japanese, "政府は意義を唱えた", heard, heard)
    assert (both.severity, both.blame, both.suggestion) == (ISSUE, Blame.CAPTION, "異議")
    assert both.confidence > alone.confidence
    assert "script" in both.witnesses


def test_a_number_that_the_script_has_as_written_was_misheard_or_misspoken(japanese: SudachiLexicon) -> None:
    heard = "この火事で住宅五十二棟が焼けました。"
    (alone,) = found(japanese, "住宅15棟が焼けました", heard, OTHERS[0])
    (cleared,) = found(japanese, "住宅15棟が焼けました", heard, "この火事で住宅15棟が焼けました。")
    assert alone.severity == ISSUE
    assert (cleared.severity, cleared.blame) == (FYI, Blame.ASR)


def test_the_script_alone_accuses_nobody(japanese: SudachiLexicon) -> None:
    (finding,) = found(japanese, "受付は午前９時から１８時", "", "受付は午前９時から１７時")
    assert (finding.kind, finding.severity, finding.blame) == ("number", FYI, Blame.UNDECIDABLE)


def test_a_script_that_picture_and_sound_contradict_is_reported_for_information(japanese: SudachiLexicon) -> None:
    text = "首相は午後、閣議の内容を説明しました。"
    (finding,) = found(japanese, text, text, "首相は午後、会議の内容を説明しました。")
    assert (finding.severity, finding.blame, finding.suggestion) == (FYI, Blame.SCRIPT, None)


@pytest.mark.parametrize(
    ("written", "script"),
    [
        ("３万２千円の値上げ", "三万二千円の値上げです。"),
        ("１１の国と地域が参加", "十一の国と地域の代表が出席しました。"),
        ("野党 疑惑を徹底追及へ", "野党側は疑惑を徹底的に追及する構えです。"),
        ("火は約４時間後に鎮火", "火はおよそ四時間後に消し止められました。"),
        ("住民が工事差し止め求め提訴", "住民らは工事の差し止めを求める訴えを起こしました。"),
        ("被災者への補償拡充へ", "住宅を失った人への補償を拡充する方針です。"),
    ],
)
def test_another_wording_or_another_way_of_writing_is_no_difference(
    japanese: SudachiLexicon, written: str, script: str
) -> None:
    assert found(japanese, written, script, script) == []
