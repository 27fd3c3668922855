"""What two recognisers heard in one stretch of speech, as one row of words.

The network writes, the decoder of phones hears: their mistakes have nothing in common. Where both have the same word it
is nearly certain. Where they differ, both wordings of the passage are measured by both: how likely the network would
write either, how well either fits the sound phone by phone, and how likely either is in the language; the likelier one
is the word, and the other stays as its alternative. All weights are fitted (docs/decisions/0025).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

from telop_asr.engines.side_by_side import Passage, Phones, Word, passages
from telop_asr.engines.spoken_words import ways_to_say
from telop_asr.transcription import Alternative, HeardWord

MARKS: Final = ".,?!;:"


class Written(NamedTuple):
    """A word that the network wrote, as it is said, and as it stands in its text."""

    key: str
    text: str
    log_probability: float


class Measure(Protocol):
    """How well wordings fit, in nats."""

    def written(self, text: str) -> float:
        """How likely the network writes exactly this text of the whole stretch."""

    def fits(self, start_s: float, end_s: float, words: Sequence[str]) -> float | None:
        """How well words fit the sound of a part of the stretch."""

    def likely(self, words: Sequence[str]) -> float:
        """How likely words follow each other."""

    def phones(self, word: str) -> Phones:
        """How a word is said."""


class Weights(NamedTuple):
    """Of the log odds that the network's wording of a passage is the right one, not the other's."""

    constant: float
    network: float
    sounds: float
    language: float
    doubt: float
    """Of the log odds that the other recogniser gives its own words."""
    name: float
    """For a name of the roster that only the other heard."""
    belief: float
    """Of the logarithm of the probability of the words when they were written."""


WEIGHTS: Final = Weights(-0.1, 0.29, 0.026, 0.25, -0.4, -5.0, 0.66)
"""Fitted on 765 passages of the development voices, but for the name's: the fit gives -2.8, as each of the 12 names
that were heard there was said, and a name beside what sounds like it must win."""
LIMITS: Final = Weights(1.0, 15.0, 200.0, 20.0, 7.0, 1.0, 10.0)
"""Beyond that much, more of the same says nothing more."""


class Calibration(NamedTuple):
    """Of the log odds that a word is right."""

    constant: float
    one: float
    other: float


AGREED: Final = Calibration(4.1, 0.86, 1.27)
"""By what the recogniser and the network each think of it."""
DISPUTED: Final = Calibration(1.07, 0.43, 2.07)
"""Of a word that only the network wrote: by the log odds of its wording and what the network thinks of it."""
HEARD: Final = Calibration(0.03, 0.30, 0.42)
"""Of a word that only the recogniser heard: by the log odds of its wording and what the recogniser thinks of it."""
OTHER_SHARE: Final = 0.4
"""How often, where the chosen wording is wrong, the other one is right."""
PHONE_S: Final = 0.06
"""How long a phone takes about, where nothing tells."""
LEAST_ALTERNATIVE: Final = 0.01


@dataclass(frozen=True)
class Both:
    """The two wordings of a passage; either may be of no words."""

    written: Sequence[Written]
    heard: Sequence[HeardWord]

    @property
    def keys(self) -> list[str]:
        """The written words as they are compared."""
        return [word.key for word in self.written]

    @property
    def agree(self) -> bool:
        """Whether both have the same words."""
        return self.keys == [word.text.lower() for word in self.heard]


def spoken(written: Sequence[tuple[str, float]], heard: Sequence[str]) -> list[Written]:
    """The words of a text as they are said; of the ways to say a figure that which the other heard, if any."""
    line, found = f" {' '.join(heard)} ", list[Written]()
    for text, log_probability in written:
        ways = ways_to_say(text)
        said = next((way for way in ways if f" {' '.join(way)} " in line), ways[0] if ways else [])
        parts = [text] if len(said) == 1 else _in_parts(text, said)
        found += [Written(word, part, log_probability) for word, part in zip(said, parts, strict=False)]
    return found


def _in_parts(text: str, said: Sequence[str]) -> list[str]:
    """The text of each of several words: of a hyphenated one with its hyphen, of a figure the words."""
    parts = text.split("-")
    if len(parts) == len(said) > 0:
        return [*(f"{part}-" for part in parts[:-1]), parts[-1]]
    return [*said[:-1], said[-1] + (text[-1] if text[-1] in MARKS else "")] if said else []


class Witnesses:
    """One stretch, as it was written and as it was heard; `names` are the words of the roster by how they fold."""

    def __init__(
        self, written: Sequence[Written], heard: Sequence[HeardWord], measure: Measure, names: Mapping[str, str]
    ) -> None:
        self._written, self._heard, self._measure, self._names = written, heard, measure, names
        self._ours = [Word(each.key, measure.phones(each.key)) for each in written]
        self._theirs = [Word(each.text.lower(), measure.phones(each.text.lower())) for each in heard]

    def words(self, seconds: float) -> list[HeardWord]:
        """The words that both heard, or the likelier, with their times within the stretch."""
        found = list[HeardWord]()
        for passage in passages(self._ours, self._theirs):
            both = Both(
                self._written[passage.first : passage.until], self._heard[passage.other_first : passage.other_until]
            )
            if both.agree:
                found += map(_agreed, both.written, both.heard)
                continue
            odds = self._log_odds(passage, both, seconds)
            found += self._ours_in(passage, both, odds, seconds) if odds >= 0 else _theirs_in(both, -odds)
        return sorted(found, key=lambda word: word.start_s)

    def _log_odds(self, passage: Passage, both: Both, seconds: float) -> float:
        """Of the written wording against the heard one."""
        keys, others = both.keys, [word.key for word in self._theirs[passage.other_first : passage.other_until]]
        near = self._written[max(0, passage.first - 2) : passage.first], self._written[passage.until :][:2]
        before, after = ([word.key for word in words] for words in near)
        likely = [self._measure.likely([*before, *words, *after]) for words in (keys, others)]
        text = [self._measure.written(self._text(passage, words)) for words in (keys, others)]
        fits = self._fits(passage, keys, seconds), self._fits(passage, others, seconds)
        doubts = [
            math.log(sure / (1 - sure)) for sure in (min(max(each.confidence, 0.001), 0.999) for each in both.heard)
        ]
        facts = Weights(
            constant=1.0,
            network=text[0] - text[1],
            sounds=0.0 if fits[0] is None or fits[1] is None else fits[0] - fits[1],
            language=likely[0] - likely[1],
            doubt=sum(doubts) / max(1, len(doubts)),
            name=float(not self._names.keys().isdisjoint(others) and self._names.keys().isdisjoint(keys)),
            belief=sum({id(each): each.log_probability for each in both.written}.values()),
        )
        bounded = (min(max(fact, -limit), limit) for fact, limit in zip(facts, LIMITS, strict=True))
        return sum(weight * fact for weight, fact in zip(WEIGHTS, bounded, strict=True))

    def _text(self, passage: Passage, words: Sequence[str]) -> str:
        """The text of the stretch with these words in the place of the passage, as the network would write it."""
        before, after = self._written[: passage.first], self._written[passage.until :]
        cased = [
            word.capitalize() if word in self._names or (at == 0 and not before) else word
            for at, word in enumerate(words)
        ]
        last = self._written[passage.until - 1].text[-1:] if passage.until > passage.first else ""
        mark = last if last in MARKS and words else ""
        parts = [
            *(word.text for word in before),
            *cased[:-1],
            *(word + mark for word in cased[-1:]),
            *(word.text for word in after),
        ]
        return " ".join(parts).replace("- ", "-")

    def _fits(self, passage: Passage, words: Sequence[str], seconds: float) -> float | None:
        """How well words fit the sound of the passage and of the words beside it, which both wordings share."""
        before = self._theirs[max(0, passage.other_first - 1) : passage.other_first]
        after = self._theirs[passage.other_until :][:1]
        start_s = self._heard[passage.other_first - 1].start_s if before else 0.0
        end_s = self._heard[passage.other_until].end_s if after else seconds
        return self._measure.fits(start_s, end_s, [*(w.key for w in before), *words, *(w.key for w in after)])

    def _ours_in(self, passage: Passage, both: Both, odds: float, seconds: float) -> list[HeardWord]:
        """The written words of a passage, which share its time by their phones."""
        at_s, end_s = self._span(passage, seconds)
        phones = [max(1, len(word.phones)) for word in self._ours[passage.first : passage.until]]
        per_phone, found = (end_s - at_s) / max(1, sum(phones)), []
        for written, count in zip(both.written, phones, strict=True):
            confidence = calibrated(DISPUTED, odds, written.log_probability)
            found.append(
                HeardWord(self._names.get(written.key, written.key), at_s, at_s + count * per_phone, confidence)
            )
            at_s += count * per_phone
        return _with_alternatives(found, [word.text for word in both.heard])

    def _span(self, passage: Passage, seconds: float) -> tuple[float, float]:
        """From when to when the words of a passage are said; words that only the network wrote lie between others."""
        heard = self._heard[passage.other_first : passage.other_until]
        if heard:
            return heard[0].start_s, heard[-1].end_s
        earlier, later = self._heard[: passage.other_first], self._heard[passage.other_until :]
        need_s = PHONE_S * sum(len(word.phones) for word in self._ours[passage.first : passage.until])
        end_s = later[0].start_s if later else seconds
        start_s = earlier[-1].end_s if earlier else max(0.0, end_s - need_s)
        start_s = min(start_s, max(earlier[-1].start_s if earlier else 0.0, end_s - need_s))
        return start_s, min(end_s, start_s + 2 * need_s)


def _agreed(written: Written, heard: HeardWord) -> HeardWord:
    sure = min(max(heard.confidence, 0.001), 0.999)
    confidence = calibrated(AGREED, math.log(sure / (1 - sure)), written.log_probability)
    return _rescaled(heard, confidence)


def _theirs_in(both: Both, odds: float) -> list[HeardWord]:
    found = []
    for word in both.heard:
        sure = min(max(word.confidence, 0.001), 0.999)
        found.append(_rescaled(word, calibrated(HEARD, odds, math.log(sure / (1 - sure)))))
    return _with_alternatives(found, both.keys)


def _rescaled(word: HeardWord, confidence: float) -> HeardWord:
    """A word with another confidence, which leaves its alternatives the rest."""
    scale = (1 - confidence) / max(1 - word.confidence, 0.001)
    return replace(
        word,
        confidence=confidence,
        alternatives=tuple(Alternative(each.text, each.confidence * scale) for each in word.alternatives),
    )


def _with_alternatives(words: list[HeardWord], others: Sequence[str]) -> list[HeardWord]:
    """The words of a passage, each with the other wording's word for it, or its longest with all of them."""
    if not words or not others:
        return words
    if len(words) == len(others):
        return [_with(word, other) for word, other in zip(words, others, strict=True)]
    longest = max(range(len(words)), key=lambda at: words[at].end_s - words[at].start_s)
    return [_with(word, " ".join(others)) if at == longest else word for at, word in enumerate(words)]


def _with(word: HeardWord, other: str) -> HeardWord:
    if other == word.text:
        return word
    rest = (1 - word.confidence) * OTHER_SHARE
    kept = (
        Alternative(each.text, each.confidence * (1 - OTHER_SHARE)) for each in word.alternatives if each.text != other
    )
    ranked = sorted((Alternative(other, rest), *kept), key=lambda each: -each.confidence)
    return replace(word, alternatives=tuple(each for each in ranked if each.confidence >= LEAST_ALTERNATIVE))


def calibrated(weights: Calibration, one: float, other: float) -> float:
    """How often a word is right, by two facts about it."""
    odds = weights.constant + weights.one * one + weights.other * max(other, -10.0)
    return 1 / (1 + math.exp(-odds))
