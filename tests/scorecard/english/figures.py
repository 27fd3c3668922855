"""Numbers, dates and times of the scripts, written and spoken; and how each is got wrong."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS: Final = "January February March April May June July August September October November December"
_ORDINALS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ONES, TENS, ORDINALS = _ONES.split(), _TENS.split(), _ORDINALS.split()
DAYS, MONTHS = _DAYS.split(), _MONTHS.split()


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot's written and spoken form, and what may be written by mistake; empty for what is no figure."""

    written: str
    spoken: str
    wrong: str = ""


def words(value: int) -> str:
    """A cardinal below a million in words."""
    if value >= 1000:
        rest = value % 1000
        return f"{words(value // 1000)} thousand" + (f" {words(rest)}" if rest else "")
    if value >= 100:
        rest = value % 100
        return f"{ONES[value // 100]} hundred" + (f" and {words(rest)}" if rest else "")
    if value < 20:
        return ONES[value]
    return TENS[value // 10 - 2] + (f" {ONES[value % 10]}" if value % 10 else "")


def other_digits(written: str, draw: random.Random) -> str:
    """One digit mistyped, or two swapped; never a leading zero, never the same."""
    at = draw.choice([index for index, character in enumerate(written) if character.isdecimal()])
    after = at + 1
    may_swap = after < len(written) and written[after].isdecimal() and written[after] not in ("0", written[at])
    if may_swap and draw.random() < 0.4:
        return written[:at] + written[after] + written[at] + written[after + 1 :]
    wrong = draw.choice([digit for digit in "123456789" if digit != written[at]])
    return written[:at] + wrong + written[after:]


def _number(draw: random.Random) -> Filled:
    value = draw.choice([*range(3, 20), *range(20, 99)])
    if value <= 12 and draw.random() < 0.5:
        wrong = draw.choice([each for each in range(2, 13) if each != value])
        return Filled(words(value), words(value), words(wrong))
    return Filled(str(value), words(value), other_digits(str(value), draw))


def _big(draw: random.Random) -> Filled:
    value = draw.choice([draw.randrange(11, 99) * 10, draw.randrange(11, 90) * 100, draw.randrange(2, 95) * 1000])
    written = f"{value:,}"
    return Filled(written, words(value), other_digits(written, draw))


def _money(draw: random.Random) -> Filled:
    sign, name = draw.choice([("$", "dollars"), ("£", "pounds"), ("€", "euros")])
    if draw.random() < 0.5:
        whole, part, scale = draw.randrange(1, 20), draw.randrange(1, 10), draw.choice(["million", "billion"])
        figure, spoken = f"{sign}{whole}.{part} {scale}", f"{words(whole)} point {ONES[part]} {scale} {name}"
    else:
        value = draw.choice([draw.randrange(2, 99) * 1000, draw.randrange(2, 99) * 100])
        figure, spoken = f"{sign}{value:,}", f"{words(value)} {name}"
    return Filled(figure, spoken, other_digits(figure, draw))


def _percent(draw: random.Random) -> Filled:
    whole, part = draw.randrange(1, 40), draw.randrange(0, 10)
    figure = f"{whole}.{part}" if part > 4 else str(whole)
    spoken = words(whole) + (f" point {ONES[part]}" if part > 4 else "") + " percent"
    wrong = other_digits(figure, draw)
    sign = draw.choice(["%", " percent", " per cent"])
    return Filled(figure + sign, spoken, wrong + sign)


def _of(names: list[str]) -> Callable[[random.Random], Filled]:
    def pick(draw: random.Random) -> Filled:
        right, wrong = draw.sample(names, 2)
        return Filled(right, right, wrong)

    return pick


def _date(draw: random.Random) -> Filled:
    day, month = draw.randrange(1, 21), draw.choice(MONTHS)
    wrong = draw.choice([each for each in range(1, 21) if each != day])
    if draw.random() < 0.5:
        return Filled(f"{month} {day}", f"{month} {ORDINALS[day - 1]}", f"{month} {wrong}")
    return Filled(f"{day} {month}", f"the {ORDINALS[day - 1]} of {month}", f"{wrong} {month}")


def _time(draw: random.Random) -> Filled:
    hour, minute = draw.randrange(1, 12), draw.choice([10, 15, 20, 30, 40, 45, 50])
    other = draw.choice([each for each in range(1, 12) if each != hour])
    spoken = f"{words(hour)} {words(minute)}"
    mark = draw.choice([":", ":", "."])
    return Filled(f"{hour}{mark}{minute}", spoken, f"{other}{mark}{minute}")


def _year(draw: random.Random) -> Filled:
    year = draw.choice([*range(1911, 2000), *range(2010, 2026)])
    spoken = (
        f"{words(year // 100)} {words(year % 100)}"
        if year % 100 > 9
        else f"{words(year // 100)} oh {words(year % 100)}"
    )
    if year % 100 == 0:
        spoken = f"{words(year // 100)} hundred"
    wrong = draw.choice([year + 10, year - 10, year + 3, int(str(year)[:2] + str(year)[:1:-1])])
    return Filled(str(year), spoken, str(wrong if wrong != year else year + 1))


def _ordinal(draw: random.Random) -> Filled:
    right, wrong = draw.sample(range(2, 21), 2)
    endings = {1: "st", 2: "nd", 3: "rd"}
    if draw.random() < 0.5:
        return Filled(ORDINALS[right - 1], ORDINALS[right - 1], ORDINALS[wrong - 1])

    def figure(value: int) -> str:
        return f"{value}{'th' if 10 < value < 14 else endings.get(value % 10, 'th')}"

    return Filled(figure(right), ORDINALS[right - 1], figure(wrong))


def _score(draw: random.Random) -> Filled:
    high, low = draw.randrange(2, 7), draw.randrange(0, 2)
    other = draw.choice([each for each in range(2, 7) if each != high])
    middle = draw.choice([" ", " to "])
    said = words(low) if low else "nil"
    return Filled(f"{high}-{low}", f"{words(high)}{middle}{said}", f"{other}-{low}")


FIGURES: Final[Mapping[str, Callable[[random.Random], Filled]]] = {
    "num": _number,
    "big": _big,
    "money": _money,
    "pct": _percent,
    "day": _of(DAYS),
    "month": _of(MONTHS),
    "date": _date,
    "time": _time,
    "year": _year,
    "ord": _ordinal,
    "score": _score,
}
