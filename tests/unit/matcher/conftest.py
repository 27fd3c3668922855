"""The lexicons, loaded once, and who judges by them."""

from functools import partial

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.judging import Judge, judge


@pytest.fixture(scope="session")
def english() -> EnglishLexicon:
    return EnglishLexicon().load()


@pytest.fixture(scope="session")
def in_english(english: EnglishLexicon) -> Judge:
    return partial(judge, lexicon=english)


@pytest.fixture(scope="session")
def japanese() -> SudachiLexicon:
    return SudachiLexicon().load()
