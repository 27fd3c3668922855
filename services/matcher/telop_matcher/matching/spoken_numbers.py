"""Figures as English says them, to compare their sound: 15 as "fifteen", 1984 as "nineteen eighty four"."""

from typing import Final

_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL, TENS = tuple(_SMALL.split()), tuple(_TENS.split())
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))


def spoken(value: str) -> str:
    """How a value ("1500", "3.2", "5:30", "monday") is said; what is no figure is said as it is written."""
    if ":" in value:
        return " ".join(spoken(part) for part in value.split(":"))
    whole, _, part = value.partition(".")
    if not whole.isdecimal():
        return value
    said = (
        _year(whole) if len(whole) == 4 and not part and whole[0] in "12" and whole[2] != "0" else _cardinal(int(whole))
    )
    return f"{said} point {' '.join(SMALL[int(digit)] for digit in part)}" if part.isdecimal() else said


def _year(figure: str) -> str:
    return f"{_cardinal(int(figure[:2]))} {_cardinal(int(figure[2:]))}"


def _cardinal(value: int) -> str:
    if value < 20:
        return SMALL[value]
    if value < 100:
        return TENS[value // 10 - 2] + (f" {SMALL[value % 10]}" if value % 10 else "")
    scale, name = next((scale, name) for scale, name in _SCALES if value >= scale)
    rest = f" {_cardinal(value % scale)}" if value % scale else ""
    return f"{_cardinal(value // scale)} {name}{rest}"
