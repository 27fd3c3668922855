"""The languages of the scorecard: each has labelled programmes of both halves, and somebody who judges them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from telop_matcher.matching.judging import Judge

from tests.scorecard import english, japanese
from tests.scorecard.labels import AGAIN, FOURTH, HALVES, THIRD, UNSEEN, Programme


@dataclass(frozen=True)
class Language:
    """`programmes` gives those of one of the `halves`; `without` judges with less, by what is taken away."""

    programmes: Callable[[str], list[Programme]]
    judge: Judge
    without: Mapping[str, Judge] = field(default_factory=dict)
    halves: tuple[str, ...] = HALVES


def load(name: str) -> Language:
    """A language with what its judge knows, which takes a second to load."""
    return _LOADERS[name]()


def _english() -> Language:
    judges = english.judges()
    return Language(english.programmes, judges.pop("nothing"), judges, english.HALVES)


def _japanese(*, recognised: bool) -> Language:
    judges = japanese.judges()
    programmes = japanese.recognised_transcripts if recognised else japanese.true_transcripts
    return Language(programmes, judges.pop("nothing"), judges, (*HALVES, UNSEEN, AGAIN, THIRD, FOURTH))


_LOADERS: Mapping[str, Callable[[], Language]] = {
    "en": _english,
    "ja": partial(_japanese, recognised=False),
    "ja-recognised": partial(_japanese, recognised=True),
}
NAMES = tuple(_LOADERS)
