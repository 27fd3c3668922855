"""Folded text points back at the raw characters, and folding repairs nothing."""

from hypothesis import given
from hypothesis import strategies as st
from telop_matcher.matching.writing import fold, glyphs, letters, tokens


@given(st.text(max_size=60))
def test_every_token_points_at_its_raw_characters(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.raw
        assert token.text in fold(token.raw).text


@given(st.text(max_size=60))
def test_the_map_is_as_long_as_the_folded_text_and_never_runs_backwards(text: str) -> None:
    folded = fold(text)
    assert len(folded.origin) == len(folded.text) + 1
    assert list(folded.origin) == sorted(folded.origin)
    assert folded.origin[-1] == len(text)


def test_a_character_that_folds_to_several_keeps_its_raw_span() -> None:
    text = "前半㈱ﾊﾞｽ ＡＢＣ Straße"
    assert [text[token.start : token.end] for token in tokens(text)][-2:] == ["ＡＢＣ", "Straße"]


def test_figures_keep_their_signs_and_words_their_apostrophes() -> None:
    texts = [token.text for token in tokens("It’s $1.5 million, 4% at 5:30 on the 25th; well-known")]
    assert texts == ["it's", "$1.5", "million", "4%", "at", "5:30", "on", "the", "25th", "well", "known"]


def test_letters_are_equal_but_for_space_case_and_punctuation() -> None:
    assert letters("EVENING  NEWS!") == letters("eveningnews")
    assert letters("intrest") != letters("interest")


def test_glyphs_are_equal_for_what_readers_of_pictures_confuse() -> None:
    assert glyphs("Govemment") == glyphs("Government")
    assert glyphs("3OO") == glyphs("300")
    assert glyphs("lnterest") == glyphs("Interest")
    assert glyphs("intrest") != glyphs("interest")
