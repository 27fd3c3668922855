"""Beside a transcript that a recogniser wrote, only what no recogniser could have made of the caption accuses it."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import FYI, Finding, Rules, Telop, Word

from tests.unit.matcher.programme import brief


def found(lexicon: SudachiLexicon, *pairs: tuple[str, str]) -> list[Finding]:
    """What is found in captions beside speech without marks, of which the recogniser was not sure."""
    words, telops = [], []
    for at, (written, heard) in enumerate(pairs):
        words.append(Word(heard, 5.0 * at + 1, 5.0 * at + 4, 0.8))
        telops.append(Telop(written, 5.0 * at + 1, 5.0 * at + 4))
    return judge_japanese(telops, words, Rules(), lexicon).findings


@pytest.mark.parametrize(
    ("written", "heard", "kind", "wrong", "suggestion"),
    [
        ("観客の塊を揺さぶる歌声", "観客の魂を揺さぶる歌声でした", "wrong_word", "塊", "魂"),
        ("県が新たな計角を公表しました", "県が新たな計画を公表しました", "spelling", "計角", "計画"),
        ("県警は小学生無事に保護したと発表しました", "県警は小学生を無事に保護したと発表しました", "missing", "", "を"),
    ],
)
def test_what_no_recogniser_makes_of_a_caption_accuses_it(
    japanese: SudachiLexicon, written: str, heard: str, kind: str, wrong: str, suggestion: str
) -> None:
    assert brief(found(japanese, (written, heard))) == [(kind, wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("事故の原因を調べています", "事項の原因を調べています"),
        ("住民への関与を求めた", "住民への寛容を求めた"),
        ("警察が事故の原因を調べています", "警察が事故の原因調べています"),
        ("両国が交渉を再開しました", "両国が交渉を再会しました"),
    ],
)
def test_what_a_recogniser_may_have_misheard_accuses_nobody(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, (written, heard)) == []


def test_a_word_of_the_same_sound_that_other_captions_have_is_worth_a_look(japanese: SudachiLexicon) -> None:
    others = (("新しい市立の劇場", "新しい市立の劇場です"), ("市立の図書館", "市立の図書館です"))
    slip = ("これは私立の施設になります", "これは市立の施設になります")
    (finding,) = found(japanese, *others, slip)
    assert (finding.kind, finding.wrong, finding.suggestion, finding.severity) == ("wrong_word", "私立", "市立", FYI)
    assert found(japanese, slip) == []
