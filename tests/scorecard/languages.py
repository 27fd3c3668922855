"""The languages of the scorecard: each has labelled programmes of both halves, and a lexicon to judge them with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.values import Lexicon

from tests.scorecard import english
from tests.scorecard.labels import Programme


@dataclass(frozen=True, slots=True)
class Language:
    """`programmes` gives those of a half; `lexicon` loads what the matcher knows of the language."""

    programmes: Callable[[str], list[Programme]]
    lexicon: Callable[[], Lexicon]


LANGUAGES: Final[Mapping[str, Language]] = {
    "en": Language(english.programmes, lambda: EnglishLexicon().load()),
}
