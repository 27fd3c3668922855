"""95 % intervals for shares and for rates."""

import math
from typing import Final, NamedTuple

Z: Final = 1.959964


class Share(NamedTuple):
    """`hits` of `all`, with Wilson's interval (Wilson 1927; Brown, Cai and DasGupta 2001)."""

    hits: int
    all: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.all if self.all else None

    @property
    def interval(self) -> tuple[float, float]:
        """The share's interval; of nothing, everything is possible."""
        if not self.all:
            return 0.0, 1.0
        share, count = self.hits / self.all, self.all
        middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
        reach = Z / (1 + Z * Z / count) * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
        return max(0.0, middle - reach), min(1.0, middle + reach)


def f1(precision: float | None, recall: float | None) -> float | None:
    """The harmonic mean."""
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def rate_interval(events: int) -> tuple[float, float]:
    """Of how many events were to be expected where so many were counted (Byar's approximation to Poisson's)."""
    low = events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3 if events else 0.0
    more = events + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
