"""The lexicons of the languages that the matcher knows, loaded once in the life of the process."""

import asyncio
from functools import partial
from typing import Final

from telop_matcher.english import EnglishLexicon
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.judging import Judge, judge

JUDGED: Final = ("en", "ja")


def is_judged(language: str) -> bool:
    """Whether mistakes are looked for in a language; in others only rules that need no words of it apply."""
    return _primary(language) in JUDGED


class Lexicons:
    """Every lexicon by language. It is a resource of the service: ready when all are loaded."""

    def __init__(self) -> None:
        self._english = EnglishLexicon()
        self._japanese = SudachiLexicon()

    async def start(self) -> None:
        """Load them, in a thread: it takes seconds."""
        await asyncio.to_thread(self._english.load)
        await asyncio.to_thread(self._japanese.load)

    async def stop(self) -> None:
        """They end with the process."""

    def judge_of(self, language: str) -> Judge:
        """Return who judges in a language tag (`en-GB`, `ja`); where no lexicon is known, only some rules apply."""
        primary = _primary(language)
        if primary == "ja":
            return partial(judge_japanese, lexicon=self._japanese)
        return partial(judge, lexicon=self._english if primary == "en" else None)


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
