"""Programmes of `unseen.txt`, written before the rules were read: each is shown right, and then with mistakes.

In the second staging a caption is shown once for each of its mistakes, so that no mistake can hide another.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.values import NgRule, Reading, Rules, Telop, Word

from tests.scorecard.japanese.recognising import recognised as recognise
from tests.scorecard.labels import Labelled, Mistake, Programme, Shown

PER_CHARACTER_S: Final = 0.14
PAUSE_S: Final = 0.7
SUPER_S: Final = 3.0
"""How long a super stands that nobody says."""
_RELATIONS: Final = {"=": "verbatim", "-": "condensed", "~": "paraphrase", "!": "unspoken"}
_KINDS: Final = {
    "s": "spelling",
    "w": "wrong_word",
    "n": "number",
    "N": "name",
    "m": "missing",
    "d": "duplicate",
    "g": "ng_word",
    "i": "inconsistent",
}
_MARK: Final = re.compile(r"\[([^/\[\]]*)/([^/\[\]]*)/([swnNmdgi])\]")


@dataclass
class _Block:
    """The lines of one programme."""

    genre: str
    rules: Rules
    lines: list[str]


def unseen(half: str, text: str, lexicon: SudachiLexicon, *, recognised: bool) -> list[Programme]:
    """Two programmes for each block of the text, one where the block has no mistake."""
    return [
        _programme(block, half, f"{half}-{block.genre}-{number}", lexicon, wrong=wrong, noisy=recognised)
        for number, block in enumerate(_blocks(text))
        for wrong in ((False, True) if _MARK.search("".join(block.lines)) else (False,))
    ]


def _blocks(text: str) -> Iterator[_Block]:
    block = None
    for line in text.splitlines():
        if line.startswith("@"):
            if block:
                yield block
            genre, names, *ng_words = line.removeprefix("@ ").split("\t")
            block = _Block(genre, _rules(names.split(), " ".join(ng_words).split()), [])
        elif block and line and not line.startswith("#"):
            block.lines.append(line)
    if block:
        yield block


def _rules(names: list[str], ng_words: list[str]) -> Rules:
    pairs = [name.partition(":") for name in names]
    forbidden = [word.split("~") for word in ng_words]
    return Rules(
        roster=tuple(name for name, _, _ in pairs),
        readings={name: reading for name, _, reading in pairs if reading},
        ng_words=tuple(NgRule(word, tuple(exceptions)) for word, *exceptions in forbidden),
    )


def _programme(block: _Block, half: str, name: str, lexicon: SudachiLexicon, *, wrong: bool, noisy: bool) -> Programme:
    now, end = 1.0, 1.0
    words: list[Word] = []
    said: list[str] = []
    labelled: list[Labelled] = []
    chance = random.Random(f"recogniser {name}")
    for line in block.lines:
        sign, text = line[0], line[2:].replace("⏎", "\n")
        if sign == ">":
            now, end = end + PAUSE_S, end + PAUSE_S + len(text) * PER_CHARACTER_S
            said.append(text)
            if noisy:
                words.extend(recognise(text, (now, end), words[-1].end_s if words else 0.0, chance, lexicon))
            else:
                words.append(Word(text, now, end, 1.0))
            continue
        if sign == "!":
            now, end = end, end + SUPER_S
        for each, mistake in _stagings(text, wrong=wrong):
            labelled.append(_labelled(Shown(each, max(0.0, now - 0.3), end + 1.0, _RELATIONS[sign], mistake)))
    band = "recognised" if noisy else "true transcript"
    staged = f"{name}-{'wrong' if wrong else 'right'}"
    return Programme(
        *(staged, "ja", half, block.genre, band, end, tuple(labelled), tuple(words), tuple(said), block.rules)
    )


def _stagings(text: str, *, wrong: bool) -> Iterator[tuple[str, Mistake | None]]:
    marks = list(_MARK.finditer(text)) if wrong else []
    if not marks:
        yield _plain(text), None
    for mark in marks:
        before, after = _plain(text[: mark.start()]), _plain(text[mark.end() :])
        mistake = Mistake(_KINDS[mark[3]], len(before), len(before) + len(mark[2]), mark[1])
        yield before + mark[2] + after, mistake


def _plain(text: str) -> str:
    return _MARK.sub(lambda match: match[1], text)


def _labelled(shown: Shown) -> Labelled:
    readings = tuple(Reading(shown.text, 0.97, shown.start_s + at * 0.3) for at in range(3))
    return Labelled(shown, Telop(shown.text, shown.start_s, shown.end_s, confidence=0.97, frames=60, readings=readings))
