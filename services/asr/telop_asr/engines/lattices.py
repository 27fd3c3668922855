"""The word lattice of an utterance: everything that PocketSphinx thinks may have been said, with its probability.

At any moment the probabilities of the words that may be said then add up to 1 (what is missing is too unlikely to be
kept). That makes them comparable from word to word, which the decoder's own, for one exact start and end, are not.
"""

import re
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

LEAST: Final = 0.001
"""Less likely links are left out: a lattice has thousands, and they add up to nothing."""
_VARIANT: Final = re.compile(r"\(\d+\)$")


class Link(NamedTuple):
    """A word, from when to when it may be said in seconds, and how likely that is."""

    word: str
    start_s: float
    end_s: float
    probability: float


class Lattice:
    """What may have been said when."""

    def __init__(self, links: list[Link]) -> None:
        self._links = links

    @classmethod
    def of(cls, decoder: Any) -> "Lattice":
        """The lattice of the utterance that the decoder has just decoded; empty where it has none."""
        lattice = decoder.get_lattice()
        if lattice is None:
            return cls([])
        with tempfile.NamedTemporaryFile() as file:  # there is no other way to get at it
            lattice.write_htk(file.name)
            return cls.read(Path(file.name).read_text(encoding="utf-8"))

    @classmethod
    def read(cls, htk: str) -> "Lattice":
        """Read HTK's standard lattice format with posterior probabilities (`p=`) of the links."""
        times: dict[str, float] = {}
        words: dict[str, str] = {}
        links = []
        for line in htk.splitlines():
            fields = dict(field.partition("=")[::2] for field in line.split()) if line[:2] in {"I=", "J="} else {}
            if "I" in fields:
                times[fields["I"]], words[fields["I"]] = float(fields["t"]), base(fields["W"])
            elif "J" in fields and (probability := float(fields["p"])) >= LEAST:
                start, end = fields["S"], fields["E"]
                links.append(Link(words[start], times[start], times[end], probability))
        return cls(links)

    def at(self, time_s: float) -> dict[str, float]:
        """The words that may be said at a moment, with their probabilities; fillers and silences among them."""
        found: dict[str, float] = {}
        for link in self._links:
            if link.start_s <= time_s < link.end_s:
                found[link.word] = found.get(link.word, 0.0) + link.probability
        return found


def base(word: str) -> str:
    """A word of the dictionary without the mark of another pronunciation."""
    return _VARIANT.sub("", word)
