"""Weighs evidence: a sum of what was measured, each part times its weight, is the logarithm of the odds.

Weights are fitted on the development half of the scorecard (`python -m tests.scorecard.english.fit`), never on its
test half. The first weight is for no evidence at all.
"""

import math
from bisect import bisect_right
from dataclasses import astuple
from typing import Any, Final

KNOTS: Final = ((0.0, 0.0), (0.065, 0.1), (0.15, 0.25), (0.23, 0.6), (0.9, 0.98), (1.0, 0.99))
"""What share of findings with a probability turned out right, of voices of the development half that the weights were
not fitted on: isotonic regression.
"""


AGREED: Final = 0.97
"""A recogniser's confidence of a word that two of them, which err in nothing alike, heard both."""


def log_odds(found: Any, weights: tuple[float, ...]) -> float:
    """The logarithm of the odds that a dataclass of numbers speaks for."""
    return weights[0] + math.fsum(weight * part for weight, part in zip(weights[1:], astuple(found), strict=True))


def probability(odds: float) -> float:
    """From the logarithm of odds."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))


def calibrated(chance: float) -> float:
    """How often a finding with this probability is right: the straight line between the two knots around it."""
    at = min(bisect_right([low for low, _ in KNOTS], chance), len(KNOTS) - 1)
    (low, below), (high, above) = KNOTS[at - 1], KNOTS[at]
    return below + (above - below) * (chance - low) / (high - low)


def logit(share: float) -> float:
    """From a share to the logarithm of its odds, scaled to -1 to 1."""
    bounded = min(0.99, max(0.01, share))
    return math.log(bounded / (1 - bounded)) / math.log(99)
