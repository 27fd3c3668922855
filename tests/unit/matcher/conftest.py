"""The English lexicon, loaded once."""

import pytest
from telop_matcher.english import EnglishLexicon


@pytest.fixture(scope="session")
def english() -> EnglishLexicon:
    return EnglishLexicon().load()
