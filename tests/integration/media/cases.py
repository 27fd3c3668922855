"""What a broken medium is and what may become of it: the catalogue that both halves of the collection write into."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FINE: Final = "fine"
"""The medium was probed, and every track that it has was decoded."""


@dataclass(frozen=True)
class Case:
    """A medium that `write` makes at a path, and the ends that are right for it: `FINE` or reason codes."""

    name: str
    write: Callable[[Path], object]
    ends: frozenset[str]


CASES: Final[list[Case]] = []


def ends(*outcomes: str) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Put the function that writes a medium into the catalogue, with the ends that are right for it."""

    def collect(write: Callable[[Path], object]) -> Callable[[Path], object]:
        CASES.append(Case(write.__name__, write, frozenset(outcomes)))
        return write

    return collect
