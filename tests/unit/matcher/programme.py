"""Builds programmes of captions and speech, line after line, as a clean studio voice or a bad one would give them."""

from collections.abc import Sequence
from dataclasses import dataclass

from telop_matcher.matching.judging import judge
from telop_matcher.matching.values import Box, Finding, Lexicon, NgRule, Reading, Rules, Telop, Word

WORD_S = 0.35
PAUSE_S = 0.4
CAPTION = Box(100, 440, 700, 48)
CORNER = Box(20, 16, 200, 30)

STUDIO = (
    "the council wants to build more houses near the station",
    "scientists found a new species of frog in brazil",
    "heavy rain is expected in the north tomorrow",
    "the army said that two soldiers were killed",
    "voters will go to the polls on sunday",
    "the river rose above its banks after the storm",
)
"""Sentences that were heard as they are written: what shows that a voice is understood."""


@dataclass(frozen=True)
class Line:
    """A caption, and what the recogniser heard while it stood; None if it is never spoken."""

    written: str
    heard: str | None
    confidence: float = 0.99
    readings: tuple[str, ...] = ()


def understood(*lines: Line) -> list[Line]:
    """The lines among others that were heard as written."""
    return [*(Line(text.capitalize(), text) for text in STUDIO), *lines]


def stage(lines: Sequence[Line], surety: float = 0.9) -> tuple[list[Telop], list[Word]]:
    """One line after the other, from 0 s on; words are heard with this confidence."""
    telops: list[Telop] = []
    words: list[Word] = []
    now = 0.0
    for line in lines:
        heard = (line.heard or "").split()
        began = now
        for text in heard:
            words.append(Word(text, now, now + WORD_S, surety))
            now += WORD_S
        now = max(now, began + 2.0) + PAUSE_S
        texts = line.readings or (line.written,)
        readings = tuple(Reading(text, line.confidence, began + at / 10) for at, text in enumerate(texts))
        telops.append(Telop(line.written, began, now - 0.1, CAPTION, line.confidence, frames=50, readings=readings))
    return telops, words


def findings(
    lines: Sequence[Line],
    lexicon: Lexicon | None,
    *,
    roster: Sequence[str] = (),
    ng: Sequence[NgRule] = (),
    surety: float = 0.9,
) -> list[Finding]:
    """Judge the lines."""
    telops, words = stage(lines, surety)
    return judge(telops, words, Rules(tuple(roster), tuple(ng)), lexicon).findings


def brief(found: Sequence[Finding]) -> list[tuple[str, str, str | None]]:
    """Kind, wrong part and suggestion of each finding."""
    return [(each.kind.value, each.wrong, each.suggestion) for each in found]
