"""Japanese numbers by value: ３万２千円, 三万二千円 and 32,000円 agree; so do 令和6年 and 2024年, 3割 and 30％,
午後3時半 and 15:30, （月） and 月曜日.

Only what is surely a number is one: 一番, 三重県 and 十分 are words, and so is every Kanji numeral without a counter.
`unit` tells what may be compared with what.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

_DIGIT: Final = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_SCALES: Final = {"万": 10**4, "億": 10**8, "兆": 10**12}
ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each era."""
_WEEKDAYS: Final = "月火水木金土日"
_COUNTERS: Final = (
    "パーセント|ポイント|キログラム|ミリメートル|ミリリットル|センチメートル|キロメートル|メートル|ミリ|センチ|キロ|キ口|グラム|トン|リットル|ドル|ユーロ|"
    "度目|回目|種類|連勝|連敗|得点|失点|°c|棟|両|通|杯|着|足|曲|話|種|つ|"
    "円|人|名|年|歳|才|度|回|件|台|本|個|枚|位|倍|点|階|軒|戸|社|校|店|隻|機|頭|匹|羽|冊|票|議席|勝|敗|打点|打席|打|安打|奪三振|号|番|周年|"
    "カ国|か国|ヶ国|カ所|か所|ヶ所|箇所|カ月|か月|ヶ月|日間|週間|時間|分間|分(?!の)|秒|世帯|平方|立方|%|km|kg|cm|mm|ml|m|g|t|l"
)
_PLAIN: Final = r"\d[\d,]*(?:\.\d+)?"
_WRITTEN: Final = (
    rf"(?:{_PLAIN}|[〇零一二三四五六七八九十百千]+)(?:[十百千]*[万億兆](?:{_PLAIN}|[〇零一二三四五六七八九十百千])*)*"
)
_NUMBER: Final = re.compile(
    rf"(?:{_PLAIN}|[〇零一二三四五六七八九十百千])(?:[\d〇零一二三四五六七八九十百千万億兆]|[,.](?=\d))*"
)
_POINT: Final = re.compile(
    rf"([〇零一二三四五六七八九十百千\d]+)(?:[・･]|点(?=[〇零一二三四五六七八九\d]+(?:{_COUNTERS})))([〇零一二三四五六七八九]+|\d+)"
)
"""一・五倍, 三点六%: figures after the point are said one by one."""
_MONEY: Final = re.compile(rf"({_PLAIN}|[〇一二三四五六七八九十百千]+)円(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})銭")
_KANJI_ONLY: Final = re.compile("[〇零一二三四五六七八九十百千万億兆]+")
_SAME: Final = {
    "名": "人",
    "才": "歳",
    "パーセント": "%",
    "°c": "度",
    "度目": "回目",
    "種": "種類",
    "分間": "分",
    "キロメートル": "キロ",
    "km": "キロ",
    "キ口": "キロ",
    "kg": "キロ",
    "キログラム": "キロ",
    "g": "グラム",
    "t": "トン",
    "m": "メートル",
    "cm": "センチ",
    "センチメートル": "センチ",
    "mm": "ミリ",
    "ml": "ミリ",
    "ミリリットル": "ミリ",
    "ミリメートル": "ミリ",
}
_COUNTER: Final = re.compile(_COUNTERS)
_TIME: Final = re.compile(
    r"(午前|午後)?(\d{1,2}|[〇一二三四五六七八九十]{1,3})(?:時(半|(\d{1,2}|[〇一二三四五六七八九十]{1,3})分)?(?!間)|:(\d\d)(?!:?\d))"
)
_YEAR: Final = re.compile(r"(令和|平成|昭和|大正|明治)(元|\d{1,2}|[一二三四五六七八九十]{1,4})年(?!間)")
_DATE: Final = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})(月|日)(?!間)")
_WEEKDAY: Final = re.compile(r"([月火水木金土日])曜日?|(?<=[日\d])\(([月火水木金土日])(?:・祝)?\)")
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九十])割(?:(\d|[一二三四五六七八九])分)?(?!引?[りれるっ])")
_VAGUE_BEFORE: Final = re.compile(r"[数何幾]$")
_VAGUE_AFTER: Final = re.compile("[数余]")
LEAST_ROUNDED: Final = 100
"""Smaller numbers are said as they are."""
ROUND: Final = 2
"""Digits that a rounded number has at most, or that rounding takes away."""
_MONTHS: Final = 12
_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in `[start:end)` of a folded text, its value, and what it counts.

    Times of day are minutes since midnight; without morning or afternoon `is_half` says that both are meant. Only
    clear numbers serve as evidence.
    """

    start: int
    end: int
    value: Decimal
    unit: str = ""
    is_clear: bool = True
    is_half: bool = False
    of_era: Decimal | None = None
    """The year as it counts in its era."""

    def agrees(self, other: "Number") -> bool:
        """Whether both may mean the same value."""
        if self.unit == other.unit == "time":
            modulus = 720 if self.is_half or other.is_half else 1440
            return (self.value - other.value) % modulus == 0
        if self.unit == other.unit == "年" and min(self.value, other.value) < 100:
            years = self.value % 100, self.of_era
            return other.value % 100 in years or (other.of_era is not None and other.of_era in years)
        return self.value == other.value and (self.unit == other.unit or "" in {self.unit, other.unit})

    def is_rounded(self, other: "Number") -> bool:
        """Whether one may be the other, rounded: captions say 300 for 298, and speakers 1000 for 980. Dates and times
        are not rounded.
        """
        high = max(self.value, other.value)
        if self.unit in ("time", "年", "月", "日", "weekday") or high < LEAST_ROUNDED:
            return False
        written, spoken = _significant(self.value), _significant(other.value)
        near = abs(self.value - other.value) <= high * Decimal("0.05")
        if written > spoken:
            return near and spoken == 1
        return near and written < spoken and (written <= ROUND or spoken - written >= ROUND)

    def opposes(self, other: "Number") -> bool:
        """Whether they count the same and differ in value, both clearly."""
        return self.is_clear and other.is_clear and self.unit == other.unit and not self.agrees(other)


def find_numbers(text: str, numerals: frozenset[int] = frozenset()) -> list[Number]:
    """Return the numbers of a folded text (half-width digits), in order, none overlapping another.

    `numerals` is where the lexicon sees a numeral: there Kanji are a number without a counter, too.
    """
    found: list[Number] = []
    taken = [False] * len(text)
    for finder in (_years, _times, _dates, _weekdays, _shares, _money, _decimals, partial(_counted, numerals=numerals)):
        for number in finder(text):
            if not any(taken[number.start : number.end]):
                found.append(number)
                taken[number.start : number.end] = [True] * (number.end - number.start)
    return sorted(found, key=lambda each: each.start)


def value_of(written: str) -> Decimal | None:
    """The value of figures, Kanji numerals, or both mixed; None if it is none: "3万2千" is 32000, "二〇二四" 2024."""
    total, group = Decimal(0), Decimal(0)
    digits = ""
    for character in written.replace(",", ""):
        if character.isdecimal() or character == ".":
            digits += character
        elif character in _DIGIT:
            digits += str(_DIGIT[character])
        elif character in _TENS:
            group += (Decimal(digits) if digits else 1) * _TENS[character]
            digits = ""
        elif character in _SCALES:
            amount = group + (Decimal(digits) if digits else 0)
            total += (amount or 1) * _SCALES[character]
            group, digits = Decimal(0), ""
        else:
            return None
    if digits.count(".") > 1 or (digits in {".", ""} and not (group or total)):
        return None
    return total + group + (Decimal(digits) if digits else 0)


def _significant(value: Decimal) -> int:
    return len(format(value.normalize(), "f").replace(".", "").strip("0"))


def _years(text: str) -> Iterator[Number]:
    for match in _YEAR.finditer(text):
        year = Decimal(1) if match[2] == "元" else value_of(match[2])
        if year is not None:
            yield Number(match.start(), match.end(), ERAS[match[1]] + year, "年", of_era=year)


def _times(text: str) -> Iterator[Number]:
    for match in _TIME.finditer(text):
        if text[match.start() - 1 : match.start()].isdecimal() and match.start():
            continue
        hour = value_of(match[2])
        minutes = Decimal(30) if match[3] == "半" else value_of(match[4] or match[5] or "0")
        if hour is None or minutes is None or hour > 30 or minutes > 59:
            continue
        afternoon = 720 if match[1] == "午後" and hour < 12 else 0
        is_half = match[1] is None and hour <= 12
        yield Number(match.start(), match.end(), hour * 60 + minutes + afternoon, "time", is_half=is_half)


def _dates(text: str) -> Iterator[Number]:
    for match in _DATE.finditer(text):
        value = value_of(match[1])
        before = text[match.start() - 1 : match.start()]
        if value is None or (before and (before.isdecimal() or before in _DIGIT or before in ".,第")):
            continue
        if 1 <= value <= (_MONTHS if match[2] == "月" else _DAYS):
            yield Number(match.start(), match.end(), value, match[2])


def _weekdays(text: str) -> Iterator[Number]:
    for match in _WEEKDAY.finditer(text):
        day = match[1] or match[2]
        yield Number(match.start(), match.end(), Decimal(_WEEKDAYS.index(day)), "weekday")


def _shares(text: str) -> Iterator[Number]:
    for match in _SHARE.finditer(text):
        tenths, hundredths = value_of(match[1]), value_of(match[2] or "0")
        if tenths is not None and hundredths is not None and not _VAGUE_BEFORE.search(text[: match.start()]):
            yield Number(match.start(), match.end(), tenths * 10 + hundredths, "%")


def _money(text: str) -> Iterator[Number]:
    for match in _MONEY.finditer(text):
        yen, sen = value_of(match[1]), value_of(match[2])
        if yen is not None and sen is not None:
            yield Number(match.start(), match.end(), yen + sen / 100, "円")


def _decimals(text: str) -> Iterator[Number]:
    for match in _POINT.finditer(text):
        whole, counter = value_of(match[1]), _COUNTER.match(text, match.end())
        if whole is None or not counter:
            continue
        part = "".join(str(_DIGIT.get(each, each)) for each in match[2])
        yield Number(match.start(), counter.end(), Decimal(f"{whole:f}.{part}"), _unit(counter.group()))


def _counted(text: str, numerals: frozenset[int]) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        value = value_of(match.group())
        if value is None:
            continue
        counter = _COUNTER.match(text, match.end())
        kanji = bool(_KANJI_ONLY.fullmatch(match.group()))
        if kanji and match.start() not in numerals and (not counter or counter.group() == "分"):
            continue
        vague = bool(_VAGUE_BEFORE.search(text[: match.start()]) or _VAGUE_AFTER.match(text, match.end()))
        unit = _unit(counter.group()) if counter else ""
        lone = kanji and len(match.group()) == 1 and unit not in ("円", "人", "歳", "%", "年", "つ")
        clear = not vague and (not lone or match.start() in numerals)
        yield Number(match.start(), counter.end() if counter else match.end(), value, unit, clear)


def _unit(counter: str) -> str:
    """Counters that mean the same are one unit."""
    if counter[-1] in "所月国" and len(counter) > 1:
        return "カ" + counter[-1]
    return _SAME.get(counter, counter)
