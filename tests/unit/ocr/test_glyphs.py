"""The table says what the default reader does, and readings are in doubt only where it says so and it makes sense."""

import pytest
from telop_ocr import glyphs
from telop_ocr.engines import rapid
from telop_ocr.glyphs import ambiguities, table

from tests.benchmarks.glyphs.characters import COMPANIES
from tests.benchmarks.glyphs.measuring import outcomes

SAMPLE = ("髙", "﨑", "栁", "O", "工", "卜", "口", "タ")
"""Glyphs that the table says are folded in the typefaces measured here."""


@pytest.fixture(scope="module")
def engine() -> rapid.RapidOcrEngine:
    return rapid.RapidOcrEngine(threads=1, min_confidence=0.0)


def in_doubt(text: str) -> dict[str, tuple[str, ...]]:
    return {text[part.start : part.end]: part.alternatives for part in ambiguities(text, table().model)}


def test_the_table_was_measured_with_the_engine_that_reads(engine: rapid.RapidOcrEngine) -> None:
    assert engine.fingerprint()["model"] == table().model


@pytest.mark.parametrize("typeface", ["Noto Sans JP", "IPAexGothic"])
def test_what_is_drawn_and_read_again_comes_out_as_in_the_table(engine: rapid.RapidOcrEngine, typeface: str) -> None:
    known = {(fold.drawn, fold.read) for fold in table().folds}
    drawn = {fold.drawn for fold in table().folds}
    measured = [
        outcome
        for company in ("kanji", "katakana", "digit")
        for outcome in outcomes(engine, typeface, company, COMPANIES[company], [*SAMPLE, "優", "報", "キ"])
        if outcome.confidence >= glyphs.SURE
    ]
    folded = [outcome for outcome in measured if outcome.read != outcome.drawn]
    assert len({outcome.drawn for outcome in folded}) >= 6
    assert [outcome for outcome in folded if (outcome.drawn, outcome.read) not in known] == []
    assert all(outcome.read == outcome.drawn for outcome in measured if outcome.drawn not in drawn)


@pytest.mark.parametrize(
    ("text", "glyph", "alternative"),
    [
        ("高橋さん", "高", "髙"),
        ("さんの高さ", "高", "髙"),
        ("コーヒー", "ー", "一"),
        ("統一地方選", "一", "ー"),
        ("トマト", "ト", "卜"),
        ("2024年", "0", "O"),
        ("ヘルメット", "ヘ", "へ"),
        ("タクシー", "タ", "夕"),
        ("lraq's president", "l", "I"),
    ],
)
def test_a_glyph_that_may_be_another_is_in_doubt(text: str, glyph: str, alternative: str) -> None:
    assert alternative in in_doubt(text)[glyph]


@pytest.mark.parametrize("text", ["Hello world", "INTERVIEW", "115", "来年", "優勝した", "", " ", "\n"])
def test_a_glyph_that_makes_sense_only_as_itself_is_in_no_doubt(text: str) -> None:
    assert in_doubt(text) == {}


def test_a_form_of_the_same_glyph_is_no_doubt() -> None:
    read_as = {fold.read for fold in table().folds if fold.drawn in "１２３"}
    assert read_as == set("123")
    assert in_doubt("123") == {}


def test_no_kana_is_taken_for_a_latin_letter_or_a_sign() -> None:
    assert all(
        not alternative.isascii() or alternative.isalnum()
        for fold in table().folds
        if len(fold.read) == 1
        for others in in_doubt(f"あ{fold.read}カ").values()
        for alternative in others
    )


def test_the_company_is_that_of_the_own_line() -> None:
    assert "二" in in_doubt("統二地")
    assert "ニ" in in_doubt("アニメ")
    assert "ニ" not in in_doubt("アー\nニ三")


def test_readings_of_another_model_are_in_no_doubt() -> None:
    assert ambiguities("高橋さん", "another model") == []
