"""Plants one mistake of a wanted kind in a correct caption. The reader, the ear and the matcher are not asked."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from telop_matcher.matching.values import Lexicon

from tests.scorecard.english.figures import Filled
from tests.scorecard.labels import Mistake

_WORD: Final = re.compile(r"[A-Za-z']+")
SHORTEST: Final = 5
_VITAL: Final = "to in on of at for with from by has had not will must"
VITAL: Final = frozenset(_VITAL.split())
"""Words whose absence makes a sentence wrong; articles and forms of "to be" are left out on purpose in captions."""
_DOUBLED: Final = "the a an of to in for from with at by and but his her their our its is was will"
DOUBLED: Final = frozenset(_DOUBLED.split())
KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Caption:
    """A correct caption and what can go wrong in it. `forbidden` is set where a word of it is put on the NG list."""

    text: str
    relation: str
    figures: tuple[Filled, ...] = ()
    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    mistake: Mistake | None = None
    forbidden: str = ""


def plant(kind: str, caption: Caption, draw: random.Random, lexicon: Lexicon) -> Caption | None:
    """The caption with a mistake of a kind; None where it has no place for one."""
    return PLANTERS[kind](caption, draw, lexicon)


def _replaced(caption: Caption, kind: str, start: int, end: int, wrong: str) -> Caption:
    right = caption.text[start:end]
    text = caption.text[:start] + wrong + caption.text[end:]
    return replace(caption, text=text, mistake=Mistake(kind, start, start + len(wrong), right))


def _spelling(caption: Caption, draw: random.Random, lexicon: Lexicon) -> Caption | None:
    places = [
        match for match in _WORD.finditer(caption.text) if _is_plain(match, caption) and lexicon.knows(match[0].lower())
    ]
    draw.shuffle(places)
    for match in places:
        for _ in range(8):
            wrong = _slip(match[0], draw)
            if wrong != match[0] and not lexicon.knows(wrong.lower()):
                return _replaced(caption, "spelling", *match.span(), wrong)
    return None


def _is_plain(match: re.Match[str], caption: Caption) -> bool:
    word = match[0]
    is_name = any(word in name for name in caption.names) or (word[0].isupper() and match.start() > 0)
    return len(word) >= SHORTEST and word.isalpha() and not word.isupper() and not is_name


def _slip(word: str, draw: random.Random) -> str:
    """One slip of a typist: two letters swapped, one left out, doubled, or a neighbour on the keyboard hit."""
    at = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    row = next((row for row in KEYBOARD if word[at] in row), "")
    beside = [row[index] for index in (row.find(word[at]) - 1, row.find(word[at]) + 1) if 0 <= index < len(row)]
    return word[:at] + draw.choice(beside) + word[at + 1 :] if beside else word


def _wrong_word(caption: Caption, draw: random.Random, _: Lexicon) -> Caption | None:
    if caption.relation not in ("verbatim", "condensed"):
        return None
    places = [
        (match, wrong)
        for right, wrong in caption.pairs
        for match in re.finditer(rf"\b{re.escape(right)}\b", caption.text, re.IGNORECASE)
    ]
    if not places:
        return None
    match, wrong = draw.choice(places)
    wrong = wrong.upper() if match[0].isupper() else wrong.capitalize() if match[0][0].isupper() else wrong
    return _replaced(caption, "wrong_word", *match.span(), wrong)


def _number(caption: Caption, draw: random.Random, _: Lexicon) -> Caption | None:
    places = [each for each in caption.figures if each.wrong and caption.text.count(each.written) == 1]
    if not places or caption.relation not in ("verbatim", "condensed"):
        return None
    figure = draw.choice(places)
    at = caption.text.index(figure.written)
    return _replaced(caption, "number", at, at + len(figure.written), figure.wrong)


def _name(caption: Caption, draw: random.Random, lexicon: Lexicon) -> Caption | None:
    places = [name for name in caption.names if name in caption.text]
    if not places:
        return None
    name = draw.choice(places)
    parts = [part for part in name.split() if len(part) >= SHORTEST]
    part = draw.choice(parts) if parts else ""
    wrong = _other_name(part, draw) if part else ""
    if not wrong:
        return None
    at = caption.text.index(name) + name.index(part)
    return _replaced(caption, "name", at, at + len(part), wrong)


SOUNDS: Final = (
    *(("sen", "son"), ("ph", "f"), ("ck", "k"), ("ll", "l")),
    *(("nn", "n"), ("tt", "t"), ("ey", "y"), ("ie", "ei")),
)


def _other_name(part: str, draw: random.Random) -> str:
    """A name's other spelling with the same sound where there is one, else a slip."""
    swaps = [part.replace(a, b, 1) for a, b in (*SOUNDS, *((b, a) for a, b in SOUNDS)) if a in part[1:]]
    same = [swap for swap in swaps if swap != part and swap[0] == part[0]]
    if same and draw.random() < 0.5:
        return draw.choice(same)
    for _ in range(8):
        wrong = _slip(part, draw)
        if wrong != part:
            return wrong
    return ""


def _duplicate(caption: Caption, draw: random.Random, _: Lexicon) -> Caption | None:
    places = [match for match in _WORD.finditer(caption.text) if len(match[0]) > 3 or match[0] in DOUBLED]
    places = [match for match in places if match[0].islower()]
    if not places:
        return None
    preferred = [match for match in places if match[0] in DOUBLED]
    match = draw.choice(preferred or places)
    between = "\n" if draw.random() < 0.3 and "\n" not in caption.text else " "
    text = caption.text[: match.end()] + between + match[0] + caption.text[match.end() :]
    mistake = Mistake("duplicate", match.start(), match.end() + 1 + len(match[0]), match[0])
    return replace(caption, text=text, mistake=mistake)


def _missing(caption: Caption, draw: random.Random, _: Lexicon) -> Caption | None:
    if caption.relation != "verbatim":
        return None
    places = [match for match in _WORD.finditer(caption.text) if match[0] in VITAL and match.start() > 0]
    places = [match for match in places if match.end() < len(caption.text) and caption.text[match.end()] == " "]
    if not places:
        return None
    match = draw.choice(places)
    text = caption.text[: match.start()] + caption.text[match.end() + 1 :]
    return replace(caption, text=text, mistake=Mistake("missing", match.start() - 1, match.start(), match[0]))


def _ng_word(caption: Caption, draw: random.Random, _: Lexicon) -> Caption | None:
    places = [match for match in _WORD.finditer(caption.text) if len(match[0]) >= SHORTEST and match[0].islower()]
    if not places:
        return None
    match = draw.choice(places)
    return replace(caption, mistake=Mistake("ng_word", *match.span(), ""), forbidden=match[0])


PLANTERS: Final[Mapping[str, Callable[[Caption, random.Random, Lexicon], Caption | None]]] = {
    "spelling": _spelling,
    "wrong_word": _wrong_word,
    "number": _number,
    "name": _name,
    "duplicate": _duplicate,
    "missing": _missing,
    "ng_word": _ng_word,
}
