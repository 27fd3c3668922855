"""Compares what a contender found with the truth of a clip.

The unit is the line of a telop: a found line belongs to the true one in its place with which it shares most time, at
least half of either's, each at most once. A telop is found when all of its lines are; a look-alike change when both of
its telops are. Character errors are counted without spaces in Japanese, with runs of spaces as one in English, and
glyphs that the engine is known to fold are counted apart. Line structure is a score of its own.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from telop_ocr.lines import Area

from tests.benchmarks.recognition.clips import Clip
from tests.benchmarks.recognition.contenders import Found
from tests.benchmarks.recognition.files import times
from tests.benchmarks.recognition.showing import Shown, box

FOLDED: Final = str.maketrans(
    {"O": "0", "o": "0", "ー": "一", "ヘ": "へ", "卜": "ト", "二": "ニ", "髙": "高", "邉": "边", "l": "I", "1": "I"}
    | dict.fromkeys("“”„", '"')
    | dict.fromkeys("‘’", "'")
    | dict.fromkeys("-–—―‐", "")
)
LEAST_ALIKE: Final = 50
"""Percent. A line in the right place at the right time whose text is less alike is another text, and not found."""


@dataclass
class Score:
    """Counts of one contender over clips; scores add up."""

    telops: int = 0
    telops_found: int = 0
    pairs: int = 0
    pairs_found: int = 0
    structured: int = 0
    extra: int = 0
    characters: int = 0
    errors: int = 0
    folded_errors: int = 0
    edges: list[float] = field(default_factory=list)
    values: int = 0
    values_found: int = 0
    one_telop: int = 0
    running: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    misread: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Add another clip's counts."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class _Line:
    text: str
    area: Area
    start_s: float
    end_s: float
    of: int


def score(clip: Clip, found: Sequence[Found]) -> Score:
    """One contender on one clip."""
    result = Score()
    stamps = times(clip)
    beside = [found_one for found_one in found if not _special(clip, found_one)]
    mine = _found_lines(beside)
    used: set[int] = set()
    found_of: list[bool] = []
    for shown in clip.shown:
        matches = [_match(line, mine, used) for line in _true_lines(clip, shown, stamps)]
        for true, match in zip(_true_lines(clip, shown, stamps), matches, strict=True):
            if match is not None:
                _read(result, true, mine[match], clip)
        complete = all(match is not None for match in matches)
        found_of.append(complete)
        result.telops += 1
        result.telops_found += complete
        if complete:
            owners = {mine[match].of for match in matches if match is not None}
            result.structured += len(owners) == 1 and len(beside[owners.pop()].lines) == len(shown.lines)
        else:
            result.missed.append(f"{clip.name}: {shown.text!r} {float(stamps[shown.first]):.2f} s")
    result.extra = len({line.of for index, line in enumerate(mine) if index not in used}) - len(
        {line.of for index, line in enumerate(mine) if index not in used} & {mine[index].of for index in used}
    )
    for pair in {shown.pair for shown in clip.shown if shown.pair is not None}:
        both = [ok for ok, shown in zip(found_of, clip.shown, strict=True) if shown.pair == pair]
        result.pairs += 1
        result.pairs_found += all(both) and len(both) == 2
    _in_place(result, clip, found, stamps)
    return result


def plain(text: str, language: str) -> str:
    """A text as characters are counted."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", "" if language == "ja" else " ", text).strip()


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, by the nearest rank."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)] if values else float("nan")


def _true_lines(clip: Clip, shown: Shown, stamps: Sequence[Fraction]) -> list[_Line]:
    left, top, right, bottom = box(shown.lines, shown.style, shown.centre)
    height = (bottom - top) / len(shown.lines)
    return [
        _Line(
            line,
            Area(left, top + at * height, right - left, height),
            float(stamps[shown.first]),
            float(stamps[shown.after]),
            0,
        )
        for at, line in enumerate(shown.lines)
    ]


def _found_lines(found: Sequence[Found]) -> list[_Line]:
    return [
        _Line(text, area, one.start_s, one.end_s, index)
        for index, one in enumerate(found)
        for text, area in zip(one.lines, one.areas, strict=True)
    ]


def _match(true: _Line, mine: Sequence[_Line], used: set[int]) -> int | None:
    best, most = None, 0.0
    for index, line in enumerate(mine):
        shared_s = min(true.end_s, line.end_s) - max(true.start_s, line.start_s)
        length_s = max(true.end_s - true.start_s, line.end_s - line.start_s)
        together = max(0.0, shared_s / length_s) if length_s else 0.0
        placed = true.area.shared(line.area) >= min(true.area.size, line.area.size) / 2
        alike = fuzz.ratio(true.text.replace(" ", ""), line.text.replace(" ", "")) >= LEAST_ALIKE
        if index not in used and placed and alike and together >= 0.5 and together > most:
            best, most = index, together
    if best is not None:
        used.add(best)
    return best


def _read(result: Score, true: _Line, line: _Line, clip: Clip) -> None:
    rate = float(clip.rate)
    result.edges += [abs(true.start_s - line.start_s) * rate, abs(true.end_s - line.end_s) * rate]
    wanted, read = plain(true.text, clip.language), plain(line.text, clip.language)
    errors = Levenshtein.distance(wanted, read)
    unfolded = Levenshtein.distance(wanted.translate(FOLDED), read.translate(FOLDED))
    result.characters += len(wanted)
    result.errors += unfolded
    result.folded_errors += max(0, errors - unfolded)
    if errors:
        result.misread.append(f"{clip.name}: {wanted!r} as {read!r}")


def _special(clip: Clip, found: Found) -> bool:
    """Whether a found telop stands where text changes in place or runs."""
    places = [each.box for each in clip.changing] + [each.box for each in clip.running]
    return any(_inside(found, place) for place in places)


def _inside(found: Found, place: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = place
    wide = Area(left, top, right - left, bottom - top)
    return any(wide.shared(area) >= area.size / 2 for area in found.areas)


def _in_place(result: Score, clip: Clip, found: Sequence[Found], stamps: Sequence[Fraction]) -> None:
    for changing in clip.changing:
        here = [one for one in found if _inside(one, changing.box)]
        read = {_folded(text) for one in here for text in (*one.readings, "".join(one.lines))}
        result.values += len(changing.values)
        result.values_found += sum(_folded(value) in read for value in changing.values)
        result.one_telop += len(here) == 1 and here[0].kind == "changing"
    for running in clip.running:
        here = [one for one in found if _inside(one, running.box)]
        texts = ["".join(one.lines) for one in here]
        wanted = plain(running.text, "ja")
        result.running.append(max((fuzz.ratio(wanted, plain(text, "ja")) for text in texts), default=0.0) / 100)
        result.one_telop += [(one.kind, one.is_cut) for one in here] == [("ticker", running.is_cut)]


def _folded(text: str) -> str:
    return plain(text, "ja").translate(FOLDED)
