"""Written words as they are said: small letters, no marks, figures in words.

A figure can be said in several ways ("1967" as a year, digit by digit, with or without "and"): all of them are given,
the likeliest first, and whoever knows what was heard takes the nearest.
"""

import re
from typing import Final

_SMALL_NAMES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_NAMES: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL, _TENS = _SMALL_NAMES.split(), _TENS_NAMES.split()
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (1_000, "thousand"), (100, "hundred"))
_ORDINALS: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_SIGNS: Final = {"%": "percent", "£": "pounds", "$": "dollars", "€": "euros", "&": "and", "+": "plus", "@": "at"}
_PART: Final = re.compile(
    r"(?P<money>[£$€])?(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<nth>st|nd|rd|th)?|[^\W\d_](?:[^\W\d_]|')*|[%&+@]"
)
_OLD_HYPHEN: Final = re.compile(r"\bto-(?=day|night|morrow)")
LARGEST: Final = 10**12


def ways_to_say(written: str) -> list[list[str]]:
    """The words of a written word; none where it is nothing that is said, several where it holds a figure."""
    ways: list[list[str]] = [[]]
    text = _OLD_HYPHEN.sub("to", written.lower().replace("’", "'"))
    for part in _PART.finditer(text):
        after = [_SIGNS[part["money"]]] if part["money"] else []
        said = _figure(part["figure"], part["nth"]) if part["figure"] else [[_SIGNS.get(part[0], part[0])]]
        ways = [[*before, *words, *after] for before in ways for words in said]
    return ways if ways[0] else []


def _figure(figure: str, nth: str | None) -> list[list[str]]:
    plain = figure.replace(",", "")
    whole, _, part = plain.partition(".")
    if int(whole) >= LARGEST:
        return [[_SMALL[int(digit)] for digit in plain if digit.isdecimal()]]
    if part:
        return [[*_cardinal(int(whole)), "point", *(_SMALL[int(digit)] for digit in part)]]
    if nth:
        *first, last = _cardinal(int(whole))
        return [[*first, _ORDINALS.get(last) or (f"{last[:-1]}ie" if last.endswith("y") else last) + "th"]]
    ways = [_cardinal(int(whole)), [_SMALL[int(digit)] for digit in whole]]
    if len(plain) == 4 and whole[2] != "0":
        ways.insert(0 if whole[0] in "12" else 1, [*_cardinal(int(whole[:2])), *_cardinal(int(whole[2:]))])
    for way in list(ways):
        if "hundred" in way[:-1]:
            after = way.index("hundred") + 1
            ways.append([*way[:after], "and", *way[after:]])
    return ways


def _cardinal(value: int) -> list[str]:
    if value < 20:
        return [_SMALL[value]]
    if value < 100:
        return [_TENS[value // 10 - 2], *([_SMALL[value % 10]] if value % 10 else [])]
    scale, name = next((scale, name) for scale, name in _SCALES if value >= scale)
    return [*_cardinal(value // scale), name, *(_cardinal(value % scale) if value % scale else [])]
