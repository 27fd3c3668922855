"""How likely a recogniser hears one word for another, from how often it was measured to mishear each sound.

The costs are nats: the negative logarithm of how often a sound became another one, was lost or was added, on the
development half of the scorecard (`python -m tests.scorecard.english.mishearings`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NOTHING: Final = "-"
"""In the place of a sound: a sound that was added, or one that was lost."""


@dataclass(frozen=True)
class Costs:
    """What it costs that a sound (first) was heard as another (second); what was never seen costs the default."""

    by_pair: Mapping[tuple[str, str], float]
    default: float

    def of(self, said: str, heard: str) -> float:
        """The cost of one sound; none where it was heard as it was said."""
        return 0.0 if said == heard else self.by_pair.get((said, heard), self.default)


def parse(text: str) -> Costs:
    """Read lines of `SAID HEARD cost` after a line `# default cost`; raises ValueError for a line that is none."""
    first, *rest = text.strip().splitlines()
    pairs = {}
    for line in rest:
        said, heard, cost = line.split()
        pairs[said, heard] = float(cost)
    return Costs(pairs, float(first.rpartition(" ")[2]))


def cost(said: Sequence[str], heard: Sequence[str], costs: Costs) -> float:
    """The least cost, in nats, at which sounds were heard as others."""
    return _table(said, heard, costs)[-1][-1]


def path(said: Sequence[str], heard: Sequence[str], costs: Costs) -> list[tuple[str, str]]:
    """What became of every sound on the cheapest way."""
    table = _table(said, heard, costs)
    row, column = len(said), len(heard)
    steps: list[tuple[str, str]] = []
    while row or column:
        here = table[row][column]
        mine, theirs = said[row - 1] if row else NOTHING, heard[column - 1] if column else NOTHING
        if row and column and here == table[row - 1][column - 1] + costs.of(mine, theirs):
            steps.append((mine, theirs))
            row, column = row - 1, column - 1
        elif row and here == table[row - 1][column] + costs.of(mine, NOTHING):
            steps.append((mine, NOTHING))
            row -= 1
        else:
            steps.append((NOTHING, theirs))
            column -= 1
    return steps[::-1]


def _table(said: Sequence[str], heard: Sequence[str], costs: Costs) -> list[list[float]]:
    rows = [[0.0]]
    for theirs in heard:
        rows[0].append(rows[0][-1] + costs.of(NOTHING, theirs))
    for mine in said:
        above = rows[-1]
        row = [above[0] + costs.of(mine, NOTHING)]
        for at, theirs in enumerate(heard, start=1):
            row.append(
                min(
                    above[at - 1] + costs.of(mine, theirs),
                    above[at] + costs.of(mine, NOTHING),
                    row[at - 1] + costs.of(NOTHING, theirs),
                )
            )
        rows.append(row)
    return rows
