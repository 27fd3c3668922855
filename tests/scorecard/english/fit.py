"""Fits the weights of the rule for wrong words on the development half: `python -m tests.scorecard.english.fit`.

The recogniser does not know the captions, so every caption of a clean programme serves many times: each word of it is
exchanged for words that are written for it, and what then speaks for the right one is a positive example. What speaks
for other words where nothing was exchanged is a negative one. Ridge-penalised logistic regression by Newton's method.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.agreement import Agreement, agreements
from telop_matcher.matching.alignment import Speech, align
from telop_matcher.matching.evidence import Evidence
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.rules.wrong_words import considered
from telop_matcher.matching.values import Telop
from telop_matcher.matching.writing import tokens

from tests.scorecard import english
from tests.scorecard.labels import DEVELOPMENT, Programme

EXCHANGES = 3
"""Of every word."""
POSITIVE_SHARE = 0.02
"""Of captions with a wrong word, which the weights are to expect."""
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """Evidence, whether it speaks for the truth, and how much it counts."""

    found: Evidence
    is_right: bool
    weight: float


def examples(programmes: Sequence[Programme], lexicon: EnglishLexicon) -> Iterator[Example]:
    """All examples of clean programmes."""
    draw = random.Random(0)
    for programme in programmes:
        speech, roster = Speech(programme.words), Roster.of(programme.rules.roster)
        cases = [align(telop, speech) for telop in programme.telops]
        around = agreements(cases, [[] for _ in cases])
        for telop, agreement in zip(programme.telops, around, strict=True):
            yield from _negatives(telop, speech, roster, agreement, lexicon)
            if _is_read_right(programme, telop):
                yield from _positives(telop, speech, roster, agreement, lexicon, draw)


def _is_read_right(programme: Programme, telop: Telop) -> bool:
    return any(each.read == telop and each.shown and each.shown.text == telop.text for each in programme.labelled)


def _negatives(
    telop: Telop, speech: Speech, roster: Roster, agreement: Agreement, lexicon: EnglishLexicon
) -> Iterator[Example]:
    aligned = align(telop, speech)
    for position in range(len(aligned.written)):
        for _, found in considered(aligned, position, agreement, roster, lexicon):
            yield Example(found, False, 1.0)


def _positives(
    telop: Telop,
    speech: Speech,
    roster: Roster,
    agreement: Agreement,
    lexicon: EnglishLexicon,
    draw: random.Random,
) -> Iterator[Example]:
    for token in tokens(telop.text):
        if not token.raw.islower() or len(token.text) < 3:
            continue
        for wrong in _exchanged(token.text, lexicon, draw):
            text = telop.text[: token.start] + wrong + telop.text[token.end :]
            aligned = align(replace(telop, text=text), speech)
            for position, item in enumerate(aligned.written):
                if aligned.tokens[item.first].start == token.start:
                    for other, found in considered(aligned, position, agreement, roster, lexicon):
                        yield Example(found, other == token.text, 1.0)


def _exchanged(word: str, lexicon: EnglishLexicon, draw: random.Random) -> list[str]:
    near = [each for each, _ in lexicon.neighbours(word, 1) if each.isalpha() and lexicon.zipf(each) >= 3.3]
    if len(word) > 5:
        near += [each for each, away in lexicon.neighbours(word, 2) if away == 2 and lexicon.zipf(each) >= 3.3]
    near = draw.sample(near, min(EXCHANGES, len(near)))
    return [*near, *list(lexicon.confused_with(word))[:EXCHANGES]]


def fitted(found: Sequence[Example]) -> NDArray[np.float64]:
    """The weights, the first of which is for no evidence at all."""
    features = np.array([[1.0, *astuple(each.found)] for each in found])
    truth = np.array([each.is_right for each in found], float)
    share = POSITIVE_SHARE / max(truth.mean(), 1e-9)
    count = np.where(truth == 1, share, 1.0)
    weights = np.zeros(features.shape[1])
    penalty = np.full(features.shape[1], RIDGE)
    penalty[0] = 1e-6
    for _ in range(50):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (count * (chance - truth)) + penalty * weights
        curve = (features * (count * chance * (1 - chance))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def main() -> int:
    """Print the weights."""
    lexicon = EnglishLexicon().load()
    clean = [each for each in english.programmes(DEVELOPMENT) if each.is_clean]
    found = list(examples(clean, lexicon))
    weights = fitted(found)
    print(f"{sum(each.is_right for each in found)} positive of {len(found)} examples")
    for name, weight in zip(["nothing", *(field.name for field in fields(Evidence))], weights, strict=True):
        print(f"    {weight:.2f},  # {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
