"""Numbers by word, small and never changed: about 11 bytes a word, where a dictionary of Python's takes 100.

The words lie in a trie (marisa-trie), which numbers them; their values lie in an array by that number.
"""

from array import array
from collections.abc import Iterator, Mapping

from marisa_trie import Trie
from wordfreq import available_languages, cB_to_freq, read_cBpack


class Counts:
    """Looked up like a dictionary of floats. The mapping that it is made from may be thrown away."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._words = Trie(values)
        self._values = array("d", bytes(8 * len(values)))
        for at, value in zip(map(self._words.get, values), values.values(), strict=True):
            self._values[at] = value

    def get(self, word: str) -> float:
        """The word's number; 0 where it has none."""
        at = self._words.get(word)
        return 0.0 if at is None else self._values[at]

    def words(self, least: float) -> Iterator[str]:
        """The words whose number is at least that."""
        return (word for word in self._words if self.get(word) >= least)


def frequencies(language: str) -> Counts:
    """wordfreq's frequencies, as shares of all words. Read past its own functions, which keep what they have read."""
    levels = read_cBpack(available_languages("best")[language])
    shares = (cB_to_freq(-level) for level in range(len(levels)))
    return Counts({word: share for share, words in zip(shares, levels, strict=True) for word in words})
