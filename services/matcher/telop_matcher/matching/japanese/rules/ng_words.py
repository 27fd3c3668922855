"""Forbidden words in Japanese, on screen and in speech: in Kana they must end where words or Kana end (ばか is not in
そればかり), in Kanji they may stand anywhere, also across a line break; exceptions hold as everywhere.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from telop_matcher.matching.japanese.lexicon import JapaneseLexicon
from telop_matcher.matching.japanese.speech import passages, spaced
from telop_matcher.matching.japanese.text import Text, cut, is_kana
from telop_matcher.matching.rules.ng_words import HeardNgWord, forbidden, occurrences
from telop_matcher.matching.values import NgRule, Suspicion, Word

LONG: Final = 5
"""Kana of a word that is no part of another by chance, so that more may follow."""


def find_japanese_ng_words(text: Text, rules: Sequence[NgRule]) -> Iterator[Suspicion]:
    """Suspect forbidden words on screen."""
    for _, start, end in _found(text, rules):
        yield forbidden(start, end)


def hear_japanese_ng_words(
    words: Sequence[Word], rules: Sequence[NgRule], lexicon: JapaneseLexicon
) -> Iterator[HeardNgWord]:
    """Find forbidden words in speech."""
    if not rules:
        return
    first = 0
    for passage in passages(words):
        texts = spaced(passage)
        owner = [first + at for at, text in enumerate(texts) for _ in text]
        for rule, start, end in _found(cut("".join(texts), lexicon), rules):
            yield HeardNgWord(rule, owner[start], owner[end - 1] + 1)
        first += len(passage)


def _found(text: Text, rules: Sequence[NgRule]) -> Iterator[tuple[NgRule, int, int]]:
    """The rules that are broken, with raw spans."""
    starts, ends = text.starts(), {word.end for word in text.words}
    folded = text.folded.text
    for rule in rules:
        for start, end in occurrences(text.folded, rule):
            kana = all(map(is_kana, folded[start:end]))
            begins = start in starts or not is_kana(folded[:start][-1:])
            stops = end in ends or not is_kana(folded[end:][:1])
            if not kana or (begins and (stops or end - start >= LONG)):
                yield rule, *text.raw_span(start, end)
