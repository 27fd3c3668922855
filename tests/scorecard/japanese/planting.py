"""Plants one mistake in a caption: the text with the mistake, and where it is."""

import random
import re
from collections.abc import Callable
from typing import Final

from tests.scorecard.labels import Mistake

Planted = tuple[str, Mistake]
_MARK: Final = re.compile(r"\[([^\[\]/]+)/([^\[\]/]+)\]")
_ENDINGS: Final = (
    *(
        "ました",
        "しました",
        "ています",
        "いました",
        "でした",
        "ません",
        "られた",
        "かった",
        "てください",
        "でしょう",
        "なければ",
        "すごく",
    ),
    *(
        "れました",
        "しまし",
        "つもり",
        "ありが",
        "ところ",
        "そして",
        "はじめ",
        "かかる",
        "うれしい",
        "たいです",
        "ことが",
        "ている",
    ),
)
_PARTICLES: Final = ("を", "が", "に", "の", "は", "で")


def plain(marked: str) -> str:
    """The caption as it should be."""
    return _MARK.sub(lambda match: match[1], re.sub(r"\[([^/\]]+)\]", r"\1", marked))


def misspell_kanji(marked: str, chance: random.Random, known: Callable[[str], bool]) -> Planted | None:
    """Take one of the marked mistakes."""
    marks = list(_MARK.finditer(marked))
    if not marks:
        return None
    mark = chance.choice(marks)
    before, after = plain(marked[: mark.start()]), plain(marked[mark.end() :])
    kind = "wrong_word" if known(mark[2]) else "spelling"
    return before + mark[2] + after, Mistake(kind, len(before), len(before) + len(mark[2]), mark[1])


def slip_in_kana(text: str, chance: random.Random) -> Planted | None:
    """Leave out, double or swap a Kana within an ending where none of it gives another word."""
    places = [(text.index(ending), ending) for ending in _ENDINGS if ending in text]
    if not places:
        return None
    at, ending = chance.choice(places)
    inner = chance.randrange(1, len(ending) - 1)
    way = chance.choice(("lost", "doubled", "swapped"))
    if way == "lost":
        wrong = ending[:inner] + ending[inner + 1 :]
    elif way == "doubled":
        wrong = ending[: inner + 1] + ending[inner:]
    else:
        wrong = ending[: inner - 1] + ending[inner] + ending[inner - 1] + ending[inner + 1 :]
    if wrong == ending or wrong in ("てます", "います", "いした", "らた", "るてい"):
        return None
    return text[:at] + wrong + text[at + len(ending) :], Mistake("spelling", at, at + len(wrong), ending)


def double_particle(text: str, chance: random.Random) -> Planted | None:
    """Write a particle twice, now and then across a line break."""
    places = [
        match.start() for match in re.finditer("|".join(_PARTICLES), text) if _is_between_words(text, match.start())
    ]
    if not places:
        return None
    at = chance.choice(places)
    gap = "\n" if at % 3 == 0 else ""
    doubled = text[at] + gap + text[at]
    return text[:at] + doubled + text[at + 1 :], Mistake("duplicate", at, at + len(doubled), text[at])


def lose_particle(text: str, chance: random.Random) -> Planted | None:
    """Leave out one particle of a whole sentence that has several."""
    places = [match.start() for match in re.finditer("[をがに]", text) if _is_between_words(text, match.start())]
    if len(places) < 2 or not text.endswith(("た", "す", "ん")):
        return None
    at = chance.choice(places)
    return text[:at] + text[at + 1 :], Mistake("missing", at, at, text[at])


def _is_between_words(text: str, at: int) -> bool:
    """Between a Kanji, Katakana or figure and the next one: surely a particle."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(re.fullmatch(r"[一-鿿ァ-ヶー\d０-９]", before) and re.fullmatch(r"[一-鿿ァ-ヶ\d０-９]", after))
