"""The engine `supplied`: the job brought a transcript, so nothing is recognised and any language will do.

The text is the customer's own, hence every word's confidence is 1. A line's time is shared out among its words by how
long they take to say, which is an estimate. Scripts without spaces are cut where Japanese changes its letters and
between the characters of Chinese: short pieces with times, not words of a dictionary. Lines that overlap, as the two
rows of a caption do, are said one after the other.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from telop_contracts.values import EngineFingerprint

from telop_asr.engines import hash_of, primary
from telop_asr.listening import bounded
from telop_asr.transcription import LONGEST_WORD, HeardWord, Line, within

FINGERPRINT: Final = EngineFingerprint(
    name="supplied", version="2", model="transcript", settings_sha256=hash_of({"times": "by sounds"})
)
LEAST_LINE_S: Final = 0.5
"""A line of which less is left before the next one begins is said together with it."""
_PIECES: Final = re.compile(
    r"([\u3400-\u9fff\uf900-\ufaff々〆ヶ\U00020000-\U0003ffff]+)|([\u3041-\u309f]+)|([\u30a0-\u30ff\uff66-\uff9f]+)|"
    r"([^\s\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff々〆\uff66-\uff9f\U00020000-\U0003ffff]+)"
)
"""Runs of kanji, of hiragana, of katakana, and of everything else."""


def hear(lines: Sequence[Line], language: str, start_s: float, end_s: float) -> list[HeardWord]:
    """The words of the transcript in [start_s, end_s). Raises `PermanentError` (`too_many_words`)."""
    near = (line for line in in_turn(lines) if line.start_s < end_s and line.end_s >= start_s)
    words = (word for line in near for word in _shared_out(line, is_chinese=primary(language) == "zh"))
    return bounded(within(words, start_s, end_s))


def in_turn(lines: Iterable[Line]) -> list[Line]:
    """The same lines without overlaps, in order of time."""
    turns: list[Line] = []
    for line in sorted(lines, key=lambda each: each.start_s):
        last = turns[-1] if turns else None
        if last is None or line.start_s >= last.end_s:
            turns.append(line)
        elif line.start_s - last.start_s >= LEAST_LINE_S:
            turns[-1] = replace(last, end_s=line.start_s)
            turns.append(replace(line, end_s=max(line.end_s, last.end_s)) if line.end_s < last.end_s else line)
        else:
            turns[-1] = Line(last.start_s, max(last.end_s, line.end_s), f"{last.text}\n{line.text}")
    return turns


def _shared_out(line: Line, *, is_chinese: bool) -> list[HeardWord]:
    texts = [piece for text in line.text.split() for piece in _pieces(text, is_chinese=is_chinese)]
    per_sound = (line.end_s - line.start_s) / max(1, sum(map(_sounds, texts)))
    words, at = [], line.start_s
    for text in texts:
        until = min(line.end_s, at + _sounds(text) * per_sound)
        words.append(HeardWord(text, at, until, 1.0))
        at = until
    return words


def _pieces(text: str, *, is_chinese: bool) -> list[str]:
    """A text without spaces as pieces that end at a change of letters; punctuation stays with what is before it."""
    pieces: list[str] = []
    for found in _PIECES.finditer(text):
        run = found[0]
        if pieces and all(unicodedata.category(each)[0] in "PS" for each in run):
            pieces[-1] += run
        elif found[1] and is_chinese:
            pieces.extend(run)
        else:
            pieces.append(run)
    return [piece[at : at + LONGEST_WORD] for piece in pieces for at in range(0, len(piece), LONGEST_WORD)]


def _sounds(text: str) -> int:
    """About how long a piece takes to say: kana are a beat each, kanji two, letters one; marks take no time."""
    beats = 0
    for character in text:
        name = unicodedata.name(character, "")
        if unicodedata.category(character)[0] in "LN" and " SMALL Y" not in name:
            beats += 2 if name.startswith("CJK") else 1
    return max(1, beats)
