"""Render and compare: which of several texts do the pixels of a line look like?

Both candidates are drawn, in the typefaces and weights that fit the rest of the line best, and laid over the picture
where they differ. The nearer one is the answer if it is nearer by a margin there and nearer as a whole, in nearly every
fitting typeface; otherwise there is no answer. The picture is compared as the share of ink in each pixel, measured
along the line from the colour around the letters to the colour in them, so that colours, plates and outlines do not
matter. `docs/likeness.md` has the accuracy, measured in typefaces that are not drawn here.
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
Mask = NDArray[np.bool_]

CLEARLY: Final = 0.25
"""By how much one must be nearer where they differ: the difference of two distances over their sum."""
CLEARLY_AS_A_WHOLE: Final = 0.15
"""By how much it must be nearer as a whole, if the two are unlike each other."""
UNLIKE_EACH_OTHER: Final = 0.2
"""Distance between the two as drawn, from which their whole shape tells, and not a part of it."""
DISTINCT: Final = 0.015
"""Distance between the two as drawn, below which the typefaces themselves hardly tell them apart."""
UNLIKE: Final = 0.45
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
_TRACE: Final = 0.02
"""Ink that counts as drawn at all."""
_DIFFERENT: Final = 0.2
"""Ink by which two drawn glyphs differ in a pixel."""


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
    votes = [_vote(fit, difference) for fit in usable if fit.correlation >= best - FITTING]
    nearest = np.min([vote.distances for vote in votes], axis=0)
    winner = int(np.argmin(nearest))
    others = (other for other in range(len(texts)) if other != winner)
    partly = difference.is_of_one_length
    if nearest[winner] > UNLIKE or not all(_clear(votes, winner, other, partly=partly) for other in others):
        return None
    return winner


@dataclass(frozen=True, slots=True)
class _Vote:
    """Distances in one typeface.

    `distances`: of the picture from each candidate. `where_different[a, b]`: of the picture from a, where a and b
    differ. `apart[a, b]`: of a from b, as they are drawn.
    """

    distances: NDArray[np.float64]
    where_different: NDArray[np.float64]
    apart: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A candidate's window where it fits the picture best: its ink, its upper left corner, and its own columns."""

    ink: Ink
    top: int
    left: int
    columns: slice

    def on(self, shape: tuple[int, int]) -> Ink:
        """The candidate's own ink on an empty picture."""
        canvas = np.zeros(shape, np.float32)
        columns = slice(self.left + self.columns.start, self.left + self.columns.stop)
        canvas[self.top : self.top + self.ink.shape[0], columns] = self.ink[:, self.columns]
        return canvas


def _clear(votes: Sequence[_Vote], winner: int, other: int, *, partly: bool) -> bool:
    near, far = ([vote.where_different[pair] for vote in votes] for pair in ((winner, other), (other, winner)))
    whole = _margin(*([vote.distances[each] for vote in votes] for each in (winner, other)))
    apart = float(np.median([vote.apart[winner, other] for vote in votes]))
    agreement = float(np.mean(np.sign(np.subtract(far, near))))
    if apart < DISTINCT or agreement < AGREEMENT:
        return False
    if (not partly or apart >= UNLIKE_EACH_OTHER) and whole < CLEARLY_AS_A_WHOLE:
        return False
    return not partly or _margin(near, far) >= CLEARLY


def _margin(near: Sequence[float], far: Sequence[float]) -> float:
    """How much nearer the one is than the other, in the typeface that suits each best: the difference over the sum."""
    return (min(far) - min(near)) / (min(far) + min(near) + 1e-9)


def _vote(fit: Fit, difference: _Difference) -> _Vote:
    """Lay each candidate over the picture. Distances are squared differences over ink."""
    laid = [_laid(fit, difference, part) for part in difference.parts]
    shape = (
        max(fit.ink.shape[0], *(each.top + each.ink.shape[0] for each in laid)) + 2 * _SLACK,
        max(fit.ink.shape[1], *(each.left + each.ink.shape[1] for each in laid)) + 2 * _SLACK,
    )
    picture = np.zeros(shape, np.float32)
    picture[: fit.ink.shape[0], : fit.ink.shape[1]] = fit.ink
    drawn = [each.on(shape) for each in laid]
    ink = np.array([float((each**2).sum()) for each in drawn]) + 1e-6
    if difference.is_of_one_length:  # a thinner glyph must not be farther away for its lack of ink
        ink[:] = np.exp(np.mean(np.log(ink)))
    distances = np.array([_distance(picture, each, each > _TRACE) for each in drawn]) / ink
    where_different = np.repeat(distances[:, None], len(laid), axis=1)
    apart = np.zeros((len(laid), len(laid)))
    for one, other in combinations(range(len(laid)), 2):
        shifted, between = _aligned(drawn[one], drawn[other])
        apart[one, other] = apart[other, one] = between / np.sqrt(ink[one] * ink[other])
        if difference.is_of_one_length:
            both = _where_different(picture, drawn[one], shifted)
            where_different[one, other], where_different[other, one] = both
    return _Vote(distances, where_different, apart)


def _laid(fit: Fit, difference: _Difference, part: str) -> _Laid:
    """The candidate in the size and place in which it fits the picture best together with its neighbours."""
    before = difference.near_before
    drawn = fit.face.drawn(before + part + difference.near_behind)
    start = fit.pen(difference.before.removesuffix(before))
    best: tuple[float, _Laid] | None = None
    for wider in (0.93, 1.0, 1.07):
        for higher in (0.95, 1.0, 1.05):
            across, down = fit.across * wider, fit.down * higher
            ink = _soft(scaled(drawn.ink, across, down))
            place, top, left = _around(fit, start + drawn.left * across, fit.base + drawn.top * down, ink)
            found = cv2.matchTemplate(place, ink, cv2.TM_CCOEFF_NORMED)
            y, x = (int(side) for side in np.unravel_index(int(found.argmax()), found.shape))
            if best is None or found[y, x] > best[0]:
                columns = slice(0, ink.shape[1])
                if difference.is_of_one_length:
                    sides = [(fit.face.advance(text) - drawn.left) * across for text in (before, before + part)]
                    columns = _columns(sides, 0.06 * fit.em, ink.shape[1])
                best = (float(found[y, x]), _Laid(ink, top + y, left + x, columns))
    assert best is not None
    return best[1]


def _columns(sides: Sequence[float], margin: float, width: int) -> slice:
    """The whole columns between two sides, with a margin, of a drawn window."""
    start = min(max(0, int(sides[0] - margin)), width - 1)
    return slice(start, max(start + 1, min(width, int(np.ceil(sides[1] + margin)))))


def _around(fit: Fit, x: float, y: float, ink: Ink) -> tuple[Ink, int, int]:
    """The picture's ink around a place, at least as large as what is to be laid over it, and where that begins."""
    height, width = ink.shape
    reach = 0.35 * fit.em
    left, right = int(max(0.0, x - reach)), int(max(0.0, x + width + reach))
    top, bottom = int(max(0.0, y - 4)), int(max(0.0, y + height + 5))
    place = fit.ink[top:bottom, left:right]
    below, beside = max(0, height - place.shape[0]), max(0, width - place.shape[1])
    return np.asarray(np.pad(place, ((0, below), (0, beside))), np.float32), top, left


def _distance(picture: Ink, drawn: Ink, where: Mask) -> float:
    """The least squared difference of two pictures over small shifts of the second, around where it has ink."""
    rows, columns = _bounds(where)
    own = drawn[rows, columns]
    padded = np.pad(picture, _SLACK)
    height, width = own.shape
    shifts = range(2 * _SLACK + 1)
    return min(
        float(((padded[y : y + height, x : x + width] - own) ** 2).sum())
        for y in (rows.start + shift for shift in shifts)
        for x in (columns.start + shift for shift in shifts)
    )


def _aligned(one: Ink, other: Ink) -> tuple[Ink, float]:
    """The second shifted onto the first, and the squared difference that is left."""
    shifts = [(down, across) for down in range(-3, 4) for across in range(-4, 5)]
    left = [float(((np.roll(other, shift, (0, 1)) - one) ** 2).sum()) for shift in shifts]
    best = int(np.argmin(left))
    return np.roll(other, shifts[best], (0, 1)), left[best]


def _where_different(picture: Ink, one: Ink, other: Ink) -> tuple[float, float]:
    """Distances of the picture from both where they differ, in the places where what they share fits best."""
    differ = cv2.dilate((np.abs(one - other) > _DIFFERENT).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rows, columns = _bounds(np.maximum(one, other) > _TRACE)
    first, second, mask = one[rows, columns], other[rows, columns], differ[rows, columns]
    padded = np.pad(picture, _SLACK)
    height, width = mask.shape
    places = [
        padded[rows.start + y : rows.start + y + height, columns.start + x : columns.start + x + width]
        for y in range(2 * _SLACK + 1)
        for x in range(2 * _SLACK + 1)
    ]
    shared = (first + second) / 2
    places.sort(key=lambda place: float(((place - shared)[~mask] ** 2).sum()))
    apart = float(((first - second)[mask] ** 2).sum()) + 1e-6
    near, far = (min(float(((place - own)[mask] ** 2).sum()) for place in places[:5]) for own in (first, second))
    return near / apart, far / apart


def _bounds(where: Mask) -> tuple[slice, slice]:
    """The rows and columns that hold all that is set; the first pixel if nothing is."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not rows.size:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    same = takewhile(lambda characters: len(set(characters)) == 1, zip(*texts, strict=False))
    return "".join(characters[0] for characters in same)


def _soft(ink: Ink) -> Ink:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), np.float32)
