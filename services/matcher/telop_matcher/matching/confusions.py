"""Words that are written for each other, with cues: what stands around the one and around the other.

A cue `x_` stands right before the word, `_x` right after it, `x` within a few words. Cues speak for a word only where
they do not speak for the other.
"""

from collections.abc import Sequence
from typing import Final

Cues = frozenset[str]
Confusions = dict[str, dict[str, tuple[Cues, Cues]]]
NEAR: Final = 5
"""Words to either side in which a plain cue counts."""


def parse(text: str) -> Confusions:
    """Read lines of `FIRST: cues / SECOND: cues`; raises ValueError for a line that is none."""
    found: Confusions = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        (first, own), (second, other) = (_side(side) for side in line.split(" / ", 1))
        found.setdefault(first, {})[second] = own, other
        found.setdefault(second, {})[first] = other, own
    return found


def _side(side: str) -> tuple[str, Cues]:
    word, _, cues = side.partition(":")
    return word.strip(), frozenset(cues.split())


def support(words: Sequence[str], at: int, cues: Cues) -> int:
    """How many cues of a word stand around place `at`; those that touch it count twice."""
    around = set(words[max(0, at - NEAR) : at]) | set(words[at + 1 : at + 1 + NEAR])
    touching = set()
    if at:
        touching.add(f"{words[at - 1]}_")
    if at + 1 < len(words):
        touching.add(f"_{words[at + 1]}")
    return 2 * len(cues & touching) + len(cues & around)
