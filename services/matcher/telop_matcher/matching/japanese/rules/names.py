"""A Japanese name that is almost one of the roster: 斉藤 for 斎藤, 太朗 for 太郎, エムバペ for エムバッペ.

Sound cannot decide between such names, so the roster does. A full name one character off is enough where it sounds the
same, or where the roster's name was heard, as it must be where Kana beside Kanji differ; a family name alone must sound
the same and stand as a word of its own.
Somebody else's full name, and what itself is a name of the roster, are left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz.distance import OSA, Levenshtein

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.lexicon import JapaneseLexicon, Morpheme
from telop_matcher.matching.japanese.text import heard_as, is_kana, is_kanji, sound
from telop_matcher.matching.values import FYI, Kind, Suspicion
from telop_matcher.matching.writing import common, fold

SHORTEST_FULL: Final = 3
SHORTEST_KANA: Final = 4
LONG_FULL: Final = 4
"""Characters of a full name of which one may be wrong, in the family name, however it sounds."""
_TITLES: Final = (
    "さん",
    "氏",
    "選手",
    "監督",
    "容疑者",
    "議員",
    "知事",
    "市長",
    "教授",
    "社長",
    "君",
    "くん",
    "ちゃん",
    "様",
    "投手",
    "アナ",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name: whole, its family name (empty where it cannot be told), and how both sound."""

    text: str
    family: str
    sound: str
    family_sound: str


@dataclass(frozen=True)
class Roster:
    """The names of a job, folded once; `parts` is everything that is right wherever it stands."""

    names: tuple[Name, ...]
    parts: frozenset[str]
    by_character: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, names: Sequence[str], readings: Mapping[str, str], lexicon: JapaneseLexicon) -> "Roster":
        """Fold the names, and cut them at their space or where the lexicon ends the family name."""
        cut = tuple(_name(each, readings.get(each), lexicon) for each in names)
        parts = {part for name in cut for part in (name.text, name.family, name.text[len(name.family) :]) if part}
        by_character: dict[str, list[int]] = {}
        for position, name in enumerate(cut):
            for character in set(common(name.text)):
                by_character.setdefault(character, []).append(position)
        return cls(cut, frozenset(parts), by_character)

    def near(self, text: str) -> Iterator[Name]:
        """The names of which a character is written: no other can be nearly right."""
        for position in sorted({each for character in set(text) for each in self.by_character.get(character, ())}):
            yield self.names[position]


def find_wrong_names(case: Aligned, roster: Roster, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """Suspect near misses of the roster's names."""
    for name in roster.near(case.text.common):
        found = list(_full(case, name, roster, lexicon))
        yield from found or _family(case, name, roster)


def _name(written: str, reading: str | None, lexicon: JapaneseLexicon) -> Name:
    parts = fold(written).text.replace("・", " ").split()
    text = "".join(parts)
    words = lexicon.cut(text)
    family = parts[0] if len(parts) > 1 else ""
    if not family and len(words) > 1 and words[0].detail.startswith("固有名詞・人名・姓"):
        family = words[0].surface
    given = heard_as(reading.replace(" ", "").replace("　", "").replace("・", "")) if reading else ""
    family_sound = sound(lexicon.cut(family)) if family else ""
    return Name(text, family, given or sound(words), family_sound)


def _full(case: Aligned, name: Name, roster: Roster, lexicon: JapaneseLexicon) -> Iterator[Suspicion]:
    """The whole name, one character off."""
    kana = all(is_kana(each) or each == "・" for each in name.text)
    if len(name.text) < (SHORTEST_KANA if kana else SHORTEST_FULL):
        return
    text = case.text.folded.text
    for size in (len(name.text), len(name.text) - 1, len(name.text) + 1):
        for start in range(len(text) - size + 1):
            written = text[start : start + size]
            if not _is_slip(written, name, roster, kana=kana) or _is_part_of(name, text, start, size):
                continue
            if not _stands_alone(case, start, start + size, kana=kana):
                continue
            doubtful = not kana and _is_kana_slip(written, name) and not _is_given_in_kana(written, name)
            if doubtful and not _was_heard_instead(case, name, written):
                continue
            same = _sounds_same(written, name, lexicon) or _has_same_given_name(written, name)
            same = same or _looks_same(written, name, lexicon)
            if same or _was_heard(case, name) or kana:
                yield _suspicion(case, start, start + size, name.text, 0.95 if _was_heard(case, name) else 0.9)
                return
            if _has_same_family_name(written, name):
                yield replace(_suspicion(case, start, start + size, name.text, 0.6), severity=FYI)
                return


def _is_slip(written: str, name: Name, roster: Roster, *, kana: bool) -> bool:
    if written == name.text or written in roster.parts or any(other.text in written for other in roster.names):
        return False
    if (
        kana != all(is_kana(each) or each == "・" for each in written)
        or OSA.distance(*map(common, (written, name.text))) > 1
    ):
        return False
    if kana or _is_kana_slip(written, name):
        return True
    pairs = zip(written, name.text, strict=False)
    return len(written) == len(name.text) and all(one == two or is_kanji(one + two) for one, two in pairs)


def _is_kana_slip(written: str, name: Name) -> bool:
    """Whether the slip is in the Kana of a name that has Kanji, too: コバヤン食堂. Only Katakana are lost or added:
    whom Hiragana are short of may be called so.
    """
    steps = [step for step in Levenshtein.opcodes(written, name.text) if step.tag != "equal"]
    touched = [written[step.src_start : step.src_end] + name.text[step.dest_start : step.dest_end] for step in steps]
    least = "ぁ" if len(written) == len(name.text) else "ァ"
    return all(is_kana(each) and each >= least for part in touched for each in part)


def _is_part_of(name: Name, text: str, start: int, size: int) -> bool:
    """Whether the span is a piece of the name, which stands there whole: みちょ of みちょぱ."""
    return name.text in text[max(0, start - 1) : start + size + 1]


def _stands_alone(case: Aligned, start: int, end: int, *, kana: bool) -> bool:
    """Whether the span ends where words end; what the lexicon does not know has no clear borders."""
    text = case.text.folded.text
    if kana:
        return not (start and is_kana(text[start - 1]) and text[start - 1] >= "ァ") and not (
            end < len(text) and "ァ" <= text[end] <= "ー"
        )
    borders = {word.start for word in case.text.words} | {len(text)}
    return (start in borders) + (end in borders or text.startswith(_TITLES, end)) >= 1


def _sounds_same(written: str, name: Name, lexicon: JapaneseLexicon) -> bool:
    if common(written) == common(name.text):
        return True
    return sound(lexicon.cut(written)) in (name.sound, sound(lexicon.cut(name.text)))


def _has_same_given_name(written: str, name: Name) -> bool:
    """Whether the slip is in a family name of which the rest is right, as is the whole given name."""
    size = len(name.family)
    return size > 1 and len(name.text) - size > 1 and written[size:] == name.text[size:]


def _has_same_family_name(written: str, name: Name) -> bool:
    """Whether one Kanji of a given name of two is another: a relative may be called so, so it is worth a look."""
    size = len(name.family)
    places = [at for at, (one, two) in enumerate(zip(written, name.text, strict=False)) if one != two]
    figures = set(written) & set("一二三四五六七八九十")
    return size > 1 and len(written) == len(name.text) == size + 2 and places[0] >= size and not figures


def _looks_same(written: str, name: Name, lexicon: JapaneseLexicon) -> bool:
    """Whether the one Kanji that differs looks like the right one, or is of the family name of a long full name, of
    which all else is right.
    """
    if len(written) != len(name.text):
        return False
    places = [at for at, (one, two) in enumerate(zip(*map(common, (written, name.text)), strict=True)) if one != two]
    if len(places) != 1:
        return _is_given_in_kana(written, name)
    (at,) = places
    long = len(written) >= LONG_FULL and at < len(written) // 2
    return long or lexicon.alike(written[at], name.text[at]) or _is_given_in_kana(written, name)


def _is_given_in_kana(written: str, name: Name) -> bool:
    """Whether the slip is in a given name, which sounds the same in other Kana: 財前いづみ for 財前いずみ."""
    same = heard_as(common(written)) == heard_as(common(name.text))
    return same and len(written) == len(name.text) and written != name.text and common(written) != common(name.text)


def _was_heard(case: Aligned, name: Name) -> bool:
    return name.text in "".join(word.surface for word in case.spoken_words)


def _was_heard_instead(case: Aligned, name: Name, written: str) -> bool:
    return _was_heard(case, name) and written not in "".join(word.surface for word in case.spoken_words)


def _family(case: Aligned, name: Name, roster: Roster) -> Iterator[Suspicion]:
    """The family name alone, in other Kanji of the same sound."""
    if len(name.family) < 2:
        return
    words = case.text.words
    for at, word in enumerate(words):
        if not _is_family_like(word, name, roster) or _is_followed_by_another(words, at, name):
            continue
        yield _suspicion(case, word.start, word.end, name.family, 0.85)


def _is_family_like(word: Morpheme, name: Name, roster: Roster) -> bool:
    same_length = len(word.surface) == len(name.family) and word.surface != name.family
    if not same_length or word.surface in roster.parts or not all(map(is_kanji, word.surface)):
        return False
    if OSA.distance(word.surface, name.family) != 1:
        return False
    alike = common(word.surface) == common(name.family) or sound([word]) == name.family_sound
    return alike and (word.detail.startswith("固有名詞") or not word.is_known)


def _is_followed_by_another(words: Sequence[Morpheme], at: int, name: Name) -> bool:
    """Whether a given name follows that is not the one of the roster: then it is somebody else."""
    after = next((each for each in words[at + 1 :] if each.word_class != "空白"), None)
    given = name.text[len(name.family) :]
    return after is not None and "人名・名" in after.detail and after.surface != given


def _suspicion(case: Aligned, start: int, end: int, right: str, confidence: float) -> Suspicion:
    reasons = (f"The roster has 「{right}」, 「{case.text.folded.text[start:end]}」 is one character off.",)
    return Suspicion(Kind.NAME, *case.text.raw_span(start, end), right, confidence, reasons)
