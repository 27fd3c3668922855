"""Media times as SMPTE timecodes, the way an editing system shows them, exact to the frame.

Counts frames from the medium's start timecode, at the exact rate (30000/1001 and not 29.97). 29.97 and 59.94 frames a
second count in drop-frame (SMPTE ST 12-1) where the start timecode does, or where there is none, so that the timecode
stays with the clock on the wall.
"""

import contextlib
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_TIMECODE: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})")
_DROP_MARKS: Final = ";,."
_ROUNDING_S: Final = Fraction(51, 100_000)
"""Times of frames come rounded to a millisecond at worst (Matroska's): a frame may seem this much too late."""
_NTSC: Final = Fraction(1000, 1001)
_NEAR: Final = Fraction(1, 5000)
"""Measured average rates this close to an NTSC rate are that rate; whole rates are five times as far from it."""


class ImpossibleTimecode(ValueError):
    """No frame of this rate has such a timecode."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How frames are numbered: `nominal` to a second; drop-frame leaves `dropped` numbers out, nine minutes in ten."""

    nominal: int
    dropped: int = 0

    @classmethod
    def of(cls, rate: Fraction, *, drop: bool) -> "Counting":
        """Counting at an exact rate. Raises `ImpossibleTimecode` where drop-frame does not exist at that rate."""
        nominal = round(rate)
        if drop and not is_droppable(rate):
            raise ImpossibleTimecode(f"no drop-frame at {float(rate):.3f} frames a second")
        return cls(nominal, nominal // 15 if drop else 0)

    def number(self, text: str) -> int:
        """The frame, counted from 00:00:00:00, that bears a timecode. Raises `ImpossibleTimecode`."""
        written = _TIMECODE.fullmatch(text)
        if written is None:
            raise ImpossibleTimecode("not HH:MM:SS:FF")
        hours, minutes, seconds, frames = (int(written[group]) for group in (1, 2, 3, 5))
        if frames >= self.nominal or (seconds == 0 and frames < self.dropped and minutes % 10):
            raise ImpossibleTimecode("no frame bears that number")
        passed = hours * 60 + minutes
        return (passed * 60 + seconds) * self.nominal + frames - self.dropped * (passed - passed // 10)

    def text(self, frame: int) -> str:
        """The timecode of a frame; after a day it begins again."""
        if self.dropped:
            tens, rest = divmod(frame, self.nominal * 600 - 9 * self.dropped)
            begun = max(0, (rest - self.dropped) // (self.nominal * 60 - self.dropped))
            frame += self.dropped * (9 * tens + begun)
        seconds, frames = divmod(frame, self.nominal)
        mark = ";" if self.dropped else ":"
        return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:02}"


def exact(frame_rate: float) -> Fraction:
    """The rate that was stored with six decimals: they tell fractions up to a denominator of 1001 apart."""
    ntsc = round(frame_rate) * _NTSC
    if abs(Fraction(frame_rate) - ntsc) <= ntsc * _NEAR:
        return ntsc
    return Fraction(frame_rate).limit_denominator(1001)


def is_droppable(rate: Fraction) -> bool:
    """Whether drop-frame exists at this exact rate."""
    return rate > 0 and round(rate) % 30 == 0 and rate == round(rate) * _NTSC


def checked(start: str, frame_rate: float) -> str:
    """Return a start timecode that a medium of this rate can have. Raises `ImpossibleTimecode`."""
    _counting(start, frame_rate).number(start)
    return start


@dataclass(frozen=True, slots=True)
class Clock:
    """The frames of one medium. `first` is the number of its first frame, which begins at `first_frame_s`."""

    rate: Fraction
    counting: Counting
    first: int = 0
    first_frame_s: float = 0.0

    @classmethod
    def of(cls, frame_rate: float, start: str | None = None, first_frame_s: float = 0.0) -> "Clock | None":
        """The clock of a medium, or None where there are no frames.

        `start` is the timecode of the first frame; one that the rate has not is ignored.
        """
        rate = exact(frame_rate)
        if round(rate) < 1:
            return None
        counting, first = Counting.of(rate, drop=is_droppable(rate)), 0
        if start:
            with contextlib.suppress(ImpossibleTimecode):
                first = _counting(start, frame_rate).number(start)
                counting = _counting(start, frame_rate)
        return cls(rate, counting, first, first_frame_s)

    def frame(self, at_s: float) -> int:
        """The number of the frame shown at `at_s` seconds."""
        passed = Fraction(at_s) - Fraction(self.first_frame_s) + _ROUNDING_S
        return self.first + max(0, int(passed * self.rate))

    def text(self, at_s: float) -> str:
        """The timecode of the frame shown at `at_s` seconds."""
        return self.counting.text(self.frame(at_s))


def timecode(at_s: float, frame_rate: float, start: str | None = None, first_frame_s: float = 0.0) -> str | None:
    """Return the timecode of the frame shown at `at_s` seconds, or None where there are no frames."""
    clock = Clock.of(frame_rate, start, first_frame_s)
    return clock.text(at_s) if clock else None


def _counting(start: str, frame_rate: float) -> Counting:
    return Counting.of(exact(frame_rate), drop=any(mark in start for mark in _DROP_MARKS))
