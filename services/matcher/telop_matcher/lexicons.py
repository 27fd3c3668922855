"""The lexicons of the languages that the matcher knows, loaded once in the life of the process."""

import asyncio

from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.values import Lexicon


class Lexicons:
    """Every lexicon by language. It is a resource of the service: ready when all are loaded."""

    def __init__(self) -> None:
        self._english = EnglishLexicon()

    async def start(self) -> None:
        """Load them, in a thread: it takes seconds."""
        await asyncio.to_thread(self._english.load)

    async def stop(self) -> None:
        """They end with the process."""

    def of(self, language: str) -> Lexicon | None:
        """Return the lexicon of a language tag (`en-GB`); None where there is none, and only some rules apply."""
        return self._english if language.partition("-")[0].lower() == "en" else None
