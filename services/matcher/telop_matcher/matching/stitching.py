"""Joins the results of overlapping segments: nothing is doubled at a seam, and nothing is lost.

Both segments saw what lies in their overlap. A telop there is one appearance if it stands at the same place at the
same time, whatever each segment read; readings differ by flicker, and two captions never share place and time. Running
text is spliced where both segments read the same of it. Words are cut over at a word that both segments heard; a word
that the edge itself cuts is heard once. Segments may be missing: then nothing is joined across the gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, Generic, TypeVar

from rapidfuzz.distance import Indel

from telop_matcher.matching.values import CHANGING, TICKER, Telop, Word
from telop_matcher.matching.writing import letters

SAME_PLACE: Final = 0.5
SAME_TIME: Final = 0.5
SAME_TEXT: Final = 0.6
TOUCHING_S: Final = 0.25
"""Segments that do not overlap may lose up to some frames at a cut."""
SAME_WORD_S: Final = 0.3
"""How far the times of one word may differ between two recognitions."""
MOST_READINGS: Final = 20
SHORTEST_SPLICE: Final = 4
"""Characters that two readings of running text must share to be joined there."""
LONGEST_SPLICE: Final = 400
"""Characters at the seam in which they are looked for: more than ever stand on screen at once."""
LONGEST_TEXT: Final = 2_000
"""Code points of a telop's text."""

T = TypeVar("T", Telop, Word)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What one segment gave, in order of time, and the media time it covers."""

    start_s: float
    end_s: float
    found: tuple[T, ...]


def stitch_telops(parts: Sequence[Part[Telop]]) -> list[Telop]:
    """Return the appearances of all segments in order of time, each once; edges that were joined are closed."""
    done: list[Telop] = []
    covered = 0.0
    for part in sorted(parts, key=lambda each: each.start_s):
        left = list(part.found)
        window = part.start_s, max(covered, part.start_s)
        near = [at for at, telop in enumerate(done) if telop.end_s >= part.start_s - TOUCHING_S]
        for at in near:
            match = next((each for each in left if _is_same(done[at], each, window)), None)
            if match:
                left.remove(match)
                done[at] = _joined(done[at], match)
        done.extend(left)
        covered = max(covered, part.end_s)
    return sorted(done, key=lambda telop: (telop.start_s, telop.box.y, telop.box.x, telop.text))


def _is_same(earlier: Telop, later: Telop, window: tuple[float, float]) -> bool:
    if earlier.box.overlap(later.box) < SAME_PLACE and earlier.box != later.box:
        return False
    goes_on = earlier.open_end and later.open_start and abs(earlier.end_s - later.start_s) <= TOUCHING_S
    if earlier.kind == later.kind == TICKER:
        overlaps = later.open_start and later.start_s <= earlier.end_s
        return (goes_on or overlaps) and _spliced(earlier.text, later.text) is not None
    if earlier.kind == later.kind == CHANGING:
        return goes_on or _share_time(earlier, later, window)
    same = letters(earlier.text) == letters(later.text)
    if not same and Indel.normalized_similarity(letters(earlier.text), letters(later.text)) < SAME_TEXT:
        return False
    return (same and goes_on) or _share_time(earlier, later, window)


def _spliced(earlier: str, later: str) -> str | None:
    """Running text of two segments in one, overlapped where both have the same of it; None if that does not fit."""
    tail = max(0, len(earlier) - LONGEST_SPLICE)
    block = SequenceMatcher(None, earlier, later, autojunk=False).find_longest_match(
        tail, len(earlier), 0, min(len(later), LONGEST_SPLICE)
    )
    whole = earlier[: block.a] + later[block.b :]
    return whole if block.size >= SHORTEST_SPLICE and len(whole) <= LONGEST_TEXT else None


def _share_time(earlier: Telop, later: Telop, window: tuple[float, float]) -> bool:
    """Whether both stood for about the same part of the overlap that both segments saw."""
    spans = [(max(each.start_s, window[0]), min(each.end_s, window[1])) for each in (earlier, later)]
    shared = min(end for _, end in spans) - max(start for start, _ in spans)
    both = max(end for _, end in spans) - min(start for start, _ in spans)
    return shared > 0 and shared >= SAME_TIME * both


def _joined(earlier: Telop, later: Telop) -> Telop:
    best = max(earlier, later, key=lambda telop: (telop.frames, telop.confidence))
    readings = sorted({*earlier.readings, *later.readings}, key=lambda reading: reading.at_s)
    text = _spliced(earlier.text, later.text) if best.kind == TICKER else None
    if text is not None:  # lines and glyphs of a part tell nothing of the whole
        best = replace(best, text=text, lines=(), folded=())
    return replace(
        best,
        start_s=min(earlier.start_s, later.start_s),
        end_s=max(earlier.end_s, later.end_s),
        frames=earlier.frames + later.frames,
        readings=tuple(readings[:MOST_READINGS]),
        open_start=earlier.open_start,
        open_end=later.open_end,
        still=best.still or earlier.still or later.still,
    )


def stitch_words(parts: Sequence[Part[Word]]) -> list[Word]:
    """Return the words of all segments in order of time; each overlap is heard with one segment's ears up to a
    cut.
    """
    ordered = sorted(parts, key=lambda each: each.start_s)
    cuts = [_cut(first, second) for first, second in pairwise(ordered)]
    words: list[Word] = []
    for position, part in enumerate(ordered):
        after = cuts[position - 1][1] if position else float("-inf")
        until = cuts[position][0] if position < len(cuts) else float("inf")
        found = [word for word in part.found if after < word.middle_s <= until]
        if words and found and _is_one(words[-1], found[0]):
            words[-1], found = _one(words[-1], found[0]), found[1:]
        words.extend(found)
    return sorted(words, key=lambda word: word.middle_s)


def _is_one(earlier: Word, later: Word) -> bool:
    """Whether two words are one that the edge between two segments cuts."""
    is_cut = earlier.open_end and later.open_start
    return is_cut and later.start_s - earlier.end_s <= TOUCHING_S


def _one(earlier: Word, later: Word) -> Word:
    """A word that was cut: of two pieces that were heard differently, the longer one tells more."""
    best = max(earlier, later, key=lambda word: word.end_s - word.start_s)
    whole = replace(best, start_s=min(earlier.start_s, later.start_s), end_s=max(earlier.end_s, later.end_s))
    return replace(whole, open_start=earlier.open_start, open_end=later.open_end)


def _cut(first: Part[Word], second: Part[Word]) -> tuple[float, float]:
    """Return up to which time the first segment's words count, and after which the second's: the middles of one word.

    Without a word that both heard it is the middle of the overlap, where both hear best; a word that stands across it
    in both would be heard twice, so the second segment's words begin after the end of the first's last one.
    """
    if second.start_s >= first.end_s:
        return float("inf"), float("-inf")
    middle = (second.start_s + first.end_s) / 2
    pairs = [
        (mine.middle_s, other.middle_s)
        for mine in first.found
        if mine.end_s > second.start_s and not mine.open_end
        for other in second.found
        if other.start_s < first.end_s
        and not other.open_start
        and letters(mine.text) == letters(other.text)
        and abs(mine.middle_s - other.middle_s) <= SAME_WORD_S
    ]
    if pairs:
        return min(pairs, key=lambda pair: abs(pair[0] - middle))
    last = max((word.end_s for word in first.found if word.middle_s <= middle), default=middle)
    return middle, max(middle, last)
