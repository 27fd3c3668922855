"""A wrong number, date, time or weekday: the speech says another value of the same unit at the same place.

Nothing is suspected where the written value was said anywhere around, where one may be the other one rounded, or where
either is vague (数十人). A supplied transcript and a recogniser differ in how they write numbers, not in their values.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from telop_matcher.matching.japanese.alignment import Aligned
from telop_matcher.matching.japanese.numerals import Number, value_of
from telop_matcher.matching.japanese.rules.replaced import COUNTERS, SAME_COUNTER
from telop_matcher.matching.values import FYI, Blame, Kind, Relation, Suspicion

FEW: Final = 6
"""Units of a telop that shows a number and hardly more."""
BRIEF_S: Final = 12.0
"""A number that stands for longer is a clock, a score or a label."""
LONG: Final = 3
LEAST: Final = 10
"""Figures below may be said of anything."""
_MYRIAD: Final = 10_000
CENTURY: Final = 100
"""Fewer years are an age or a time, not a date."""
_FAMILIES: Final = tuple(
    frozenset(each.split())
    for each in (
        "秒 分 時間 日間 日 週間 カ月 年 年間",
        "ミリ センチ メートル キロ",
        "グラム キロ トン",
        "円 ドル ユーロ",
        "% ポイント 倍",
        "ミリ リットル",
    )
)
"""Units that are taken for one another; of a paraphrase in another unit the value would differ."""
_SIZES: Final = {
    "秒": 1,
    "分": 60,
    "時間": 3_600,
    "日": 86_400,
    "日間": 86_400,
    "週間": 604_800,
    "カ月": 2_629_746,
    "年": 31_556_952,
    "年間": 31_556_952,
    "ミリ": 1,
    "センチ": 10,
    "メートル": 1_000,
    "キロ": 1_000_000,
}
"""Of lengths of time and of way, how many seconds or millimetres they are: 90 days are about 3 months."""
ABOUT: Final = Decimal("0.85")
_WEEKDAYS: Final = "月火水木金土日"
_CODE: Final = re.compile(r"[-‐−–]\d{2}")
_CODE_BEFORE: Final = re.compile(r"\d{2}[-‐−–]$")
_HALF: Final = re.compile(r"([一二三四五六七八九十\d]+)時間半")
_MOMENTS: Final = ("time", "weekday", "年", "月", "日")


def find_wrong_numbers(case: Aligned, *, trusted: bool) -> Iterator[Suspicion]:
    """Suspect numbers whose spoken counterpart has another value."""
    aligned = case.relation in (Relation.VERBATIM, Relation.CONDENSED)
    for at, unit in enumerate(case.text.units):
        if unit.number is None or not unit.number.is_clear or _was_said(case, at) or _is_code(case, unit.number):
            continue
        partner = case.partner[at]
        spoken = case.spoken.units[partner].number if partner is not None else None
        if spoken and not trusted and _is_run_on(unit.number, spoken):
            continue
        if aligned and spoken and _contradicts(unit.number, spoken) and _stands_firm(case, at):
            yield _suspicion(case, unit.number, spoken, doubtful=not trusted and _is_rest(unit.number, spoken))
        elif case.relation is not Relation.UNSPOKEN and (other := _other_unit(case, unit.number)):
            yield _suspicion(case, unit.number, other, doubtful=not trusted)
        elif trusted and (other := _other_counter(case, unit.number) or _in_its_place(case, unit.number)):
            yield _suspicion(case, unit.number, other, doubtful=False)
        elif other := _only_one(case, unit.number):
            doubtful = not (trusted and (case.relation is not Relation.UNSPOKEN or _is_slip(unit.number, other)))
            yield _suspicion(case, unit.number, other, doubtful=doubtful)


def _contradicts(written: Number, spoken: Number) -> bool:
    if written.unit == "年" and (written.value < CENTURY) != (spoken.value < CENTURY):
        return False
    return written.opposes(spoken) and not written.is_rounded(spoken)


def _only_one(case: Aligned, written: Number) -> Number | None:
    """The one number of the same unit that is written and that is said meanwhile, if it contradicts: a caption may
    word a sentence anew, or show nothing but the number.
    """
    inside = [unit.number for unit, out in zip(case.spoken.units, case.spoken.outside, strict=True) if not out]
    spoken = [each for each in inside if each and each.unit == written.unit]
    written_too = [each for each in case.text.numbers if each.unit == written.unit]
    if not written.unit or len(spoken) != 1 or len(written_too) != 1 or not _contradicts(written, spoken[0]):
        return None
    shows_little = len(case.text.units) <= FEW and case.telop.end_s - case.telop.start_s <= BRIEF_S
    if case.relation is Relation.UNSPOKEN and not shows_little and not _is_slip(written, spoken[0]):
        return None
    return spoken[0]


def _other_unit(case: Aligned, written: Number) -> Number | None:
    """The one number of the same value that is said meanwhile in another unit of the same thing: 5秒 for 5分."""
    family = next((each for each in _FAMILIES if written.unit in each), frozenset[str]())
    inside = [unit.number for unit, out in zip(case.spoken.units, case.spoken.outside, strict=True) if not out]
    spoken = [each for each in inside if each and each.is_clear and each.value == written.value]
    others = {each.unit: each for each in spoken if each.unit in family}
    written_too = {each.unit for each in case.text.numbers if each.value == written.value}
    if len(others) != 1 or written_too & others.keys():
        return None
    return next(iter(others.values()))


def _other_counter(case: Aligned, written: Number) -> Number | None:
    """The one number of the same value that is said meanwhile and counts something else, where nothing of that value
    counts what is written: 創業60円 for 60年. Small figures are said of many things.
    """
    inside = [unit.number for unit, out in zip(case.spoken.units, case.spoken.outside, strict=True) if not out]
    spoken = [each for each in inside if each and each.is_clear and each.value == written.value]
    shows_little = case.relation is not Relation.UNSPOKEN or len(case.text.units) <= FEW
    if len(spoken) != 1 or written.value < LEAST or not shows_little or not {written.unit, spoken[0].unit} <= COUNTERS:
        return None
    same = any({written.unit, spoken[0].unit} <= group for group in (*SAME_COUNTER, *_FAMILIES))
    said_so = any(each and each.unit == written.unit for each in inside)
    return None if same or said_so or written.unit == spoken[0].unit else spoken[0]


def _in_its_place(case: Aligned, written: Number) -> Number | None:
    """The number of another unit and value that was said between the same words, if it is no conversion: 2週間 for
    3カ月, but 90日 and 12週間 are about as long.
    """
    for difference in case.differences if case.relation is Relation.VERBATIM else ():
        mine = [unit.number for unit in difference.units]
        theirs = [unit.number for unit in difference.heard_units]
        if mine != [written] or len(theirs) != 1 or not difference.anchored or not (spoken := theirs[0]):
            continue
        sizes = [each.value * _SIZES.get(each.unit, 0) for each in (written, spoken)]
        related = any({written.unit, spoken.unit} <= family for family in _FAMILIES)
        if spoken.is_clear and related and all(sizes) and min(sizes) < ABOUT * max(sizes):
            return spoken
    return None


def _is_slip(written: Number, spoken: Number) -> bool:
    """Whether two long numbers differ in one digit: 218 and 212 are hardly two things."""
    mine, theirs = (format(number.value, "f") for number in (written, spoken))
    if len(mine) != len(theirs) or len(mine) < LONG or written.unit in _MOMENTS:
        return False
    return sum(one != two for one, two in zip(mine, theirs, strict=True)) == 1


def _was_said(case: Aligned, at: int) -> bool:
    """Whether the written value was said anywhere around, of the same thing: of 6連勝, 6対2 says nothing."""
    units = case.text.units
    number, after = units[at].number, units[at + 1].key if at + 1 < len(units) else ""
    assert number
    for place, spoken in enumerate(case.spoken.units):
        if spoken.number and number.agrees(spoken.number):
            follows = case.spoken.units[place + 1].key if place + 1 < len(case.spoken.units) else ""
            if number.unit == spoken.number.unit != "" or after == follows:
                return True
    halves = _HALF.findall("".join(word.surface for word in case.spoken_words)) if number.unit == "分" else []
    return any(60 * (value_of(hours) or 0) + 30 == number.value for hours in halves)


def _is_code(case: Aligned, written: Number) -> bool:
    """Whether it is a part of what is no number: 0120-333-9898."""
    text = case.text.folded.text
    return bool(_CODE.match(text[written.end :]) or _CODE_BEFORE.search(text[: written.start]))


def _stands_firm(case: Aligned, at: int) -> bool:
    """Whether a neighbour, or another number beside, was heard just so."""
    return any(case.is_equal[max(0, at - 2) : at]) or any(case.is_equal[at + 1 : at + 3])


def _is_rest(written: Number, spoken: Number) -> bool:
    """Whether the spoken one may be what was left of the written one by a recogniser: 5500 of 15500, 1日 of 11日."""
    mine, theirs = (format(number.value, "f") for number in (written, spoken))
    return len(mine) > len(theirs) and (mine.startswith(theirs) or mine.endswith(theirs))


def _is_run_on(written: Number, spoken: Number) -> bool:
    """Whether a recogniser may have run another number and this one together (四二回 for 四、二回), or lost minutes."""
    if written.unit == spoken.unit == "time":
        return spoken.value % 60 == 0 and 0 < (written.value - spoken.value) % 720 < 60
    mine, theirs = (format(number.value, "f") for number in (written, spoken))
    return len(theirs) > len(mine) and theirs.endswith(mine)


def _suspicion(case: Aligned, written: Number, spoken: Number, *, doubtful: bool) -> Suspicion:
    start, end = case.text.raw_span(written.start, written.end)
    said = _said(spoken)
    reasons: tuple[str, ...] = (
        f"「{case.telop.text[start:end]}」 is written, {said} was said at this place.",
        "The unit differs." if written.unit != spoken.unit else "The two count the same and differ in value.",
    )
    if doubtful:
        reasons = (*reasons, "The two may not belong together, or the recogniser may have lost a part of the number.")
        return Suspicion(Kind.NUMBER, start, end, said, 0.5, reasons, FYI, Blame.UNDECIDABLE)
    return Suspicion(Kind.NUMBER, start, end, said, 0.95, reasons)


def _said(number: Number) -> str:
    if number.unit == "weekday":
        return f"{_WEEKDAYS[int(number.value)]}曜日"
    if number.unit == "time":
        hour, minute = divmod(int(number.value), 60)
        return f"{hour}時{minute}分" if minute else f"{hour}時"
    return f"{_by_myriads(number.value)}{number.unit}"


def _by_myriads(value: Decimal) -> str:
    """A number as captions write it: 3億, 125万, 1万2345."""
    if value != value.to_integral_value() or value < _MYRIAD:
        return format(value.normalize(), "f")
    rest, parts = int(value), []
    for name in ("", "万", "億", "兆"):
        rest, group = divmod(rest, _MYRIAD) if name != "兆" else (0, rest)
        parts.append(f"{group}{name}" if group else "")
    return "".join(reversed(parts))
