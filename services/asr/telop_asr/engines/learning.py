"""Learns how English letters sound from the dictionary inside the pocketsphinx wheel; writes `letters.tsv`.

`python -m telop_asr.engines.learning` aligns the letters of every word with its phones (Viterbi, probabilities by
expectation and maximisation) and keeps, for every letter, the shortest contexts in which it sounds different from
what a shorter context says, as decision trees of letter-to-sound rules do (Black, Lenzo and Pagel, 1998). Learnt from
nine tenths of the words, it says 50 % of the others right, and 88 % of their phones.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pocketsphinx  # type: ignore[import-untyped]

from telop_asr.engines.pronouncing import Phones, context

ROUNDS: Final = 4
ROUND_WORDS: Final = 15_000
LEAST_SEEN: Final = 5
"""Rarer contexts make no rule: they would double the file for 0.7 % of the phones."""
_UNSEEN: Final = (1e-4, 1e-6, 1e-8)
"""Probability that a letter sounds as no, one or two phones that it was never seen with."""

Sounds = dict[tuple[str, Phones], float]
Aligned = tuple[str, list[Phones]]


def main() -> None:
    """Write the rules beside this module."""
    dictionary = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    lines = (line.partition(" ") for line in dictionary.read_text(encoding="utf-8").splitlines())
    words = [(word, tuple(phones.split())) for word, _, phones in lines if re.fullmatch(r"[a-z]{2,}", word)]
    rules = learn(list(aligned(words)))
    written = "".join(f"{found}\t{' '.join(phones)}\n" for found, phones in sorted(rules.items()))
    Path(__file__).with_name("letters.tsv").write_text(written, encoding="ascii")


def aligned(words: list[tuple[str, Phones]]) -> Iterator[Aligned]:
    """Words with the phones of each letter: none, one or two."""
    first = (
        (letter, (phone,))
        for word, phones in words
        if len(word) == len(phones)
        for letter, phone in zip(word, phones, strict=True)
    )
    sounds = _shares(first)
    step = max(1, len(words) // ROUND_WORDS)
    for _ in range(ROUNDS):
        rounds = (_align(word, phones, sounds) for word, phones in words[::step])
        sounds = _shares(pair for each in rounds if each for pair in zip(*each, strict=True))
    for word, phones in words:
        if found := _align(word, phones, sounds):
            yield found


def learn(words: list[Aligned]) -> dict[str, Phones]:
    """The rules: what a letter sounds like in a context, where no shorter context says it."""
    seen: dict[str, Counter[Phones]] = defaultdict(Counter)
    for word, sounds in words:
        for at, phones in enumerate(sounds):
            around = context(word, at)
            for length in range(1, len(around) + 1):
                seen[around[:length]][phones] += 1
    rules: dict[str, Phones] = {}
    for around in sorted(seen, key=len):
        best = max(seen[around].items(), key=lambda each: (each[1], each[0]))[0]
        known = next(
            (rules[around[:length]] for length in range(len(around) - 1, 0, -1) if around[:length] in rules), None
        )
        if len(around) == 1 or (best != known and seen[around].total() >= LEAST_SEEN):
            rules[around] = best
    return rules


def _shares(pairs: Iterable[tuple[str, Phones]]) -> Sounds:
    counts = Counter(pairs)
    totals: Counter[str] = Counter()
    for (letter, _), count in counts.items():
        totals[letter] += count
    return {(letter, phones): count / totals[letter] for (letter, phones), count in counts.items()}


def _align(word: str, phones: Phones, sounds: Sounds) -> Aligned | None:
    """The likeliest way to share the phones of a word out to its letters; None where two a letter are too few."""
    ways: dict[int, tuple[float, list[Phones]]] = {0: (0.0, [])}
    for letter in word:
        further: dict[int, tuple[float, list[Phones]]] = {}
        for at, (score, chosen) in ways.items():
            for many in range(min(2, len(phones) - at) + 1):
                said = phones[at : at + many]
                reached = score + math.log(sounds.get((letter, said), _UNSEEN[many]))
                if at + many not in further or reached > further[at + many][0]:
                    further[at + many] = reached, [*chosen, said]
        ways = further
    return (word, ways[len(phones)][1]) if len(phones) in ways else None


if __name__ == "__main__":
    main()
