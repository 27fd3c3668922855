"""Glyphs that the reader takes for others, and the parts of a reading that may therefore be something else.

The table is measured, not thought up: `just glyphs` draws characters in several typefaces, has the default engine
read them, and writes `glyphs.json` and `docs/glyphs.md`. It holds for the model that it was measured with and for no
other. A part of a reading is ambiguous only in company (Kanji, Katakana, digits, ...) in which the fold was measured,
only if the two glyphs mean different things (a full-width digit read as a plain one is no doubt about the digit), and
only if whoever writes captions could have written the other one there: a kana is not taken for a Latin letter.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

FILE: Final = "glyphs.json"
COMPANIES: Final = ("kanji", "hiragana", "katakana", "latin", "digit")
SURE: Final = 0.9
"""Confidence of the reader from which a mistake of it counts: below, the confidence itself tells of the doubt."""
MOST_ALTERNATIVES: Final = 20
"""What a contract's `FoldedSpan` holds."""
_DASHES: Final = "ー—―－−–"
_OUT_OF_USE: Final = "ゐゑヰヱ"
_ROUND: Final = "0O"
_STROKES: Final = "lI|Ⅰ"
_PLAIN: Final = str.maketrans("‘’“”‐‑–—―−‒·･〜｢｣×", "''\"\"-------・・~「」x")
"""Typographic variants of one mark."""


@dataclass(frozen=True, slots=True)
class Fold:
    """`drawn` was read as `read` (empty: it vanished) in these companies and typefaces, so confidently at most."""

    drawn: str
    read: str
    companies: tuple[str, ...]
    typefaces: tuple[str, ...]
    confidence: float

    @property
    def changes_meaning(self) -> bool:
        """Whether the two glyphs are more than two forms of one."""
        return meaning(self.drawn) != meaning(self.read)


@dataclass(frozen=True, slots=True)
class Table:
    """What was measured with one model."""

    model: str
    folds: tuple[Fold, ...]

    def write(self, path: Path) -> None:
        """Store it, a fold to a line, so that a change shows as such."""
        lines = ",\n".join(json.dumps(asdict(fold), ensure_ascii=False) for fold in self.folds)
        path.write_text(f'{{"model": {json.dumps(self.model)}, "folds": [\n{lines}\n]}}\n', "utf-8")

    def alternatives(self) -> Mapping[str, Sequence[tuple[str, frozenset[str]]]]:
        """For each glyph that is read, what may have been drawn, and in which company."""
        found: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for fold in self.folds:
            if len(fold.read) == 1 and fold.changes_meaning:
                ideographs = kind(fold.drawn) == kind(fold.read) == "kanji"  # measured among Kanji, and not up to them
                found[fold.read].append((fold.drawn, frozenset(COMPANIES if ideographs else fold.companies)))
        return found


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """`text[start:end]` may as well be one of the alternatives."""

    start: int
    end: int
    alternatives: tuple[str, ...]


def meaning(glyph: str) -> str:
    """A glyph without its width and its typographic form."""
    return unicodedata.normalize("NFKC", glyph.translate(_PLAIN))


@cache
def table() -> Table:
    """The table of the package."""
    stored = json.loads((files("telop_ocr") / FILE).read_text("utf-8"))
    folds = (fold | {name: tuple(fold[name]) for name in ("companies", "typefaces")} for fold in stored["folds"])
    return Table(stored["model"], tuple(Fold(**fold) for fold in folds))


def ambiguities(text: str, model: str) -> list[Ambiguity]:
    """The parts of a reading, by the engine whose model is named, that may be something else; in order."""
    known = _alternatives() if model == table().model else {}
    found: list[Ambiguity] = []
    for index, glyph in enumerate(text):
        company = _company(text, index)
        alternatives = {
            meaning(drawn): drawn
            for drawn, companies in reversed(known.get(glyph, ()))  # plain forms come first, and win
            if (not company or company & companies) and _could_be_meant(text, index, drawn)
        }
        if alternatives:
            found.append(Ambiguity(index, index + 1, tuple(reversed(alternatives.values()))[:MOST_ALTERNATIVES]))
    return found


@cache
def _alternatives() -> Mapping[str, Sequence[tuple[str, frozenset[str]]]]:
    return table().alternatives()


def _company(text: str, index: int) -> set[str]:
    """The kinds of the nearest characters before and behind in the same line."""
    line_start = text.rfind("\n", 0, index) + 1
    line_end = text.find("\n", index)
    before = reversed(text[line_start:index])
    behind = text[index + 1 : None if line_end < 0 else line_end]
    nearest = (next((kind(each) for each in side if kind(each)), "") for side in (before, behind))
    return {each for each in nearest if each}


def _could_be_meant(text: str, index: int, drawn: str) -> bool:
    """Whether it makes sense that not `text[index]` but `drawn` was written there."""
    read, plain = text[index], unicodedata.normalize("NFKC", drawn)
    if plain in _OUT_OF_USE:
        return False
    if {read, plain} <= set(_ROUND):
        return True
    if plain in _STROKES or (read in _STROKES and plain in _STROKES):
        return read in _STROKES and _stands_oddly(text, index)
    if _is_japanese(read) and _is_japanese(drawn):
        simplified = kind(drawn) == "kanji" and not drawn.encode("cp932", "ignore")
        return not simplified or not any(kind(each) in {"hiragana", "katakana"} for each in text)
    return all(each.isascii() and each.isalnum() for each in (read, plain))


def _is_japanese(glyph: str) -> bool:
    return glyph in _DASHES or kind(glyph) in {"hiragana", "katakana", "kanji"}


def _stands_oddly(text: str, index: int) -> bool:
    """Whether an l begins a word, or an I follows a small letter: then each may be the other."""
    before = text[index - 1 : index]
    return not before.isalpha() if text[index] == "l" else before.islower()


def kind(character: str) -> str:
    """The company that a character keeps; empty for spaces, marks and the like."""
    code = ord(unicodedata.normalize("NFKC", character)[0])
    if 0x3041 <= code < 0x3097:
        return "hiragana"
    if 0x30A1 <= code < 0x30FB or code == 0x30FC:
        return "katakana"
    if 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000:
        return "kanji"
    if chr(code).isdecimal():
        return "digit"
    return "latin" if chr(code).isalpha() else ""
