"""Render and compare: which of several texts do the pixels of a line look like?

Both candidates are drawn, in the typefaces and weights that fit the rest of the line best, and laid over the picture
where they differ. The nearer one is the answer if it is nearer by a margin, and nearer in nearly every fitting
typeface; otherwise there is no answer. The picture is compared as the share of ink in each pixel, measured along the
line from the colour around the letters to the colour in them, so that colours, plates and outlines do not matter.
`docs/glyphs.md` has the accuracy, measured in typefaces that are not drawn here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from telop_ocr.fitting import Fit, scaled

Ink = NDArray[np.float32]

CLEARLY: Final = 0.15
"""By how much one must be nearer: the difference of two distances, each to its candidate, over their sum."""
DISTINCT: Final = 0.04
"""Distance between the two as drawn, below which the typefaces themselves hardly tell them apart."""
UNLIKE: Final = 0.6
"""Distance above which the picture looks like neither."""
FITTING: Final = 0.12
"""Of correlation: typefaces that fit the line this much worse than the best have no say."""
AGREEMENT: Final = 0.6
"""Share of the typefaces for, minus the share against."""
TYPEFACE_DEPENDENT: Final = (frozenset("1lI|i!"), frozenset("りリ"), frozenset("ロ口"), frozenset("ー一―—–－-"))
"""Glyphs that look in one typeface as another of them does in the next: no comparison can tell them apart."""
_NEIGHBOURS: Final = 2
_SLACK: Final = 2
"""Pixels by which a glyph may be off its place."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """Texts of one line that agree before and behind their own parts."""

    before: str
    parts: tuple[str, ...]
    behind: str

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Difference":
        before = _shared(texts)
        rests = [text[len(before) :] for text in texts]
        behind = _shared([rest[::-1] for rest in rests])[::-1]
        return cls(before, tuple(rest[: len(rest) - len(behind)] for rest in rests), behind)

    @property
    def is_of_one_length(self) -> bool:
        """Then the parts stand in the same place, and only that is compared; otherwise their neighbours are, too."""
        return len({len(part) for part in self.parts}) == 1

    @property
    def near_before(self) -> str:
        return self.before[-_NEIGHBOURS:]

    @property
    def near_behind(self) -> str:
        return self.behind[:_NEIGHBOURS]


def can_be_told_apart(texts: Sequence[str]) -> bool:
    """Whether it makes sense to compare them: not if they differ in glyphs whose shape is up to the typeface."""
    parts = set(_Difference.of(texts).parts)
    return len(set(texts)) > 1 and not any(len(group & parts) > 1 for group in TYPEFACE_DEPENDENT)


def likeliest(fits: Sequence[Fit], texts: Sequence[str]) -> int | None:
    """Which of several texts of one line, as an index, its pictures look like; None if that is not clear.

    `fits` tell how the line is set in each of its pictures, and were found with any of the texts.
    """
    usable = [fit for fit in fits if fit.face.has("".join(texts))]
    if not usable or not can_be_told_apart(texts):
        return None
    best = max(fit.correlation for fit in usable)
    difference = _Difference.of(texts)
    votes = [_distances(fit, difference) for fit in usable if fit.correlation >= best - FITTING]
    nearest = np.min([vote.distances for vote in votes], axis=0)
    winner = int(np.argmin(nearest))
    others = (other for other in range(len(texts)) if other != winner)
    if nearest[winner] > UNLIKE or not all(_clear(votes, winner, other, nearest) for other in others):
        return None
    return winner


@dataclass(frozen=True, slots=True)
class _Vote:
    """In one typeface: the distance of the picture from each candidate, and of the candidates from each other."""

    distances: NDArray[np.float64]
    apart: NDArray[np.float64]


def _clear(votes: Sequence[_Vote], winner: int, other: int, nearest: NDArray[np.float64]) -> bool:
    apart = float(np.median([vote.apart[winner, other] for vote in votes]))
    margin = (nearest[other] - nearest[winner]) / (nearest[other] + nearest[winner] + 1e-9)
    agreement = float(np.mean([np.sign(vote.distances[other] - vote.distances[winner]) for vote in votes]))
    return apart >= DISTINCT and margin >= CLEARLY and agreement >= AGREEMENT


def _distances(fit: Fit, difference: _Difference) -> _Vote:
    """Lay each candidate over the picture; distances are squared differences over the ink of what is laid there."""
    laid = [_laid(fit, difference, part) for part in difference.parts]
    ink = np.array([float((cell**2).sum()) for _, cell in laid]) + 1e-6
    apart = np.zeros((len(laid), len(laid)))
    for one, other in combinations(range(len(laid)), 2):
        between = _between(laid[one][1], laid[other][1]) / np.sqrt(ink[one] * ink[other])
        apart[one, other] = apart[other, one] = between
    if difference.is_of_one_length:  # a thinner glyph must not be farther away for its lack of ink
        ink[:] = np.exp(np.mean(np.log(ink)))
    return _Vote(np.array([distance for distance, _ in laid]) / ink, apart)


def _laid(fit: Fit, difference: _Difference, part: str) -> tuple[float, Ink]:
    """The squared difference between picture and candidate where it fits best, and the candidate as it was drawn."""
    before = difference.near_before
    window = before + part + difference.near_behind
    start = fit.pen(difference.before.removesuffix(before))
    best: tuple[float, Ink, Ink, tuple[int, int], slice] | None = None
    for wider in (0.93, 1.0, 1.07):
        for higher in (0.95, 1.0, 1.05):
            drawn = fit.face.drawn(window)
            across, down = fit.across * wider, fit.down * higher
            ink = _soft(scaled(drawn.ink, across, down))
            place = _around(fit, start + drawn.left * across, fit.base + drawn.top * down, ink)
            found = cv2.matchTemplate(place, ink, cv2.TM_CCOEFF_NORMED)
            y, x = np.unravel_index(int(found.argmax()), found.shape)
            if best is None or found[y, x] > best[0]:
                whole = slice(0, ink.shape[1])
                from_start = (fit.face.advance(text) - drawn.left for text in (before, before + part))
                own = _columns([side * across for side in from_start], 0.06 * fit.em, ink.shape[1])
                cell = own if difference.is_of_one_length else whole
                best = (float(found[y, x]), ink, place, (int(y), int(x)), cell)
    assert best is not None
    _, ink, place, (top, left), cell = best
    return _nearest(place, ink[:, cell], top, left + cell.start), ink[:, cell]


def _columns(sides: Sequence[float], margin: float, width: int) -> slice:
    """The whole columns between two sides, with a margin, of a drawn window."""
    start = min(max(0, int(sides[0] - margin)), width - 1)
    return slice(start, max(start + 1, min(width, int(np.ceil(sides[1] + margin)))))


def _around(fit: Fit, x: float, y: float, ink: Ink) -> Ink:
    """The picture's ink around a place, at least as large as what is to be laid over it."""
    height, width = ink.shape
    reach = 0.35 * fit.em
    left, right = int(max(0.0, x - reach)), int(max(0.0, x + width + reach))
    top, bottom = int(max(0.0, y - 4)), int(max(0.0, y + height + 5))
    place = fit.ink[top:bottom, left:right]
    below, beside = max(0, height - place.shape[0]), max(0, width - place.shape[1])
    return np.asarray(np.pad(place, ((0, below), (0, beside))), np.float32)


def _nearest(place: Ink, cell: Ink, y: int, x: int) -> float:
    """The least squared difference over small shifts."""
    padded = np.pad(place, 2 * _SLACK)
    height, width = cell.shape
    shifts = range(_SLACK, 3 * _SLACK + 1)
    return min(
        float(((padded[y + down : y + down + height, x + across : x + across + width] - cell) ** 2).sum())
        for down in shifts
        for across in shifts
    )


def _between(one: Ink, other: Ink) -> float:
    """The least squared difference of two drawn cells, both set on the middle of one canvas."""
    height, width = (max(sides) for sides in zip(one.shape, other.shape, strict=True))
    place = np.zeros((height, width), np.float32)
    y, x = (height - one.shape[0]) // 2, (width - one.shape[1]) // 2
    place[y : y + one.shape[0], x : x + one.shape[1]] = one
    y, x = (height - other.shape[0]) // 2, (width - other.shape[1]) // 2
    cell = np.zeros((height, width), np.float32)
    cell[y : y + other.shape[0], x : x + other.shape[1]] = other
    return _nearest(place, cell, 0, 0)


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    same = takewhile(lambda characters: len(set(characters)) == 1, zip(*texts, strict=False))
    return "".join(characters[0] for characters in same)


def _soft(ink: Ink) -> Ink:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), np.float32)
