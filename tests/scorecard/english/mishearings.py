"""Measures how the recogniser mishears sounds: `python -m tests.scorecard.english.mishearings`.

What was said and heard in the development half is laid against each other, sound by sound, within each sentence; how
often a sound became another one, was lost or was added is counted, and the counts give the costs of the next round.
Prints the list of costs, in nats, that the matcher reads.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.mishearing import NOTHING, Costs, path

from tests.scorecard import english
from tests.scorecard.english import speech
from tests.scorecard.labels import Programme

ROUNDS: Final = 3
BEFORE: Final = Costs({}, 3.0)
RAREST: Final = 0.5
"""Added to every count."""


def main() -> int:
    """Print the costs."""
    lexicon = EnglishLexicon().load()
    clean = [each for each in english.programmes(*english.LEARNT_FROM) if each.is_clean]
    sentences = [pair for each in clean for pair in _sentences(each, lexicon)]
    costs = BEFORE
    for _ in range(ROUNDS):
        costs = _measured(sentences, costs)
    print(f"# default {costs.default:.2f}")
    for (said, heard), cost in sorted(costs.by_pair.items()):
        print(said, heard, f"{cost:.2f}")
    return 0


Phones = Sequence[str]


def _sentences(programme: Programme, lexicon: EnglishLexicon) -> Iterator[tuple[Phones, Phones]]:
    """Sounds of every sentence, as said and as heard; sentences with words of no known sound are left out."""
    spans = speech.timings(programme.half)[programme.name.removesuffix("-clean")]["sentences"]
    for said, (start, end, _) in zip(programme.said, spans, strict=True):
        heard = [word.text for word in programme.words if start <= word.middle_s <= end]
        mine, theirs = (_phones(words, lexicon) for words in (said.split(), heard))
        if mine and theirs:
            yield mine, theirs


def _phones(words: Sequence[str], lexicon: EnglishLexicon) -> list[str]:
    sounds = [lexicon.sound(word.lower()) for each in words for word in each.split()]
    return " ".join(each for each in sounds if each).split() if all(sounds) else []


def _measured(sentences: Sequence[tuple[Phones, Phones]], costs: Costs) -> Costs:
    counts: Counter[tuple[str, str]] = Counter()
    for said, heard in sentences:
        counts.update(path(said, heard, costs))
    of = Counter[str]()
    for (said, _), count in counts.items():
        of[said] += count
    kinds = len(of)
    of[NOTHING] = sum(of.values()) - of[NOTHING]  # a sound can be added at each that was said
    found = {
        (said, heard): math.log((of[said] + RAREST * kinds) / (count + RAREST))
        for (said, heard), count in counts.items()
        if said != heard and count > 1
    }
    total = of[NOTHING] / kinds
    return Costs(found, math.log((total + RAREST * kinds) / RAREST))


if __name__ == "__main__":
    sys.exit(main())
