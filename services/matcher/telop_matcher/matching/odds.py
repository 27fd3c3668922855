"""Weighs evidence: a sum of what was measured, each part times its weight, is the logarithm of the odds.

Weights are fitted on the development half of the scorecard (`python -m tests.scorecard.english.fit`), never on its
test half. The first weight is for no evidence at all.
"""

import math
from dataclasses import astuple
from typing import Any


def log_odds(found: Any, weights: tuple[float, ...]) -> float:
    """The logarithm of the odds that a dataclass of numbers speaks for."""
    return weights[0] + math.fsum(weight * part for weight, part in zip(weights[1:], astuple(found), strict=True))


def probability(odds: float) -> float:
    """From the logarithm of odds."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))


def logit(share: float) -> float:
    """From a share to the logarithm of its odds, scaled to -1 to 1."""
    bounded = min(0.99, max(0.01, share))
    return math.log(bounded / (1 - bounded)) / math.log(99)
