"""Tells how Kanji sound in words from whole words and their readings, and writes the matcher's list.

`python -m tests.scorecard.japanese.kanji_sounds`. A word of two Kanji may be cut anywhere in its reading; the cuts that
explain most words win (expectation maximisation, three rounds). Words are wordfreq's, readings Sudachi's.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import telop_matcher
import wordfreq
from telop_matcher.japanese import SudachiLexicon

LIST: Final = Path(telop_matcher.__file__).parent / "data" / "japanese_kanji_sounds.tsv"
LEAST: Final = 2.0
"""Zipf frequency of words."""
WORDS: Final = 1.8
SHARE: Final = 0.06
"""Words, about, and share of a Kanji's words in which a sound must be heard."""
ROUNDS: Final = 3
_HEAD: Final = (
    "# How Kanji sound in words: told from Sudachi's readings of wordfreq's words\n"
    "# by tests/scorecard/japanese/kanji_sounds.py\n"
)
_WORD: Final = re.compile("[一-鿿]{2}")
_Counts = dict[str, dict[str, float]]
_NEVER_FIRST: Final = "ャュョッーンァィゥェォ"


def main() -> None:
    """Write the list."""
    words = dict(_words())
    counts: _Counts = {}
    for _ in range(ROUNDS):
        counts = _counted(words, counts)
    lines = []
    for kanji in sorted(counts):
        least = max(WORDS, SHARE * sum(counts[kanji].values()))
        sounds = sorted(sound for sound, count in counts[kanji].items() if count >= least)
        if sounds:
            lines.append(f"{kanji}\t{' '.join(sounds)}\n")
    LIST.write_text(_HEAD + "".join(lines), "utf-8")


def _words() -> list[tuple[str, str]]:
    lexicon = SudachiLexicon().load()
    found = []
    for word in wordfreq.iter_wordlist("ja", "best"):
        if _WORD.fullmatch(word) and lexicon.zipf(word) >= LEAST:
            cut = lexicon.cut(word)
            if len(cut) == 1 and cut[0].is_known:
                found.append((word, cut[0].reading))
    return found


def _counted(words: dict[str, str], before: _Counts) -> _Counts:
    counts: _Counts = defaultdict(lambda: defaultdict(float))
    for word, reading in words.items():
        first, second = word[0], word[1]
        cuts = [(reading[:at], reading[at:]) for at in range(1, len(reading)) if reading[at] not in _NEVER_FIRST]
        weights = [
            (before.get(first, {}).get(one, 0.0) + 0.05) * (before.get(second, {}).get(two, 0.0) + 0.05)
            for one, two in cuts
        ]
        for (one, two), weight in zip(cuts, weights, strict=True):
            counts[first][one] += weight / sum(weights)
            counts[second][two] += weight / sum(weights)
    return counts


if __name__ == "__main__":
    main()
