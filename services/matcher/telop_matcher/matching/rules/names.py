"""A name that is almost, but not quite, one of the roster.

The roster is the witness: several words of a name of which one is misspelt need no speech, since sound cannot tell
Andersen from Anderson. A single word needs speech that says the roster's name. Nothing is suspected that is itself in
the roster, that was heard as written with another sound, or that a reader of pictures confuses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from telop_matcher.matching.alignment import Aligned
from telop_matcher.matching.likeness import looks, sounds
from telop_matcher.matching.values import Kind, Lexicon, Suspicion
from telop_matcher.matching.writing import Token, glyphs, tokens

CLOSE = 0.7
SAME_SOUND = 0.85
SHORTEST = 4
COMMON = 3.5
"""Zipf frequency from which a name is one of its own: Mary 5.0, Jackson 4.6; Andersen sounds the same as Anderson."""


@dataclass(frozen=True)
class Roster:
    """The names of a job, folded once."""

    names: tuple[tuple[Token, ...], ...]
    by_word: Mapping[str, Sequence[int]]
    """Every word of every name, right wherever it stands, with the names that have it."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "Roster":
        """Fold the names."""
        cut = tuple(tuple(tokens(name)) for name in names)
        by_word: dict[str, list[int]] = {}
        for position, name in enumerate(cut):
            for token in name:
                for word in {token.text, _bare(token.text)}:
                    by_word.setdefault(word, []).append(position)
        return cls(cut, by_word)

    def has(self, word: str) -> bool:
        """Whether a folded word, or what it is the possessive of, belongs to a name."""
        return word in self.by_word or _bare(word) in self.by_word

    def near(self, aligned: Aligned) -> Iterator[tuple[Token, ...]]:
        """The names of which a word is written or was heard: no other can be nearly right here."""
        words = {_bare(token.text) for token in aligned.tokens} | set(aligned.spoken_tokens)
        for position in sorted({each for word in words for each in self.by_word.get(word, ())}):
            yield self.names[position]


def find_wrong_names(aligned: Aligned, roster: Roster, lexicon: Lexicon | None) -> Iterator[Suspicion]:
    """Suspect near misses of the roster's names."""
    for name in roster.near(aligned):
        size = len(name)
        for first in range(len(aligned.tokens) - size + 1):
            written = aligned.tokens[first : first + size]
            wrong = [at for at in range(size) if _bare(written[at].text) != _bare(name[at].text)]
            if len(wrong) != 1 or not _is_near(written[wrong[0]], name[wrong[0]], roster, lexicon):
                continue
            heard = _heard(aligned, first + wrong[0])
            if _is_somebody_else(_bare(written[wrong[0]].text), _bare(name[wrong[0]].text), heard, lexicon):
                continue
            if size == 1 and heard != _bare(name[0].text):
                continue
            yield _suspicion(aligned.telop.text, written, name, was_heard=heard == _bare(name[wrong[0]].text))


def _is_near(written: Token, right: Token, roster: Roster, lexicon: Lexicon | None) -> bool:
    word, name = _bare(written.text), _bare(right.text)
    if roster.has(word) or len(name) < SHORTEST or len(word) < SHORTEST - 1:
        return False
    if not written.raw[:1].isupper() and (lexicon is None or lexicon.knows(word)):
        return False
    distance = OSA.distance(word, name)
    near = distance == 1 or (distance == 2 and len(name) > 5) or sounds(word, name) >= SAME_SOUND
    return near and looks(word, name) >= CLOSE and glyphs(word) != glyphs(name)


def _is_somebody_else(word: str, right: str, heard: str | None, lexicon: Lexicon | None) -> bool:
    """Whether a name with another sound was heard as written, or is too common to be a slip: Mary is not Mark."""
    if heard == right or sounds(word, right) >= SAME_SOUND:
        return False
    return heard == word or (lexicon is not None and lexicon.zipf(word) >= COMMON)


def _heard(aligned: Aligned, token: int) -> str | None:
    position = next(at for at, item in enumerate(aligned.written) if item.first <= token < item.last)
    heard = aligned.heard(position)
    return _bare(heard) if heard else None


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


def _suspicion(text: str, written: Sequence[Token], name: Sequence[Token], *, was_heard: bool) -> Suspicion:
    start, end = written[0].start, written[-1].end
    suggestion = " ".join(token.raw for token in name)
    if written[-1].text.endswith("'s") and not name[-1].text.endswith("'s"):
        suggestion += text[end - 2 : end]
    if text[start:end].isupper():
        suggestion = suggestion.upper()
    reasons = [f'The roster has "{" ".join(token.raw for token in name)}".']
    if was_heard:
        reasons.append("The name was heard as the roster writes it.")
    return Suspicion(Kind.NAME, start, end, suggestion, 0.96 if was_heard else 0.85, tuple(reasons))
