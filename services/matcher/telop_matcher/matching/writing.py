"""Folding text for comparison, with a map back to the raw characters; and cutting it into tokens.

Folding is NFKC, lower case and plain apostrophes, character by character with its combining marks. It never repairs:
two texts that differ in a letter still differ. `glyphs` folds further, what readers of pictures confuse; it serves
only to doubt a finding, never to make one.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_CLUSTER: Final = re.compile(r".[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_TOKEN: Final = re.compile(
    r"[$£€¥]?\d+(?:[.,:]\d+)*(?:%|st\b|nd\b|rd\b|th\b)?(?![^\W_])"  # a figure with its sign or ordinal ending
    r"|[^\W_]+(?:'[^\W\d_]+)*"  # a word, with its apostrophes; hyphens part words
)
_OF_ITS_OWN: Final = ("<fraction>", "<super>", "<sub>")
_MISREAD: Final = (("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("!", "l"), ("5", "s"), ("8", "b"), ("rn", "m"))
_MISREAD_PAIRS: Final = (("vv", "w"), ("cl", "d"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origin[i]` is the raw index of folded character i, with the raw length at the end."""

    text: str
    origin: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of raw characters that a span of folded ones came from."""
        last = self.origin[end - 1] if end > start else self.origin[start]
        after = next((raw for raw in self.origin[end:] if raw > last), self.origin[-1])
        return self.origin[start], after if end > start else last


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or figure, and the raw span it stands in: `raw` is `text[start:end]`."""

    text: str
    raw: str
    start: int
    end: int


def fold(raw: str) -> Folded:
    """Fold a text for comparison."""
    characters: list[str] = []
    origin: list[int] = []
    for match in _CLUSTER.finditer(raw):
        folded = _folded(match.group())
        characters.append(folded)
        origin.extend([match.start()] * len(folded))
    return Folded("".join(characters), (*origin, len(raw)))


def _folded(cluster: str) -> str:
    """Fold one character with its marks; a half stays a half, for "2½" is not 21/2."""
    if unicodedata.decomposition(cluster[0]).startswith(_OF_ITS_OWN):
        return cluster
    return unicodedata.normalize("NFKC", cluster).casefold().translate(_APOSTROPHES)


def tokens(raw: str) -> list[Token]:
    """Cut a text into folded words and figures, in order."""
    folded = fold(raw)
    found = []
    for match in _TOKEN.finditer(folded.text):
        start, end = folded.raw_span(*match.span())
        found.append(Token(match.group(), raw[start:end], start, end))
    return found


def letters(raw: str) -> str:
    """Only the folded letters and digits: equal for texts that differ in space, case and punctuation."""
    return "".join(character for character in fold(raw).text if character.isalnum())


def glyphs(raw: str) -> str:
    """Letters with those made equal that a reader of pictures confuses: o and 0; l, I and 1; rn and m; spaces are
    lost.
    """
    text = "".join(character for character in fold(raw).text if character.isalnum() or character in "|!")
    for wrong, right in (*_MISREAD, *_MISREAD_PAIRS):
        text = text.replace(wrong, right)
    return text
