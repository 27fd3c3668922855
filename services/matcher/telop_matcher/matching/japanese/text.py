"""A Japanese text as units for comparison: characters, and whole numbers, each with the word that it belongs to.

Characters are folded (width, variant Kanji, Katakana to Hiragana); space and punctuation are no units. Every unit
points at the folded text, and that at the raw characters. Nothing is repaired: words are told by their surface.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.numerals import Number, find_numbers
from telop_matcher.matching.writing import Folded, common, fold

LIGHT: Final = 0.7
HEAVY: Final = 2.0
"""Weights of Hiragana, which stand everywhere, and of everything else."""
_LINE_BREAK: Final = re.compile(r"(?<!\d)\s*\n\s*|\s*\n\s*(?!\d)")
_SMALL: Final = str.maketrans("アイウエオヤユヨワ", "ァィゥェォャュョヮ")
_LONG_AFTER: Final = (
    ("ー", "アカサタナハマヤラワガザダバパァャ", "ア"),
    ("ー", "イキシチニヒミリギジヂビピィ", "イ"),
    ("ー", "ウクスツヌフムユルグズヅブプゥュ", "ウ"),
    ("ー", "エケセテネヘメレゲゼデベペェ", "イ"),
    ("ー", "オコソトノホモヨロヲゴゾドボポォョ", "ウ"),
)
_SOUND: Final = str.maketrans({"ヂ": "ジ", "ヅ": "ズ", "ヲ": "オ"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A character or a whole number, `[start:end)` of the folded text; `word` counts the words of its side."""

    key: str
    start: int
    end: int
    word: int
    number: Number | None
    weight: float


@dataclass(frozen=True)
class Text:
    """A text, cut. Line breaks are not in `folded`: a line may end within a word."""

    raw: str
    folded: Folded
    words: tuple[Morpheme, ...]
    units: tuple[Unit, ...]
    numbers: tuple[Number, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw characters that folded ones came from."""
        return self.folded.raw_span(start, end)

    @cached_property
    def common(self) -> str:
        """The folded text with usual Kanji, in Hiragana: as long as before."""
        return common(self.folded.text)

    def starts(self) -> frozenset[int]:
        """Where words start."""
        return frozenset(word.start for word in self.words)


def cut(raw: str, lexicon: JapaneseLexicon) -> Text:
    """Cut a text."""
    folded = _joined(fold(raw))
    words = lexicon.cut(folded.text)
    numerals = frozenset(word.start for word in words if word.is_numeral)
    numbers = tuple(find_numbers(folded.text, numerals))
    return Text(raw, folded, words, tuple(_units(folded.text, words, numbers)), numbers)


def sound(words: Sequence[Morpheme]) -> str:
    """How words sound, in Katakana, with long vowels written out and equal sounds written equally."""
    return heard_as("".join(word.reading for word in words))


def heard_as(reading: str) -> str:
    """A reading with long vowels written out and equal sounds written equally."""
    spelt = common_katakana(reading).translate(_SOUND)
    for sign, after, vowel in _LONG_AFTER:
        spelt = re.sub(f"(?<=[{after}]){sign}", vowel, spelt)
    return spelt


def common_katakana(text: str) -> str:
    """Katakana for Hiragana."""
    return "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in text)


def is_kanji(character: str) -> bool:
    """Whether it is a Kanji, or repeats one."""
    return "㐀" <= character <= "鿿" or character in "々〆ヶ" or character > "\U0001ffff" or "豈" <= character <= "﫿"


def is_kana(character: str) -> bool:
    """Whether it is Hiragana or Katakana, or the sign of a long vowel."""
    return bool(character) and ("ぁ" <= character <= "ヺ" or character == "ー")


def _joined(folded: Folded) -> Folded:
    """Take out line breaks, but between two figures."""
    if "\n" not in folded.text:
        return folded
    gone = {at for match in _LINE_BREAK.finditer(folded.text) for at in range(*match.span())}
    kept = [at for at in range(len(folded.text)) if at not in gone]
    return Folded("".join(folded.text[at] for at in kept), (*(folded.origin[at] for at in kept), folded.origin[-1]))


def _units(text: str, words: Sequence[Morpheme], numbers: Sequence[Number]) -> list[Unit]:
    keys = common(text)
    number_at = {number.start: number for number in numbers}
    units: list[Unit] = []
    word = at = 0
    while at < len(text):
        while word + 1 < len(words) and words[word].end <= at:
            word += 1
        number = number_at.get(at)
        if number:
            units.append(Unit(f"#{number.value}", at, number.end, word, number, HEAVY))
            at = number.end
            continue
        if text[at].isalnum():
            light = "ぁ" <= text[at] <= "ゖ"
            units.append(Unit(keys[at], at, at + 1, word, None, LIGHT if light else HEAVY))
        at += 1
    return units
