"""How well captions and speech agree around a telop: a voice that the recogniser follows may accuse a caption.

What is already suspected of a mistake is left out, and so is the telop itself: it cannot vouch for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.values import Relation, Suspicion

NEIGHBOURS: Final = 15
"""How many telops before and after tell how well the voice is understood."""
FOLLOWED: Final = 0.15
"""Share of disagreements up to which a voice counts as followed."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many items of telops were compared with speech, and how many of them differed unexplained."""

    compared: int
    differed: int

    @property
    def doubt(self) -> float:
        """Share that differed; few comparisons leave doubt (half a difference and ten comparisons are added)."""
        return (self.differed + 0.5) / (self.compared + 10)

    @property
    def is_followed(self) -> bool:
        """Whether the recogniser follows the voice: only then is what it heard enough for more than a hint."""
        return self.doubt <= FOLLOWED

    @property
    def told(self) -> str:
        """The agreement in words."""
        return f"Around it, captions and speech differ in {self.differed} of {self.compared} words."


def agreements(cases: Sequence[Aligned], suspected: Sequence[Sequence[Suspicion]]) -> list[Agreement]:
    """The agreement around each telop."""
    shares = [_share(case, suspicions) for case, suspicions in zip(cases, suspected, strict=True)]
    return [_around(shares, at) for at in range(len(shares))]


def _share(case: Aligned, suspicions: Sequence[Suspicion]) -> Agreement:
    """What one telop adds."""
    if case.relation not in (Relation.VERBATIM, Relation.CONDENSED):
        return Agreement(0, 0)
    compared = differed = 0
    for position, item in enumerate(case.written):
        start, end = case.tokens[item.first].start, case.tokens[item.last - 1].end
        if any(each.start < end and start < each.end for each in suspicions):
            continue
        compared += 1
        differed += not case.is_equal(position)
    return Agreement(compared, differed)


def _around(shares: Sequence[Agreement], at: int) -> Agreement:
    around = [*shares[max(0, at - NEIGHBOURS) : at], *shares[at + 1 : at + 1 + NEIGHBOURS]]
    return Agreement(sum(each.compared for each in around), sum(each.differed for each in around))
