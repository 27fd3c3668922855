"""What a text would gain if a part of it were written otherwise, by what the lexicon thinks of all its words.

This only tells whether a slip of the pen is likely; a text is never compared in its repaired form.
"""

import re
from collections.abc import Iterator
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon

AROUND: Final = 8
"""Characters on each side that the lexicon is shown."""
_SPOKEN_FORMS: Final = (
    (re.compile(r"(?<=[てで])い(?=[るたてなまれよ])"), ""),
    (re.compile(r"[てで]しま"), "ちま"),
    (re.compile(r"ちゃ(?=[うっいお])|じゃ(?=[うっいお])"), "ちま"),
    (re.compile(r"てお(?=[くきいこけ])"), "と"),
    (re.compile(r"ていく|てゆく"), "てく"),
    (re.compile(r"では"), "じゃ"),
    (re.compile(r"ければ|けりゃ|きゃ"), "きゃ"),
    (re.compile(r"ということ|っていうこと|ってこと"), "てこと"),
    (re.compile(r"っていう|という|って"), "て"),
    (re.compile(r"もん(?=で|だ|ね|$)"), "もの"),
    (re.compile(r"(?<=[いたるなうくすつぬむ])ん(?=で|だ)"), "の"),
    (re.compile(r"ら(?=れ)"), ""),
    (re.compile(r"[ーっぁぃぅぇぉ]+(?=$|[!?])"), ""),
    (re.compile(r"(?<=[あいうえお])ー|ー(?=い)"), ""),
    (re.compile(r"いう|ゆう"), "いう"),
    (re.compile(r"ぐらい"), "くらい"),
    (re.compile(r"やっぱり|やはり"), "やっぱ"),
    (re.compile(r"とても|とっても"), "とても"),
    (re.compile(r"みんな|みな"), "みな"),
    (re.compile(r"ほんとう|ほんと"), "ほんと"),
    (re.compile(r"すごく|すごい|すっごく|すっごい"), "すごい"),
)
"""Forms of speech beside those of writing: either is right."""
_LOST: Final = "いしっうさたんてすかにとまりるらなれきくござょ"
"""Kana that are left out most: endings, small ones, and those that are typed twice as fast."""
_KINDS: Final = (
    *("かが", "きぎ", "くぐ", "けげ", "こご", "さざ", "しじ", "すず", "せぜ", "そぞ", "ただ", "ちぢじ", "つづずっ"),
    *(
        "てで",
        "とど",
        "はばぱわ",
        "ひびぴ",
        "ふぶぷ",
        "へべぺえ",
        "ほぼぽ",
        "おを",
        "じぢ",
        "ずづ",
        "やゃ",
        "ゆゅ",
        "よょ",
        "いえ",
    ),
)
"""Kana that are swapped for one another: by voice, by size, by sound."""
_KINDRED: Final = {
    kana: "".join(sorted({other for kind in _KINDS if kana in kind for other in kind} - {kana}))
    for kana in sorted(set("".join(_KINDS)))
}


def gain(case: Aligned, start: int, end: int, other: str, lexicon: JapaneseLexicon) -> int:
    """By how much the lexicon prefers `other` in the place of the folded span, with what stands around."""
    text = case.text.folded.text
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return lexicon.cost(before + text[start:end] + after) - lexicon.cost(before + other + after)


def is_spoken_form(written: str, heard: str) -> bool:
    """Whether the two differ at most as spoken and written language do: してる, している; 食べれる, 食べられる."""
    return _form(written) == _form(heard)


def slips(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """What may have been meant by `text[start:end]`: a Kana left out, put in twice, swapped, or another of its kind.

    Yields spans with what would stand there.
    """
    for at in range(start, end):
        if not "ぁ" <= text[at] <= "ん":
            continue
        yield at, at + 1, ""
        if at + 1 < end and "ぁ" <= text[at + 1] <= "ん" and text[at] != text[at + 1]:
            yield at, at + 2, text[at + 1] + text[at]
        for other in _KINDRED.get(text[at], ""):
            yield at, at + 1, other
    for at in range(start, end + 1):
        for kana in _LOST:
            yield at, at, kana


def _form(text: str) -> str:
    for pattern, form in _SPOKEN_FORMS:
        text = pattern.sub(form, text)
    return text
