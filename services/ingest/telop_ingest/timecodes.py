"""Media times as SMPTE timecodes, the way an editing system shows them.

Counts frames from the file's own start timecode. 29.97 and 59.94 frames a second count in drop-frame (SMPTE ST 12-1)
where the start timecode does, or where there is none, so that the timecode stays with the clock on the wall.
"""

import re
from typing import Final

_START: Final = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})")
_DAY_HOURS: Final = 24


def timecode(at_s: float, frame_rate: float, start: str | None = None) -> str | None:
    """Return the timecode of the frame shown at `at_s` seconds, or None where there are no frames."""
    nominal = round(frame_rate)
    if nominal < 1:
        return None
    begin = _START.fullmatch(start) if start else None
    droppable = nominal % 30 == 0 and abs(frame_rate - nominal * 1000 / 1001) < 0.005
    drop = nominal // 15 if droppable and (begin is None or begin[4] in ";,.") else 0
    first = _frame_number(begin, nominal, drop) if begin else 0
    # Stored times are rounded to a microsecond: a frame may begin a little "too late", a thousandth of it at most.
    return _written(first + int(at_s * frame_rate + 0.001), nominal, drop)


def _frame_number(begin: re.Match[str], nominal: int, drop: int) -> int:
    hours, minutes, seconds, frames = (int(begin[group]) for group in (1, 2, 3, 5))
    passed = hours * 60 + minutes
    return (passed * 60 + seconds) * nominal + frames - drop * (passed - passed // 10)


def _written(frame: int, nominal: int, drop: int) -> str:
    if drop:
        ten_minutes = nominal * 600 - 9 * drop
        tens, rest = divmod(frame, ten_minutes)
        frame += drop * (9 * tens + max(0, (rest - drop) // (nominal * 60 - drop)))
    seconds, frames = divmod(frame, nominal)
    hours = seconds // 3600 % _DAY_HOURS
    mark = ";" if drop else ":"
    return f"{hours:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:02}"
