"""The Japanese half of the scorecard: scripts written by hand, filled in by seed, with supplied transcripts.

They are judged twice: with the true transcripts, and with what a recogniser makes of them.
"""

from dataclasses import dataclass
from functools import partial

from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.japanese.lexicon import Confusions, Morpheme
from telop_matcher.matching.judging import Judge

from tests.scorecard.japanese.programmes import lexicon, programmes

true_transcripts = partial(programmes, recognised=False)
recognised_transcripts = partial(programmes, recognised=True)


def judges() -> dict[str, Judge]:
    """Who judges with everything, and who judges with less, by what is taken away."""
    whole = lexicon()
    return {
        "nothing": partial(judge_japanese, lexicon=whole),
        "lists of confusions": partial(judge_japanese, lexicon=_Less(whole, lists=False)),
        "costs of words": partial(judge_japanese, lexicon=_Less(whole, costs=False)),
    }


@dataclass(frozen=True)
class _Less:
    """A lexicon without its lists of confusions, or to which every text is as likely as any other."""

    whole: SudachiLexicon
    lists: bool = True
    costs: bool = True

    @property
    def confusions(self) -> Confusions:
        return self.whole.confusions if self.lists else Confusions({}, {}, self.whole.confusions.equivalents)

    def cut(self, text: str) -> tuple[Morpheme, ...]:
        return self.whole.cut(text)

    def cost(self, text: str) -> int:
        return self.whole.cost(text) if self.costs else 0

    def knows(self, word: str) -> bool:
        return self.whole.knows(word)

    def zipf(self, word: str) -> float:
        return self.whole.zipf(word)

    def alike(self, one: str, two: str) -> bool:
        return self.whole.alike(one, two)

    def similar(self, written: str) -> list[str]:
        return self.whole.similar(written)
