"""Fits the weights of the rules for wrong and missing words on the halves that are learnt from.

The recogniser does not know the captions, so every caption of a clean programme serves many times: each word of it is
exchanged for words that are written for it, or left out, and what then speaks for the truth is a positive example.
What speaks against what is right is a negative one. Ridge-penalised logistic regression by Newton's method.
"""

import itertools
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass, fields, replace
from functools import partial
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching import odds
from telop_matcher.matching.agreement import Agreement, agreements
from telop_matcher.matching.alignment import Speech, align
from telop_matcher.matching.evidence import Evidence
from telop_matcher.matching.judging import judge
from telop_matcher.matching.odds import log_odds
from telop_matcher.matching.rules import figures, missing, wrong_words
from telop_matcher.matching.rules.figures import Discord, discords
from telop_matcher.matching.rules.missing import VITAL, Lack, lacking
from telop_matcher.matching.rules.names import Roster
from telop_matcher.matching.rules.wrong_words import considered
from telop_matcher.matching.values import Kind, Telop
from telop_matcher.matching.writing import Token, tokens

from tests.scorecard import english, judged
from tests.scorecard.english.figures import DAYS, MONTHS, ONES, ORDINALS, other_digits
from tests.scorecard.labels import Programme
from tests.scorecard.scoring import Outcome

EXCHANGES = 3
"""Of every word."""
WITH_A_MISTAKE = 1 / 30
"""Of all captions, for each of the two kinds: what the weights are to expect."""
LEAST_LIKELY = 0.05
"""Probability from which findings are counted for the knots."""
RIDGE = 1.0
PRIOR: Mapping[type, tuple[float, ...]] = {Lack: (0.0, 3.0, 1.0, 3.0, 0.8, 0.6, -2.0, -3.0, 0.0, 1.0, 2.0)}
"""Weights, near those of wrong words, from which a fit may depart where the evidence says so: recognisers seldom add a
word, and a dozen examples alone tell nothing.
"""
KNOWN = {"doubt": -2.0}
"""Weights that are not fitted. Doubt is half the logarithm of how often the voice is misheard, so that this weight
makes the odds fall in proportion to it; the voices of one half are too few to measure it.
"""


@dataclass(frozen=True)
class Case:
    """A telop with all that the rules ask for."""

    telop: Telop
    speech: Speech
    roster: Roster
    agreement: Agreement
    lexicon: EnglishLexicon

    def wrong_words(self, text: str) -> Iterator[tuple[int, str, Evidence]]:
        """What is considered in a text that stands in the telop's place: where, which word, why."""
        aligned = align(replace(self.telop, text=text), self.speech)
        for position, item in enumerate(aligned.written):
            for other, found in considered(aligned, position, self.agreement, self.roster, self.lexicon):
                yield aligned.tokens[item.first].start, other, found

    def lacks(self, text: str) -> Iterator[tuple[int, str, Lack]]:
        """The same for missing words: after which place, which word, why."""
        aligned = align(replace(self.telop, text=text), self.speech)
        for position, word, found in lacking(aligned, self.agreement, self.lexicon):
            yield aligned.tokens[aligned.written[position].last - 1].end, word, found

    def discords(self, text: str) -> Iterator[tuple[int, Discord]]:
        """The same for numbers: where, why."""
        aligned = align(replace(self.telop, text=text), self.speech)
        for position, found in discords(aligned, self.agreement, self.lexicon):
            yield aligned.tokens[aligned.written[position].first].start, found


def cases(programmes: Sequence[Programme], lexicon: EnglishLexicon) -> Iterator[Case]:
    """Every telop that was read as it stood."""
    for programme in programmes:
        speech, roster = Speech(programme.words), Roster.of(programme.rules.roster)
        aligned = [align(telop, speech) for telop in programme.telops]
        around = agreements(aligned, [[] for _ in aligned])
        right = {
            each.read for each in programme.labelled if each.shown and each.read and each.read.text == each.shown.text
        }
        for telop, agreement in zip(programme.telops, around, strict=True):
            if telop in right:
                yield Case(telop, speech, roster, agreement, lexicon)


Example = tuple[Evidence | Lack | Discord, bool]


@dataclass(frozen=True)
class Examples:
    """What speaks for and against in a number of telops."""

    found: Sequence[Example]
    telops: int


def of_wrong_words(case: Case, draw: random.Random) -> Iterator[Example]:
    """What speaks for other words, in the caption and with every word exchanged."""
    for _, _, found in case.wrong_words(case.telop.text):
        yield found, False
    for token in tokens(case.telop.text):
        if token.raw.islower() and len(token.text) > 2:
            for wrong in _exchanged(token.text, case.lexicon, draw):
                for at, other, found in case.wrong_words(_replaced(case.telop.text, token, wrong)):
                    if at == token.start and other == token.text:
                        yield found, True


def of_missing(case: Case, draw: random.Random) -> Iterator[Example]:
    """The same for words that are left out."""
    del draw  # every word that can be left out is
    for _, _, found in case.lacks(case.telop.text):
        yield found, False
    cut = tokens(case.telop.text)
    for before, token in itertools.pairwise(cut):
        if token.text in VITAL:
            text = case.telop.text[: before.end] + case.telop.text[token.end :]
            for at, word, found in case.lacks(text):
                if at == before.end and word == token.text:
                    yield found, True


def of_numbers(case: Case, draw: random.Random) -> Iterator[Example]:
    """The same for numbers that are got wrong."""
    for _, found in case.discords(case.telop.text):
        yield found, False
    for token in tokens(case.telop.text):
        for wrong in _miscounted(token.raw, draw):
            for at, found in case.discords(_replaced(case.telop.text, token, wrong)):
                if at == token.start:
                    yield found, True


def _miscounted(raw: str, draw: random.Random) -> list[str]:
    names = next((names for names in (DAYS, MONTHS, ONES[2:13], ORDINALS[:19]) if raw in names), None)
    if names:
        return draw.sample([name for name in names if name != raw], 3)
    return [other_digits(raw, draw) for _ in range(3)] if any(each.isdecimal() for each in raw) else []


def _replaced(text: str, token: Token, wrong: str) -> str:
    return text[: token.start] + wrong + text[token.end :]


def _exchanged(word: str, lexicon: EnglishLexicon, draw: random.Random) -> list[str]:
    near = [each for each, _ in lexicon.neighbours(word, 1) if each.isalpha() and lexicon.zipf(each) >= 3.3]
    if len(word) > 5:
        near += [each for each, away in lexicon.neighbours(word, 2) if away == 2 and lexicon.zipf(each) >= 3.3]
    near = draw.sample(near, min(EXCHANGES, len(near)))
    return [*near, *list(lexicon.confused_with(word))[:EXCHANGES]]


def fitted(examples: Sequence[Example], expected: float) -> NDArray[np.float64]:
    """The weights, the first of which is for no evidence at all; `expected` positives are to be expected.

    As many positives as the exchanging made are weighed; then the first weight is moved to how rare they are.
    """
    names = ["nothing", *(field.name for field in fields(examples[0][0]))]
    features = np.array([[1.0, *astuple(found)] for found, _ in examples])
    known = np.array([KNOWN.get(name, 0.0) for name in names])
    free = np.array([name not in KNOWN for name in names])
    truth = np.array([is_right for _, is_right in examples], float)
    prior = np.array(PRIOR.get(type(examples[0][0]), known))
    weights = np.where(free, prior, known)
    penalty = np.full(features.shape[1], RIDGE)
    penalty[0] = 1e-6
    for _ in range(100):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = (features.T @ (chance - truth) + penalty * (weights - prior))[free]
        curve = ((features * (chance * (1 - chance))[:, None]).T @ features + np.diag(penalty))[np.ix_(free, free)]
        step = np.linalg.solve(curve, slope)
        weights[free] -= step
        if np.abs(step).max() < 1e-8:
            break
    weights[0] += np.log(expected / truth.sum())
    return weights


def _separated(scores: Sequence[tuple[float, bool]]) -> str:
    """How many positives are found where so many negatives are."""
    wrong = sorted((score for score, right in scores if not right), reverse=True)
    right = [score for score, right in scores if right]
    parts = []
    for alarms in (0, 1, 2, 5, 10, 20):
        limit = wrong[alarms] if alarms < len(wrong) else -99.0
        parts.append(f"{sum(score > limit for score in right) / len(right):.2f} at {alarms} ({limit:.1f})")
    return f"{len(wrong)} negatives; found of voices left out: " + ", ".join(parts)


WEIGHED = (Kind.WRONG_WORD, Kind.MISSING, Kind.NUMBER)
KINDS = (
    ("wrong words", wrong_words, of_wrong_words, Evidence),
    ("missing", missing, of_missing, Lack),
    ("numbers", figures, of_numbers, Discord),
)
Voices = Mapping[str, Sequence[Programme]]
Weights = NDArray[np.float64]


def main() -> int:
    """Print the weights of the rules, how well they carry over to a voice that was left out, and the knots."""
    lexicon = EnglishLexicon().load()
    voices = english.by_voice(*english.LEARNT_FROM)
    examples = {
        name: {
            voice: _examples([each for each in found if each.is_clean], of, lexicon) for voice, found in voices.items()
        }
        for name, _, of, _ in KINDS
    }
    for name, _, _, evidence in KINDS:
        every = [example for found in examples[name].values() for example in found.found]
        left_out = [pair for voice in voices for pair in _left_out(examples[name], voice)]
        print(
            f"{name}: {sum(right for _, right in every)} of {len(every)} examples are positive; {_separated(left_out)}"
        )
        for part, weight in zip(_names(evidence), _weights(examples[name]), strict=True):
            print(f"    {weight:.2f},  # {part}")
    print(f"knots: {knots(voices, examples, lexicon)}")
    return 0


def _names(evidence: type) -> list[str]:
    return ["nothing", *(field.name for field in fields(evidence))]


def _examples(
    programmes: Sequence[Programme], of: Callable[..., Iterator[Example]], lexicon: EnglishLexicon
) -> Examples:
    draw = random.Random(0)
    every = list(cases(programmes, lexicon))
    return Examples([example for case in every for example in of(case, draw)], len(every))


def _weights(examples: Mapping[str, Examples], without: str = "") -> Weights:
    """Fitted on all voices, or on all but one."""
    used = [found for voice, found in examples.items() if voice != without]
    telops = sum(found.telops for found in used)
    return fitted([example for found in used for example in found.found], WITH_A_MISTAKE * telops)


def _left_out(examples: Mapping[str, Examples], voice: str) -> list[tuple[float, bool]]:
    weights = tuple(_weights(examples, without=voice))
    return [(log_odds(found, weights), right) for found, right in examples[voice].found]


def knots(
    voices: Voices, examples: Mapping[str, Mapping[str, Examples]], lexicon: EnglishLexicon
) -> list[tuple[float, float]]:
    """Isotonic regression (pool adjacent violators) of what was right on what was said: each voice is judged with
    weights that were fitted on the others.
    """
    found = []
    for voice, programmes in voices.items():
        with ExitStack() as patches:
            patches.enter_context(mock.patch.object(odds, "KNOTS", ((0.0, 0.0), (1.0, 1.0))))
            for name, rule, _, _ in KINDS:
                weights = tuple(_weights(examples[name], without=voice))
                patches.enter_context(mock.patch.object(rule, "WEIGHTS", weights))
                patches.enter_context(mock.patch.object(rule, "WORTH_SAYING", LEAST_LIKELY))
            results = judged.results(programmes, partial(judge, lexicon=lexicon))
        found += [each for result in results for each in result.scored if each.finding.kind in WEIGHED]
    pools: list[list[float]] = []  # how much was said, how much was right, how many
    for each in sorted(found, key=lambda each: each.finding.confidence):
        pools.append([each.finding.confidence, float(each.outcome is Outcome.HIT), 1.0])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], last, strict=True)]
    return [(round(said / size, 3), round((right + 1) / (size + 2), 3)) for said, right, size in pools]


if __name__ == "__main__":
    sys.exit(main())
