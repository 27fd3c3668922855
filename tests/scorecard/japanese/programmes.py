"""Puts programmes together: sentences of one genre with their captions, filled in, some with a mistake.

The halves differ in sentences, names, places and forbidden words, not only by seed. Numbers are said in Kanji or in
figures, and captioned in any style. In clean programmes nothing is planted.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from typing import Final

from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.values import NgRule, Reading, Rules, Telop, Word

from tests.scorecard.japanese import planting
from tests.scorecard.japanese.recognising import recognised as recognise
from tests.scorecard.japanese.unseen import unseen
from tests.scorecard.japanese.vocabulary import VOCABULARY, Vocabulary
from tests.scorecard.labels import HALVES, Labelled, Mistake, Programme, Shown

CLEAN: Final = 6
"""Clean programmes of each genre and half."""
MISTAKEN: Final = 8
TELOPS: Final = 60
WRONG: Final = 0.3
"""Share of telops of a mistaken programme that are wrong: more than ever, to have enough of every kind."""
RARE: Final = 0.85
"""Share of mistakes that are of a rare kind, where the caption allows for it."""
TRAPS: Final = 0.5
"""Share of unspoken telops that only look as if something was wrong."""
PER_CHARACTER_S: Final = 0.14
PAUSE_S: Final = 0.7
_RELATION: Final = {"=": "verbatim", "-": "condensed", "~": "paraphrase"}
_SLOT: Final = re.compile(r"\{(\d)(?::(\d+)-(\d+))?\}")
_DIGITS: Final = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Script:
    """A sentence of a genre, with its captions."""

    genre: str
    said: str
    captions: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> SudachiLexicon:
    """The lexicon, loaded once."""
    return SudachiLexicon().load()


@lru_cache(maxsize=4)
def programmes(half: str, *, recognised: bool) -> list[Programme]:
    """The programmes of a half, or those written apart; the same every time."""
    if half not in HALVES:
        text = resources.files(__package__).joinpath(f"{half}.txt").read_text("utf-8")
        return unseen(half, text, lexicon(), recognised=recognised)
    scripts = list(_scripts(half))
    found = []
    for genre in sorted({script.genre for script in scripts}):
        own = [script for script in scripts if script.genre == genre]
        for number in range(CLEAN + MISTAKEN):
            chance = random.Random(f"{half} {genre} {number}")
            found.append(_Maker(half, genre, own, chance, wrong=number >= CLEAN).made(number, recognised=recognised))
    return found


def _scripts(half: str) -> Iterator[Script]:
    for line in _lines(f"{half}.txt"):
        genre, said, *captions = line.split("\t")
        yield Script(genre, planting.plain(said), tuple(captions))


@lru_cache(maxsize=8)
def _lines(name: str) -> list[str]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class _Maker:
    """Makes one programme."""

    def __init__(self, half: str, genre: str, scripts: list[Script], chance: random.Random, *, wrong: bool) -> None:
        self._half = half
        self._genre = genre
        self._scripts = scripts
        self._chance = chance
        self._share = WRONG if wrong else 0.0
        self._words: Vocabulary = VOCABULARY[half]

    def made(self, number: int, *, recognised: bool) -> Programme:
        """Sentence after sentence, now and then with a telop that nobody speaks."""
        now = 1.0
        labelled: list[Labelled] = []
        words: list[Word] = []
        said: list[str] = []
        lately: list[str] = []
        chance = random.Random(f"recogniser {self._half} {self._genre} {number}")
        while len(labelled) < TELOPS:
            script = self._chance.choice([each for each in self._scripts if each.said not in lately])
            lately = [script.said, *lately[:3]]
            filled = self._filled(script)
            end = now + len(filled.said) * PER_CHARACTER_S
            said.append(filled.said)
            if recognised:
                not_before = words[-1].end_s if words else 0.0
                words.extend(recognise(filled.said, (now, end), not_before, chance, lexicon()))
            else:
                words.append(Word(filled.said, now, end, 1.0))
            labelled.append(_labelled(self._caption(filled, now - 0.3, end + 1.0)))
            if self._chance.random() < 0.3:
                labelled.append(_labelled(self._super(now, end)))
            now = end + PAUSE_S
        rules = Rules(
            roster=tuple(name for name, _, _ in self._words.names),
            ng_words=tuple(NgRule(text, exceptions) for text, exceptions in self._words.forbidden),
            readings={name: reading for name, reading, _ in self._words.names},
        )
        band = "recognised" if recognised else "true transcript"
        name = f"{self._half}-{self._genre}-{number}"
        return Programme(
            *(name, "ja", self._half, self._genre, band, now, tuple(labelled), tuple(words), tuple(said), rules)
        )

    def _filled(self, script: Script) -> Script:
        """Fill in the numbers, names and places; numbers as they are said, and as they are written."""
        values = {
            match[1]: self._number(int(match[2]), int(match[3])) for match in _SLOT.finditer(script.said) if match[2]
        }
        name, place = self._chance.choice(self._words.names)[0], self._chance.choice(self._words.places)
        kanji = self._chance.random() < 0.5

        def fill(text: str, *, spoken: bool) -> str:
            text = text.replace("{name}", name).replace("{place}", place)
            return _SLOT.sub(lambda match: self._written(values[match[1]], kanji=kanji if spoken else False), text)

        captions = tuple(fill(each, spoken=False) for each in script.captions)
        return Script(script.genre, fill(script.said, spoken=True), captions)

    def _number(self, low: int, high: int) -> int:
        step = 100 if high > 1_000 else 10 if high > 500 else 1
        return self._chance.randrange(low, high + 1, step)

    def _written(self, value: int, *, kanji: bool) -> str:
        if kanji:
            return in_kanji(value)
        style = self._chance.choice(("full", "half", "full"))
        text = f"{value:,}" if value >= 10_000 and style == "half" else str(value)
        return text if style == "half" else text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    def _caption(self, script: Script, start_s: float, end_s: float) -> Shown:
        marked = self._chance.choice(script.captions)
        relation, marked = _RELATION[marked[0]], marked[1:]
        text = planting.plain(marked)
        planted = None
        if self._chance.random() < self._share:
            planted = self._planted(marked, text)
        if planted is None:
            return Shown(self._broken(text), max(0.0, start_s), end_s, relation)
        wrong, mistake = planted
        return Shown(wrong, max(0.0, start_s), end_s, relation, mistake)

    def _planted(self, marked: str, text: str) -> planting.Planted | None:
        ways: list[Callable[[], planting.Planted | None]] = [
            partial(planting.misspell_kanji, marked, self._chance, lexicon().knows),
            partial(planting.misspell_kanji, marked, self._chance, lexicon().knows),
            partial(planting.slip_in_kana, text, self._chance),
            partial(planting.double_particle, text, self._chance),
            partial(planting.lose_particle, text, self._chance),
            partial(self._wrong_number, text),
            partial(self._wrong_name, text),
        ]
        self._chance.shuffle(ways)
        if self._chance.random() < RARE:
            ways = [partial(planting.lose_particle, text, self._chance), partial(self._wrong_name, text), *ways]
        return next((planted for way in ways if (planted := way())), None)

    def _wrong_number(self, text: str) -> planting.Planted | None:
        numbers = list(re.finditer(r"[\d０-９][\d０-９,]*", text))
        if not numbers:
            return None
        match = self._chance.choice(numbers)
        digits = match.group()
        at = self._chance.choice([at for at, each in enumerate(digits) if each != ","])
        full = digits[at] >= "０"
        value = int(digits[at])
        other = str(self._chance.choice([each for each in range(1, 10) if each != value]))
        if full:
            other = chr(ord(other) + 0xFEE0)
        wrong = digits[:at] + other + digits[at + 1 :]
        mistake = Mistake("number", match.start(), match.end(), digits)
        return text[: match.start()] + wrong + text[match.end() :], mistake

    def _wrong_name(self, text: str) -> planting.Planted | None:
        for right, _, wrong in self._words.names:
            if right in text:
                at = text.index(right)
                return text.replace(right, wrong, 1), Mistake("name", at, at + len(wrong), right)
        return None

    def _super(self, start_s: float, end_s: float) -> Shown:
        """What stands on screen while something else is said."""
        words, chance = self._words, self._chance
        wrong = chance.random() < self._share
        if wrong and chance.random() < 0.5:
            text = chance.choice(words.banned)
            term = next(term for term, _ in words.forbidden if term in text)
            at = text.index(term)
            return Shown(text, start_s, end_s, "unspoken", Mistake("ng_word", at, at + len(term), ""))
        if chance.random() < TRAPS:
            traps = (*words.allowed, *_lines(f"{self._half}_supers.txt"))
            return Shown(chance.choice(traps), start_s, end_s, "unspoken", trap="unspoken")
        right, _, slip = chance.choice(words.names)
        text = chance.choice([each for each in words.supers if not wrong or "{name}" in each])
        text = text.replace("{place}", chance.choice(words.places)).replace("{other}", chance.choice(words.others))
        text = text.replace("{age}", str(chance.randrange(19, 88)))
        if "{name}" not in text or not wrong:
            return Shown(text.replace("{name}", right), start_s, end_s, "unspoken", trap="unspoken")
        at = text.index("{name}")
        return Shown(
            text.replace("{name}", slip), start_s, end_s, "unspoken", Mistake("name", at, at + len(slip), right)
        )

    def _broken(self, text: str) -> str:
        """Now and then in two lines, between words."""
        if len(text) < 16 or self._chance.random() < 0.6:
            return text
        places = [word.start for word in lexicon().cut(text) if 6 < word.start < len(text) - 4 and not word.is_particle]
        at = self._chance.choice(places) if places else 0
        return f"{text[:at]}\n{text[at:]}" if at else text


def in_kanji(value: int) -> str:
    """A number as it is written in Kanji: 12300 is 一万二千三百."""
    if value >= 10_000:
        return in_kanji(value // 10_000) + "万" + (in_kanji(value % 10_000) if value % 10_000 else "")
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        count, value = divmod(value, unit)
        text += ("" if count == 1 else _DIGITS[count]) + name if count else ""
    return text + (_DIGITS[value] if value or not text else "")


def _labelled(shown: Shown) -> Labelled:
    readings = tuple(Reading(shown.text, 0.97, shown.start_s + at * 0.3) for at in range(3))
    return Labelled(shown, Telop(shown.text, shown.start_s, shown.end_s, confidence=0.97, frames=60, readings=readings))
