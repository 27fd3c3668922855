"""A labelled programme: what stood on screen, what was said, what the recognisers made of both, and the mistakes.

The truth (`Shown`) is separate from the reading (`Telop`), so that blame can be scored: a finding where the reading
differs from what stood there is the reader's fault. Spans are in code points of what stood on screen.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from difflib import SequenceMatcher
from typing import Any, Final

from rapidfuzz.distance import Levenshtein
from telop_matcher.matching.listening import Listened
from telop_matcher.matching.values import Alternative, Box, FoldedSpan, NgRule, Reading, Rules, Telop, Word
from telop_matcher.matching.writing import tokens

DEVELOPMENT: Final = "development"
TEST: Final = "test"
FORMER: Final = "former"
"""The English test half that was, until its totals had been looked at: now learnt from as well."""
UNSEEN: Final = "unseen"
AGAIN: Final = "again"
THIRD: Final = "third"
FOURTH: Final = "fourth"
"""Written apart from the rules, before they were read and after they were mended: only first runs were independent."""
HALVES: Final = (DEVELOPMENT, TEST)


@dataclass(frozen=True, slots=True)
class Mistake:
    """`text[start:end]` of what stood on screen is wrong; `right` would be right. A missing word is a place."""

    kind: str
    start: int
    end: int
    right: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One telop as it stood on screen. `relation` is to what was said; `trap` names what makes it hard."""

    text: str
    start_s: float
    end_s: float
    relation: str
    mistake: Mistake | None = None
    trap: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stood on screen and how it was read; None where it was not read, or nothing stood there."""

    shown: Shown | None
    read: Telop | None

    def mistaken(self) -> tuple[int, int] | None:
        """The span of the mistake in the reading."""
        if self.shown is None or self.read is None or self.shown.mistake is None:
            return None
        mistake = self.shown.mistake
        return carried(self.shown.text, self.read.text, mistake.start, mistake.end)


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme: its telops, what was heard, what was really said, and what the job brought along.

    `voice_band` is the band of the voice's word error rate, or what stands for it.
    """

    name: str
    language: str
    half: str
    genre: str
    voice_band: str
    duration_s: float
    labelled: tuple[Labelled, ...]
    words: tuple[Word, ...]
    said: tuple[str, ...]
    rules: Rules
    listened: Listened = field(default_factory=dict)
    """What a second listen said; recorded by itself."""

    @property
    def telops(self) -> list[Telop]:
        """What was read, in order of time."""
        return [each.read for each in self.labelled if each.read]

    @property
    def is_clean(self) -> bool:
        """Whether no mistake is planted."""
        return not any(each.shown and each.shown.mistake for each in self.labelled)


def carried(source: str, target: str, start: int, end: int) -> tuple[int, int]:
    """A span of one text in another that differs from it by a few characters."""
    if source == target:
        return start, end
    blocks = SequenceMatcher(None, source, target, autojunk=False).get_opcodes()

    def moved(at: int, *, upper: bool) -> int:
        for _, a, b, c, d in blocks:
            if a <= at < b or (upper and a < at <= b):
                return min(d, c + at - a) if b - a == d - c else (d if upper else c)
        return len(target)

    return moved(start, upper=False), moved(end, upper=True)


def to_json(programme: Programme) -> dict[str, Any]:
    """The programme as plain values."""
    found = asdict(programme)
    del found["listened"]
    return found


RECORDED: Final = tuple(field.name for field in fields(Programme) if field.name != "listened")


def from_json(value: dict[str, Any]) -> Programme:
    """The programme of plain values."""
    labelled = tuple(Labelled(_shown(each["shown"]), _telop(each["read"])) for each in value["labelled"])
    rules = Rules(tuple(value["rules"]["roster"]), tuple(_ng_rule(each) for each in value["rules"]["ng_words"]))
    words = tuple(_word(each) for each in value["words"])
    kept = {name: value[name] for name in RECORDED}
    return Programme(**kept | {"labelled": labelled, "rules": rules, "words": words, "said": tuple(value["said"])})


def _ng_rule(value: dict[str, Any]) -> NgRule:
    return NgRule(value["text"], tuple(value["exceptions"]))


def _word(value: dict[str, Any]) -> Word:
    return Word(**value | {"alternatives": tuple(Alternative(**each) for each in value["alternatives"])})


def _shown(value: dict[str, Any] | None) -> Shown | None:
    if value is None:
        return None
    return Shown(**value | {"mistake": Mistake(**value["mistake"]) if value["mistake"] else None})


def _telop(value: dict[str, Any] | None) -> Telop | None:
    if value is None:
        return None
    readings = tuple(Reading(**each) for each in value["readings"])
    folded = tuple(FoldedSpan(**each | {"alternatives": tuple(each["alternatives"])}) for each in value["folded"])
    plain: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in value.items()}
    return Telop(**plain | {"box": Box(**value["box"]), "readings": readings, "folded": folded})


def misheard(programme: Programme) -> tuple[int, int]:
    """How many words were heard wrong, of how many; in Japanese, which has no words in writing, of characters."""
    said = [word for sentence in programme.said for word in sentence.split()]
    heard = [token.text for word in programme.words for token in tokens(word.text)]
    if programme.language == "ja":
        texts = said, [word.text for word in programme.words]
        said, heard = ([each for each in "".join(words) if each.isalnum()] for words in texts)
    return Levenshtein.distance(said, heard), len(said)


def hours(programmes: Sequence[Programme]) -> float:
    """How long they last together."""
    return sum(each.duration_s for each in programmes) / 3600
