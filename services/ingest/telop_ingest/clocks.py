"""Notices that a medium is several recordings one behind the other, whose clock begins again at each.

A demultiplexer takes such a file for as long as one of them, and what is decoded at a time is of one or another: part
of the programme would be passed over without a word. Transport and program streams tell the time all along, of which
some hundred places are looked at, whatever the size of the file; the pages of Ogg tell where a stream begins.
"""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import BinaryIO, Final

PLACES: Final = 256
WINDOW: Final = 1 << 19
"""Bytes in which a clock is looked for. ISO 13818-1 wants one each 0.1 s, in program streams each 0.7 s."""
TICKS_PER_S: Final = 90_000
WRAP: Final = 1 << 33
"""Ticks after which the clock begins again by itself."""
LEAST_BACK: Final = TICKS_PER_S
"""A smaller step back is jitter of whatever sent it."""
PACKETS: Final = (188, 192, 204)
"""Bytes of a transport packet: plain, with time codes, with error correction."""
_PACK: Final = re.compile(rb"\x00\x00\x01\xba(.{5})", re.DOTALL)
_OGG_HEADER: Final = 27
_OGG_BEGINS: Final = 2


def restarts(file: BinaryIO, name: str) -> bool:
    """Whether the clock of a medium of the format `name` begins again somewhere behind its beginning."""
    if name == "ogg":
        return _is_chained(file)
    if name in {"mpegts", "mpeg"}:
        clocks = [ticks for ticks, _ in groupby(_clocks(file, name))]
        return any(_begins_again(clocks, at) for at in range(1, len(clocks)))
    return False


def _begins_again(clocks: Sequence[int], at: int) -> bool:
    """Whether two clocks from a place on are earlier than the two before it: a single one is damage."""
    steps = ((before - after) % WRAP for before in clocks[max(0, at - 2) : at] for after in clocks[at : at + 2])
    return all(LEAST_BACK < back < WRAP // 2 for back in steps)


def _clocks(file: BinaryIO, name: str) -> Iterator[int]:
    """The clock at places all over the file, the last one in it included, in ticks."""
    size = file.seek(0, os.SEEK_END)
    pid: int | None = None
    for place in range(PLACES):
        file.seek(place * size // PLACES)
        found = _in_packets(file.read(WINDOW), pid) if name == "mpegts" else _in_packs(file.read(WINDOW))
        for of, ticks in found:
            pid = of
            yield ticks
            if place < PLACES - 1:
                break


def _in_packets(window: bytes, wanted: int | None) -> Iterator[tuple[int, int]]:
    """Packet identifiers and program clock references (ISO 13818-1, 2.4.3.5) of transport packets."""
    at = window.find(b"\x47")
    while 0 <= at < len(window) - 188:
        if any(window[at + step : at + step + 1] == b"\x47" for step in PACKETS):
            has_clock = window[at + 3] & 0x20 and window[at + 4] >= 7 and window[at + 5] & 0x10
            pid = (window[at + 1] & 0x1F) << 8 | window[at + 2]
            if has_clock and wanted in {None, pid}:
                wanted = pid
                yield pid, int.from_bytes(window[at + 6 : at + 11], "big") >> 7
            at += 187
        at = window.find(b"\x47", at + 1)


def _in_packs(window: bytes) -> Iterator[tuple[int, int]]:
    """System clock references of packs (ISO 13818-1, 2.5.3.3; ISO 11172-1, 2.4.3.2)."""
    for pack in _PACK.finditer(window):
        bits = int.from_bytes(pack[1], "big")
        if bits >> 38 == 1:  # MPEG-2: two bits, then 3, 15 and 15 of the clock, each with a marker behind it
            yield 0, (bits >> 35 & 7) << 30 | (bits >> 19 & 0x7FFF) << 15 | bits >> 3 & 0x7FFF
        elif bits >> 36 == 2:  # MPEG-1: four bits before it
            yield 0, (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | bits >> 1 & 0x7FFF


def _is_chained(file: BinaryIO) -> bool:
    """Whether a page of an Ogg file begins a stream behind pages that do not (RFC 3533)."""
    at, has_begun = 0, False
    while True:
        file.seek(at)
        header = file.read(_OGG_HEADER + 255)
        if len(header) < _OGG_HEADER or not header.startswith(b"OggS"):
            return False
        if header[5] & _OGG_BEGINS and has_begun:
            return True
        has_begun |= not header[5] & _OGG_BEGINS
        segments = header[_OGG_HEADER : _OGG_HEADER + header[26]]
        at += _OGG_HEADER + len(segments) + sum(segments)
