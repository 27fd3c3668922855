"""A date that contradicts itself, whatever was said: a weekday that the day did not have (2024年5月3日（木）), a year
of an era that is another one (昭和40年（1964年）), a day that no month has (2月30日), an hour that no half of a day
has (午後13時).

It is arithmetic (proleptic Gregorian calendar; eras by their first year), so it holds with any speech or none.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.numerals import ERAS, value_of
from telop_matcher.matching.values import Kind, Suspicion

_ERA: Final = "令和|平成|昭和|大正|明治"
_FIGURES: Final = r"(?:\d+|[〇一二三四五六七八九十]+)"
_OF_ERA: Final = rf"({_ERA})({_FIGURES}|元)年"
_DATE: Final = re.compile(
    rf"(?:(?:{_OF_ERA}|(\d{{4}})年)\s*)?(?<![\d第])({_FIGURES})月({_FIGURES})日(?:\s*\(([月火水木金土日])(?:曜日?)?[)・])?"
)
_BOTH: Final = re.compile(rf"{_OF_ERA}\s*\((\d{{4}})年?\)|(\d{{4}})年?\s*\({_OF_ERA}\)")
_HOUR: Final = re.compile(r"(午前|午後)(\d{1,2})(?:時|:\d\d)")
_MINUTE: Final = re.compile(r"(?<!\d)\d{1,2}時[6-9]\d分|(?<!\d)[3-9]\d時\d{1,2}分|(?:午前|午後)\d{1,2}分(?!の)")
_TWICE: Final = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})月(?!分)")
_ANY_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)年")
_WEEKDAYS: Final = "月火水木金土日"
_MONTHS: Final = 12
_LEAP: Final = 2000
"""A year that has 29 February, for dates without one."""
_LAST_HOUR: Final = 12


def find_impossible_dates(case: Aligned) -> Iterator[Suspicion]:
    """Suspect dates and times of day that cannot be."""
    text = case.text.folded.text
    for match in _DATE.finditer(text):
        yield from _day(case, match)
    for match in _BOTH.finditer(text):
        era, of_era, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[6], match[4])
        right = _year(era, of_era)
        if right and right != int(year):
            yield _suspicion(case, match, f"{era}{of_era}年({right}年)", f"{era}{of_era}年 is {right}, not {year}.")
    for match in _MINUTE.finditer(text):
        yield _suspicion(case, match, None, "There is no such time of day.")
    for match in _TWICE.finditer(text):
        yield _suspicion(case, match, f"{match[1]}月{match[2]}日", "A month is followed by its day.")
    for match in _HOUR.finditer(text):
        if int(match[2]) > _LAST_HOUR:
            yield _suspicion(case, match, match.group().replace(match[1], ""), "No half of a day has that hour.")


def _day(case: Aligned, match: re.Match[str]) -> Iterator[Suspicion]:
    years = _ANY_YEAR.findall(case.text.folded.text)
    only = int(years[0]) if len(years) == 1 else None
    year = _year(match[1], match[2]) if match[1] else int(match[3]) if match[3] else only
    month, day = (int(value_of(match[group]) or 0) for group in (4, 5))
    if not 1 <= month <= _MONTHS or not 1 <= day <= monthrange(year or _LEAP, month)[1]:
        if month <= 2 * _MONTHS and day:
            yield _suspicion(case, match, None, "There is no such day.")
    elif year and match[6]:
        weekday = _WEEKDAYS[date(year, month, day).weekday()]
        if weekday != match[6]:
            right = match.group().rstrip(")・")[:-1] + weekday
            yield _suspicion(case, match, right, f"{year}-{month:02}-{day:02} is a {weekday}曜日.")


def _year(era: str, of_era: str) -> int | None:
    value = 1 if of_era == "元" else value_of(of_era)
    return ERAS[era] + int(value) if value else None


def _suspicion(case: Aligned, match: re.Match[str], right: str | None, reason: str) -> Suspicion:
    return Suspicion(Kind.NUMBER, *case.text.raw_span(*match.span()), right, 0.95, (reason,))
