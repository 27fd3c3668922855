"""How a name sounds, in the phones of the recogniser (ARPABET, as in the CMU dictionary).

In this order: the name's reading, the dictionary, the letters of an abbreviation, the rules of Japanese in Latin or
kana letters beside those of English, which were learnt from the dictionary (`letters.tsv`). A name that none of them
can say (digits, other scripts without a reading) has no sound, and is reported as such.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice, product
from typing import Final, NamedTuple

from telop_asr.transcription import Name

MOST_FORMS: Final = 6
"""Ways to say one name that are told to the recogniser."""
_WORDS: Final = re.compile(r"[^\s,;/()]+")
_ROMAJI: Final = re.compile(
    r"(?:([kstp])(?=\1)|(?P<n>n)(?![aiueoy])|(?P<onset>[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmyrwjfv])?(?P<vowel>[aiueo]))"
)
_ONSETS: Final = {
    "": "", "sh": "SH", "ch": "CH", "ts": "T S", "j": "JH", "f": "F", "h": "HH", "y": "Y", "ky": "K Y", "gy": "G Y",
    "ny": "N Y", "hy": "HH Y", "by": "B Y", "py": "P Y", "my": "M Y", "ry": "R Y",
}  # fmt: skip
_VOWELS: Final = {"a": "AA", "i": "IY", "u": "UW", "e": "EH", "o": "OW"}
_KUNREI: Final = {
    "SI": "shi", "TI": "chi", "TU": "tsu", "HU": "fu", "ZI": "ji", "DI": "ji", "DU": "zu", "WO": "o",
}  # fmt: skip
"""Unicode names kana in another romanisation than Hepburn's."""
_LONG: Final = re.compile(r"(OW) (?:UW|OW)|(UW) UW|(IY) IY|(AA) AA|(EH) EH")
_LETTER_CONTEXT: Final = (1, -1, 2, -2, 3, -3, 4)
"""In which order letters around a letter are looked at: the nearest tell most, later ones more than earlier ones."""

_KANA: Final = re.compile(r"[\u3040-\u30ff]")
_BREAKS: Final = re.compile(r"[\s\-‐・=＝·]+")

Phones = tuple[str, ...]
Lookup = Callable[[str], str | None]
"""Asks the recogniser's dictionary for the phones of a word, separated by spaces."""


class SpokenName(NamedTuple):
    """One way to say a name or a word of it: its written words, and the phones of each."""

    words: tuple[str, ...]
    phones: tuple[Phones, ...]


def spoken(name: Name, lookup: Lookup) -> list[SpokenName]:
    """The ways to say a whole name, none where its sound is not known."""
    words = tuple(_WORDS.findall(name.text))
    said = tuple(_WORDS.findall(name.reading)) if name.reading else words
    if len(said) != len(words):
        words = (name.text,)
        said = (" ".join(said),)
    ways = [list(dict.fromkeys(_ways(word, lookup))) for word in said]
    if not words or not all(ways):
        return []
    return [SpokenName(words, phones) for phones in islice(product(*ways), MOST_FORMS)]


def words_alone(ways: list[SpokenName], is_needed: Callable[[str], bool]) -> list[list[SpokenName]]:
    """The ways to say single words of a name of several, as when only the surname is said."""
    words = ways[0].words
    if len(words) == 1:
        return []
    return [
        [SpokenName((word,), (phones,)) for phones in dict.fromkeys(way.phones[at] for way in ways)]
        for at, word in enumerate(words)
        if is_needed(word)
    ]


def _ways(said: str, lookup: Lookup) -> Iterator[Phones]:
    """The ways to say one word, or a reading of several words, likeliest first."""
    pieces = [piece for piece in _BREAKS.split(said) if piece]
    ways = [list(dict.fromkeys(_of_piece(piece, lookup))) for piece in pieces]
    if pieces and all(ways):
        for chosen in islice(product(*ways), MOST_FORMS):
            yield tuple(phone for phones in chosen for phone in phones)


def _of_piece(piece: str, lookup: Lookup) -> Iterator[Phones]:
    letters = re.sub(r"['’.]", "", _latin(piece))
    japanese = _romaji(letters.lower())
    if _KANA.search(piece):
        yield from (japanese,) if japanese else ()
        return
    known = [phones for phones in _in_dictionary(_latin(piece).lower(), lookup) if phones]
    yield from (tuple(phones.split()) for phones in known)
    if not known and re.fullmatch(r"[A-Z]{2,5}", letters):
        named = [lookup(letter.lower()) for letter in letters]
        yield tuple(phone for phones in named if phones for phone in phones.split())
    if not known and re.fullmatch(r"[A-Za-z]{2,40}", letters):
        yield _letters(letters.lower())
    if japanese:
        yield japanese


def _in_dictionary(word: str, lookup: Lookup) -> Iterator[str | None]:
    yield lookup(word)
    yield from (lookup(f"{word}({at})") for at in (2, 3))


def _latin(text: str) -> str:
    """Kana in Hepburn's letters, Latin letters without their accents; other scripts stay as they are."""
    parts: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        name = unicodedata.name(character, "")
        if name.startswith(("HIRAGANA LETTER ", "KATAKANA LETTER ")):
            _add_kana(parts, name.split()[-1], small=" SMALL " in name)
        elif name != "KATAKANA-HIRAGANA PROLONGED SOUND MARK":
            plain = unicodedata.normalize("NFKD", character)
            parts.append("".join(each for each in plain if not unicodedata.combining(each)))
    return "".join(parts)


def _add_kana(parts: list[str], kana: str, *, small: bool) -> None:
    if small and kana == "TU":
        return  # the pause before a doubled consonant
    before = parts[-1] if parts else ""
    if small and before.endswith("i") and kana[0] == "Y":  # kya is KI and a small YA
        onset = before[:-1]
        parts[-1] = onset + ("" if onset in {"sh", "ch", "j"} else "y") + kana[1:].lower()
    elif small and before and before[-1] in "aiueo":  # fa is HU and a small A
        parts[-1] = before[:-1] + kana.lower()
    else:
        parts.append(_KUNREI.get(kana, kana.lower()))


def _romaji(word: str) -> Phones | None:
    """The phones of a word that Japanese in Hepburn's letters could be."""
    phones: list[str] = []
    at = 0
    if not word:
        return None
    while at < len(word):
        mora = _ROMAJI.match(word, at)
        if mora is None:
            return None
        at = mora.end()
        if mora["n"]:
            phones.append("N")
        elif mora["vowel"]:
            onset = mora["onset"] or ""
            phones += [*_ONSETS.get(onset, onset.upper()).split(), _VOWELS[mora["vowel"]]]
    written = " ".join(phones).replace("AA IY", "AY").replace("EH IY", "EY")
    return tuple(_LONG.sub(lambda found: next(filter(None, found.groups())), written).split())


def context(word: str, at: int) -> str:
    """A letter of a word and those around it, the most telling first; `_` stands for what lies outside."""
    padded = f"____{word}____"
    return padded[at + 4] + "".join(padded[at + 4 + step] for step in _LETTER_CONTEXT)


def _letters(word: str) -> Phones:
    """The phones of a word by the rules of English."""
    rules, phones = _rules(), list[str]()
    for at in range(len(word)):
        around = context(word, at)
        longest = next(around[:length] for length in range(len(around), 0, -1) if around[:length] in rules)
        phones += rules[longest]
    return tuple(phones)


@cache
def _rules() -> dict[str, Phones]:
    lines = files("telop_asr.engines").joinpath("letters.tsv").read_text(encoding="ascii").splitlines()
    return {context: tuple(phones.split()) for context, _, phones in (line.partition("\t") for line in lines)}
