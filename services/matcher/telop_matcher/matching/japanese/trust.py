"""How far the transcript around a telop may accuse a caption.

A transcript that somebody wrote leaves nothing out and is spelt well. One that was recognised drops particles that
captions show, and writes Kanji that only sound right. So the telops around are asked, the one in question left out;
and as long as they are few, whether the transcript has punctuation and what its words' confidence is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

NEIGHBOURS: Final = 15
"""Telops before and after."""
TRUSTED: Final = 0.04
"""Share of telops around that show a fault of the speech, up to which its spelling is evidence."""
PRIOR: Final = 4
"""Telops that what is known beforehand counts for."""
WRITTEN: Final = 0.02
UNMARKED: Final = 0.15
RECOGNISED: Final = 0.5
SURE: Final = 0.97
"""Mean confidence of words from which they may have been supplied; recognisers give less."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Of one telop: whether it was compared with speech, and whether it shows a fault of the speech."""

    compared: bool
    faulty: bool


def doubts(witnesses: Sequence[Witness], *, punctuated: bool, confidence: float) -> list[float]:
    """Of each telop the share of faults around it, with what is known beforehand."""
    before = RECOGNISED if confidence < SURE else WRITTEN if punctuated else UNMARKED
    compared = [0, *accumulate(each.compared for each in witnesses)]
    faulty = [0, *accumulate(each.faulty for each in witnesses)]
    found = []
    for at, own in enumerate(witnesses):
        low, high = max(0, at - NEIGHBOURS), min(len(witnesses), at + NEIGHBOURS + 1)
        seen = compared[high] - compared[low] - own.compared
        faults = faulty[high] - faulty[low] - own.faulty
        found.append((faults + PRIOR * before) / (seen + PRIOR))
    return found
