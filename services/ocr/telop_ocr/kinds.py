"""What kind each telop is: text that changes in place becomes one telop with its values, what is too short is a flash.

A clock or a score is at least three texts in one place, one right after the other, that differ in nothing but digits:
two may be a caption and its look-alike, which are two telops.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from telop_contracts.telops.v1 import TELOP_CHANGING, TELOP_FLASH

from telop_ocr.captions import MOST_READINGS, SeenTelop

SHORTEST_S: Final = 0.2
LONGEST_GAP_S: Final = 0.2
"""Between two values: what is away for less was not away."""
LEAST_VALUES: Final = 3
SAME_PLACE: Final = 0.5
"""Share of the smaller area that two values have in common."""


def with_kinds(telops: Sequence[SeenTelop]) -> list[SeenTelop]:
    """The telops of one range, in order of time; values of one changing text are joined."""
    runs: list[list[SeenTelop]] = []
    for telop in telops:
        run = next((run for run in runs if _follows(run[-1], telop)), None)
        if run is None:
            runs.append([telop])
        else:
            run.append(telop)
    found = [
        each for run in runs for each in ([_changing(run)] if len(run) >= LEAST_VALUES else map(_flash_or_not, run))
    ]
    return sorted(found, key=lambda telop: (telop.start_s, telop.area.y, telop.area.x))


def _follows(before: SeenTelop, after: SeenTelop) -> bool:
    smaller = min(before.area.size, after.area.size)
    gap_s = after.start_s - before.end_s
    return (
        -LONGEST_GAP_S <= gap_s <= LONGEST_GAP_S
        and before.area.shared(after.area) >= SAME_PLACE * smaller
        and before.text != after.text
        and _shape(before.text) == _shape(after.text)
    )


def _shape(text: str) -> str:
    """What of a text stays when its numbers change; readers see gaps around digits, and O for 0, now and then."""
    return re.sub(r"[\dO]+", "0", "".join(text.split()))


def _changing(run: Sequence[SeenTelop]) -> SeenTelop:
    """One telop with its last value as text and a reading of each value, evenly thinned out if there are too many."""
    last = run[-1]
    best = [max(telop.readings, key=lambda reading: (reading.text == telop.text, reading.confidence)) for telop in run]
    step = -(-len(best) // MOST_READINGS)
    return replace(
        last,
        start_s=run[0].start_s,
        frames=sum(telop.frames for telop in run),
        readings=tuple(best[::-1][::step][::-1]),
        open_start=run[0].open_start,
        kind=TELOP_CHANGING,
    )


def _flash_or_not(telop: SeenTelop) -> SeenTelop:
    short = telop.end_s - telop.start_s < SHORTEST_S - 1e-3 and not telop.open_start and not telop.open_end
    return replace(telop, kind=TELOP_FLASH) if short else telop
