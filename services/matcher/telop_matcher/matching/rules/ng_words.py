"""Forbidden words, on screen and in speech, unless they stand inside of one of the rule's exceptions.

A word ends where its script has word ends; in Chinese and Japanese, which have none, it is found anywhere. White
space counts as one space, a line break too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from telop_matcher.matching.values import BLOCKER, Blame, Kind, NgRule, Suspicion, Word
from telop_matcher.matching.writing import Folded, fold

_SPACE: Final = re.compile(r"\s+")
_ENDLESS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Kana and Han: scripts without spaces between words."""


@dataclass(frozen=True, slots=True)
class HeardNgWord:
    """Words `[first:last)` of the speech are a forbidden one."""

    rule: NgRule
    first: int
    last: int


def find_ng_words(text: str, rules: Sequence[NgRule]) -> Iterator[Suspicion]:
    """Suspect forbidden words on screen."""
    folded = fold(text)
    for rule in rules:
        for start, end in occurrences(folded, rule):
            yield forbidden(*folded.raw_span(start, end))


def forbidden(start: int, end: int) -> Suspicion:
    """The suspicion of a forbidden word at raw characters."""
    reasons = ("The word is on the list of words that must not go on air.",)
    return Suspicion(Kind.NG_WORD, start, end, None, 0.99, reasons, BLOCKER, Blame.CAPTION)


def hear_ng_words(words: Sequence[Word], rules: Sequence[NgRule]) -> Iterator[HeardNgWord]:
    """Find forbidden words in speech."""
    starts: list[int] = []
    text = ""
    for word in words:
        starts.append(len(text))
        text += fold(word.text).text + " "
    folded = Folded(text, tuple(range(len(text) + 1)))
    for rule in rules:
        for start, end in occurrences(folded, rule):
            inside = [at for at, begin in enumerate(starts) if begin < end and start < begin + len(words[at].text)]
            if inside:
                yield HeardNgWord(rule, inside[0], inside[-1] + 1)


def occurrences(folded: Folded, rule: NgRule) -> list[tuple[int, int]]:
    """Where the word stands in a folded text, outside of its exceptions."""
    found = [match.span() for match in _pattern(rule.text).finditer(folded.text)]
    if not found:
        return []
    allowed = [match.span() for exception in rule.exceptions for match in _pattern(exception).finditer(folded.text)]
    return [(start, end) for start, end in found if not any(a <= start and end <= b for a, b in allowed)]


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    folded = _SPACE.sub(" ", fold(term).text.strip())
    body = re.escape(folded).replace(r"\ ", r"\s+")
    before = "" if _ENDLESS.match(folded) else r"(?<!\w)"
    after = "" if _ENDLESS.match(folded[-1:]) else r"(?!\w)"
    return re.compile(before + body + after)
