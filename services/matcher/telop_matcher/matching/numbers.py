"""Numbers by value: "300", "three hundred", "$1.5 million", "25th", "5:30" and "five thirty" are read from tokens.

What is spoken is often ambiguous ("twenty twenty four"), so a number has every value that it may mean, as text
("2024"); two numbers agree if they share one. Only what is clear serves as evidence: see `Number.is_clear`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

_SMALL_NAMES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_NAMES: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_NAMES: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS: Final = "january february march april may june july august september october november december"
_UNITS: Final = {name: value for value, name in enumerate(_SMALL_NAMES.split())} | {"nil": 0}
_TENS: Final = {name: 10 * value for value, name in enumerate(_TENS_NAMES.split(), start=2)}
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS: Final = {name: value for value, name in enumerate(_ORDINAL_NAMES.split(), start=1)} | {
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "hundredth": 100,
}
_HOMOPHONES: Final = frozenset(("to", "too", "for", "won", "ate", "oh", "o"))
"""Words that a recogniser may have written for a number."""
_PARTS: Final = frozenset(("half", "third", "thirds", "quarter", "quarters", "fifths", "tenths"))
"""Words after a number that make another one of both."""
_CALENDAR: Final = dict.fromkeys(_WEEKDAYS.split(), "weekday") | dict.fromkeys(_MONTHS.split(), "month")
_SIGNS: Final = {"$": "dollars", "£": "pounds", "€": "euros", "¥": "yen", "%": "percent"}
_MONEY: Final = frozenset(("dollars", "pounds", "euros", "yen"))
_MEASURES: Final = {
    tuple(form.split()): name
    for name, forms in (
        ("percent", "percent/per cent"),
        ("dollars", "dollar/dollars"),
        ("euros", "euro/euros"),
        ("pounds", "pound/pounds/lb/lbs"),
        ("yen", "yen"),
        ("grams", "gram/grams"),
        ("kilograms", "kg/kilo/kilos/kilogram/kilograms"),
        ("millimetres", "mm/millimetre/millimetres/millimeter/millimeters"),
        ("centimetres", "cm/centimetre/centimetres/centimeter/centimeters"),
        ("metres", "metre/metres/meter/meters"),
        ("kilometres", "km/kilometre/kilometres/kilometer/kilometers"),
        ("kilometres per hour", "km h/kmh/kph/kilometres per hour/kilometers per hour"),
        ("kilometres per hour", "kilometres an hour/kilometers an hour"),
        ("miles", "mile/miles"),
        ("miles per hour", "mph/miles per hour/miles an hour"),
        ("feet", "ft/foot/feet"),
        ("litres", "litre/litres/liter/liters"),
        ("millilitres", "ml/millilitre/millilitres/milliliter/milliliters"),
        ("degrees", "°/degree/degrees"),
        ("degrees celsius", "°c/degrees celsius/degrees centigrade"),
        ("degrees fahrenheit", "°f/degrees fahrenheit"),
    )
    for form in forms.split("/")
}
"""What figures write as a sign or in short, by its words."""
_LETTERS: Final = {"g": "grams", "l": "litres", "m": ""}
"""Measures after figures only; an m is metres, minutes or millions."""
_SHORT_SCALES: Final = {"k": 10**3, "bn": 10**9, "tn": 10**12}
_WORDLY: Final = frozenset(("may", "march", "second", "one", "first", "a"))
"""Number and calendar words that more often mean something else."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in tokens `[first:last)`, with its "percent" or "dollars" `[first:until)`.

    `unit` is "", "ordinal", "time", "weekday" or "month".
    """

    first: int
    last: int
    values: frozenset[str]
    unit: str = ""
    is_clear: bool = True
    until: int = 0
    may_be_more: bool = False
    """Whether a word beside it sounds like a number, so that it may be a part of another one."""
    measure: str = ""
    """What it counts, where figures write that as a sign or in short: "miles per hour"; else empty."""

    def agrees(self, other: "Number") -> bool:
        """Whether both may mean the same value."""
        return bool(self.values & other.values)

    def is_rounded(self, other: "Number") -> bool:
        """Whether one may be the other, rounded: captions say 300 for 298."""
        return any(_rounds(mine, theirs) for mine in self.values for theirs in other.values)

    def rounds(self, other: "Number") -> bool:
        """Whether this may be the other, rounded: captions round what is said, speakers seldom what is written."""
        pairs = ((mine, theirs) for mine in self.values for theirs in other.values)
        return any(_rounds(mine, theirs) and len(mine.rstrip("0")) < len(theirs.rstrip("0")) for mine, theirs in pairs)

    def measures_the_same(self, other: "Number") -> bool:
        """Whether both say what they count, and it is the same; degrees may be of either scale."""
        mine, theirs = self.measure, other.measure
        return bool(mine and theirs) and (mine.startswith(theirs) or theirs.startswith(mine))

    def is_teen_of(self, other: "Number") -> bool:
        """Whether they sound alike as fifteen and fifty do."""
        return any(_teen(mine, theirs) or _teen(theirs, mine) for mine in self.values for theirs in other.values)


def find_numbers(texts: Sequence[str]) -> list[Number]:
    """Return the numbers in folded token texts, in order, none overlapping another."""
    found: list[Number] = []
    position = 0
    while position < len(texts):
        number = _figure(texts, position) or _calendar(texts, position) or _spoken(texts, position)
        if number:
            number = _with_small_money(texts, _measured(texts, number))
            found.append(number)
        position = number.until if number else position + 1
    return found


def _measured(texts: Sequence[str], number: Number) -> Number:
    """The number with what it counts: the sign at the figure, or the words after it."""
    figure, at = texts[number.first], number.last
    sign = _SIGNS.get(figure[0]) or _SIGNS.get(figure[-1])
    if sign or number.unit in ("weekday", "month"):
        return replace(number, until=at, measure=sign or "")
    for size in (3, 2, 1):
        if at + size <= len(texts) and (measure := _MEASURES.get(tuple(texts[at : at + size]))):
            return replace(number, until=at + size, measure=measure)
    if figure[0].isdecimal() and at < len(texts) and texts[at] in _LETTERS:
        return replace(number, until=at + 1, measure=_LETTERS[texts[at]])
    return replace(number, until=at)


def _with_small_money(texts: Sequence[str], number: Number) -> Number:
    """Four pounds fifty is 4.50 as well."""
    if number.measure not in _MONEY or number.until == number.last:
        return number
    small = _cardinal(texts, number.until)
    if small is None or small[0] >= 100 or not any(each.isdecimal() for each in number.values):
        return number
    if small[1] < len(texts) and (texts[small[1]],) in _MEASURES:
        return number
    whole = {_plain(Decimal(each) + small[0] / 100) for each in number.values if each.isdecimal()}
    return replace(number, values=number.values | whole, until=small[1])


def _figure(texts: Sequence[str], position: int) -> Number | None:
    text = texts[position].lstrip("$£€¥").rstrip("%")
    ordinal = text[-2:] in ("st", "nd", "rd", "th")
    digits = text[:-2] if ordinal else text
    if not digits or not digits[0].isdecimal() or not all(each.isdecimal() or each in ",.:" for each in digits):
        return None
    if ":" in digits:
        hours, _, minutes = digits.partition(":")
        clear = len(minutes) == 2 and minutes.isdecimal()
        return Number(position, position + 1, frozenset([f"{hours}:{minutes}", hours + minutes]), "time", clear)
    plain = digits.replace(",", "")
    if plain.count(".") > 1:
        return Number(position, position + 1, frozenset([digits]), is_clear=False)
    value, last = Decimal(plain), position + 1
    clock = {plain.replace(".", ":")} if _is_clock(plain) else set()
    scales = _SCALES | _SHORT_SCALES
    if texts[position][0] in _SIGNS:
        clock, scales = set(), scales | {"m": 10**6}
    while last < len(texts) and texts[last] in scales:
        value, last = value * scales[texts[last]], last + 1
    values = {_plain(value), *clock}
    if last < len(texts) and texts[last] == "m":
        values.add(_plain(value * 10**6))
    return Number(position, last, frozenset(values), "ordinal" if ordinal else "")


def _is_clock(plain: str) -> bool:
    """Whether a figure may be a time that is written with a point: 6.50."""
    hours, _, minutes = plain.partition(".")
    return len(minutes) == 2 and hours.isdecimal() and int(hours) <= 24 and int(minutes) < 60


def _calendar(texts: Sequence[str], position: int) -> Number | None:
    name = texts[position].removesuffix("'s")
    if name not in _CALENDAR:
        return None
    return Number(position, position + 1, frozenset([name]), _CALENDAR[name], name not in _WORDLY)


def _spoken(texts: Sequence[str], position: int) -> Number | None:
    """Read a run of number words as one or several cardinals, and as what their digits side by side may mean."""
    pieces: list[Decimal] = []
    at = position
    while at < len(texts):
        if piece := _cardinal(texts, at):
            pieces.append(piece[0])
            at = piece[1]
        elif pieces and texts[at] in ("oh", "o") and at + 1 < len(texts) and texts[at + 1] in _UNITS:
            pieces.append(Decimal(0))
            at += 1
        else:
            break
    if not pieces:
        return _ordinal(texts, position, Decimal(0))
    if at < len(texts) and (ended := _ordinal(texts, at, pieces[-1])) and pieces[-1] % 10 == 0:
        return Number(position, ended.last, ended.values, "ordinal")
    values = {_plain(piece) for piece in pieces}
    if len(pieces) > 1:
        joined = [_plain(piece) for piece in pieces]
        values |= {"".join(joined), ":".join(joined[:2])}
    clear = _is_sound(pieces) and texts[position] != "a"
    clear = clear and not (at == position + 1 and texts[position] in _WORDLY)
    return Number(position, at, frozenset(values), is_clear=clear, may_be_more=_may_be_more(texts, position, at))


def _is_sound(pieces: Sequence[Decimal]) -> bool:
    """Whether pieces side by side can be one number, year, time or score; "ninety ninety nine" is misheard."""
    return len(pieces) == 1 or max(pieces) < 10 or pieces[0] <= 24


def _may_be_more(texts: Sequence[str], first: int, last: int) -> bool:
    """Whether a word beside it sounds like a number, or makes a fraction; "to" between two is a score or a range."""
    if texts[last : last + 1] and texts[last] in _PARTS:
        return True
    for at, beyond in ((first - 1, first - 2), (last, last + 1)):
        word = texts[at] if 0 <= at < len(texts) else ""
        is_range = word == "to" and 0 <= beyond < len(texts) and texts[beyond] in _UNITS
        if word in _HOMOPHONES and not is_range:
            return True
    return False


def _ordinal(texts: Sequence[str], position: int, tens: Decimal) -> Number | None:
    value = _ORDINALS.get(texts[position])
    if value is None or (tens and value > 9):
        return None
    return Number(position, position + 1, frozenset([_plain(tens + value)]), "ordinal", texts[position] not in _WORDLY)


def _cardinal(texts: Sequence[str], position: int) -> tuple[Decimal, int] | None:
    """Read one cardinal, as far as it can be one: "two hundred and fifty three", "one point five million"."""
    total, group, at = Decimal(0), Decimal(0), position
    lowest, read = Decimal(10**15), False
    while at < len(texts):
        word = texts[at]
        if word == "and" and read and group % 100 == 0 and _small(texts, at + 1, Decimal(100)):
            at += 1
            continue
        if word == "a" and not read and texts[at + 1 : at + 2] and texts[at + 1] in _SCALES:
            group, read, at = Decimal(1), True, at + 1
            continue
        if word in _SCALES and (read or word != "hundred"):
            scale = Decimal(_SCALES[word])
            if scale == 100:
                group *= scale
            elif scale < lowest and read:
                total, group, lowest = total + group * scale, Decimal(0), scale
            else:
                break
            at += 1
            continue
        if word == "point" and read and (fraction := _decimals(texts, at + 1)):
            group, at = group + fraction[0], fraction[1]
            continue
        value = _small(texts, at, _room(group))
        if value is None or (read and group == 0 and total == 0):
            break
        group, read, at = group + value, True, at + 1
    return (total + group, at) if read else None


def _room(group: Decimal) -> Decimal:
    """Below what the next number word must be to belong to the same group: 100 after hundreds, 10 after tens."""
    if group == 0:
        return Decimal(100)
    if group % 100 == 0:
        return Decimal(100)
    return Decimal(10) if group % 100 >= 20 and group % 10 == 0 else Decimal(0)


def _small(texts: Sequence[str], position: int, below: Decimal) -> Decimal | None:
    word = texts[position] if position < len(texts) else ""
    value = _UNITS.get(word, _TENS.get(word))
    return Decimal(value) if value is not None and value < below else None


def _decimals(texts: Sequence[str], position: int) -> tuple[Decimal, int] | None:
    digits = ""
    while position < len(texts) and _UNITS.get(texts[position], 10) < 10:
        digits, position = digits + str(_UNITS[texts[position]]), position + 1
    return (Decimal(f"0.{digits}"), position) if digits else None


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _value(text: str) -> Decimal | None:
    return Decimal(text) if text.replace(".", "", 1).isdecimal() else None


def _rounds(first: str, second: str) -> bool:
    left, right = _value(first), _value(second)
    if left is None or right is None or not max(left, right):
        return False
    near = abs(left - right) <= max(left, right) * Decimal("0.05")
    return near and len(first.rstrip("0")) != len(second.rstrip("0"))


def _teen(first: str, second: str) -> bool:
    left, right = _value(first), _value(second)
    return left is not None and right is not None and 13 <= left <= 19 and right == (left - 10) * 10
