"""The scripts: utterances with their written variants, and slots that are filled anew for every programme.

A slot has a written and a spoken form. Names, places and wordings of the two halves differ.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.scorecard.english.figures import FIGURES, Filled
from tests.scorecard.labels import FORMER, TEST

FOLDER: Final = Path(__file__).parent / "scripts"
_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence with `|` where a caption may end, its variants, and pairs of right and wrong words."""

    spoken: str
    condensed: tuple[str, ...]
    paraphrases: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and where in one half: people who may be in a roster, people who are in no dictionary, places, roles."""

    people: tuple[str, ...]
    strangers: tuple[tuple[str, str], ...]
    """A name and another spelling of it."""
    places: tuple[str, ...]
    roles: tuple[str, ...]
    supers: tuple[str, ...]


def seed(half: str) -> str:
    """What the draws of a half begin with: the former test half is drawn as it was made."""
    return TEST if half == FORMER else half


def utterances(half: str, genre: str) -> list[Utterance]:
    """The utterances of a genre."""
    text = (FOLDER / f"{half}.txt").read_text("utf-8")
    part = next(part for part in text.split("\n## ") if part.startswith(f"{genre}\n"))
    return [_utterance(block) for block in part.partition("\n")[2].strip().split("\n\n")]


def _utterance(block: str) -> Utterance:
    by_mark: dict[str, list[str]] = {"=": [], "c": [], "p": [], "w": []}
    for line in block.splitlines():
        if line[0] in by_mark:
            by_mark[line[0]].append(line[2:])
    pairs = [pair.strip().split(">") for line in by_mark["w"] for pair in line.split(",")]
    return Utterance(
        by_mark["="][0],
        tuple(by_mark["c"]),
        tuple(by_mark["p"]),
        tuple((right.strip(), wrong.strip()) for right, wrong in pairs),
    )


def cast(half: str) -> Cast:
    """The cast of a half."""
    parts = {}
    for block in (FOLDER / f"{half}-cast.txt").read_text("utf-8").strip().split("\n\n"):
        title, _, rest = block.partition("\n")
        parts[title.removeprefix("# ")] = rest.splitlines()
    strangers = tuple((name, other) for name, _, other in (line.partition(" / ") for line in parts["strangers"]))
    supers = tuple(line.replace("|", "\n") for line in parts["supers"])
    return Cast(tuple(parts["people"]), strangers, tuple(parts["places"]), tuple(parts["roles"]), supers)


@dataclass(frozen=True, slots=True)
class Slots:
    """What fills the slots of one utterance."""

    values: Mapping[str, Filled]

    def written(self, text: str) -> str:
        """The text as it is written."""
        return _SLOT.sub(lambda match: self.values[match[1]].written, text)

    def spoken(self, text: str) -> str:
        """The text as it is said: words only."""
        said = _SLOT.sub(lambda match: self.values[match[1]].spoken, text.replace("|", " "))
        return " ".join(re.sub(r"[^a-z' ]", " ", said.lower().replace("-", " ")).split())

    def said_aloud(self, text: str) -> str:
        """The text for the synthesiser: words with the sentence's marks."""
        return _SLOT.sub(lambda match: self.values[match[1]].spoken, text.replace("|", " "))


def fill(text: str, draw: random.Random, people: list[str], places: list[str]) -> Slots:
    """Fill every slot that may stand in a block."""
    first, second = draw.sample(people, 2)
    place = draw.choice(places)
    values = {"person": Filled(first, first), "person2": Filled(second, second), "place": Filled(place, place)}
    return Slots(values | {name: make(draw) for name, make in FIGURES.items() if "{" + name + "}" in text})
