"""Recognises a media file by its bytes, never by its name, and notices that its end is missing.

Only the formats listed here are ever opened, each by its explicit name: a playlist, a subtitle file or anything else
that would make a demultiplexer open further files is not recognised. Reads a few headers, whatever the size of the
file; containers that state their own size are compared with the size the file has.
"""

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

NOT_RECOGNISED: Final = "media_not_recognised"
TRUNCATED: Final = "media_truncated"
EMPTY: Final = "media_empty"

_MXF_PARTITION: Final = bytes.fromhex("060e2b34020501010d010201")
_MXF_RUN_IN: Final = 65_536  # SMPTE ST 377-1: what may stand before the header partition
_TS_PACKETS: Final = ((0, 188), (4, 192), (0, 204))  # plain, M2TS with time codes, with error correction
_MOV_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_MAX_BOXES: Final = 1_000
_MKV_SEGMENT: Final = bytes.fromhex("18538067")


class Unreadable(Exception):
    """The file is not one that we open; `reason` is its reason code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sniff(file: BinaryIO) -> str:
    """Return the demultiplexer's name for `file`: mov, matroska, mpegts, mpeg, mxf, avi, wav, mp3, flac or ogg.

    Raises `Unreadable` with media_empty, media_not_recognised or media_truncated.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Unreadable(EMPTY)
    file.seek(0)
    head = file.read(_MXF_RUN_IN + len(_MXF_PARTITION))
    name = next((name for name, matches in _FORMATS.items() if matches(head)), None)
    if name is None and head.startswith(b"ID3"):
        name = _behind_id3(file, head)
    if name is None:
        raise Unreadable(NOT_RECOGNISED)
    if (check := _COMPLETE.get(name)) and not check(file, size):
        raise Unreadable(TRUNCATED)
    return name


def _behind_id3(file: BinaryIO, head: bytes) -> str:
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    file.seek(10 + length)
    return "flac" if file.read(4) == b"fLaC" else "mp3"


def _is_transport_stream(head: bytes) -> bool:
    return any(_is_spaced(head, start, step) for start, step in _TS_PACKETS)


def _is_spaced(head: bytes, start: int, step: int) -> bool:
    return len(head) > start + 2 * step and all(head[start + index * step] == 0x47 for index in range(3))


def _is_mp3(head: bytes) -> bool:
    """Whether two MPEG-1 or 2 layer III frames follow each other."""
    length = _mp3_frame(head)
    return bool(length) and bool(_mp3_frame(head[length:]))


def _mp3_frame(head: bytes) -> int:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # sync, layer III
        return 0
    version, bit_rate, sample_rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bit_rate in {0, 15} or sample_rate == 3:
        return 0
    first = version == 3  # MPEG-1; the tables are those of ISO 11172-3 and 13818-3
    kbits = (
        (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
        if first
        else (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    )[bit_rate]
    hertz = (44_100, 48_000, 32_000)[sample_rate] // {3: 1, 2: 2, 0: 4}[version]
    return (144 if first else 72) * kbits * 1000 // hertz + (head[2] >> 1 & 1)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == kind


_FORMATS: Final[dict[str, Callable[[bytes], bool]]] = {
    "mov": lambda head: head[4:8] in _MOV_BOXES,
    "matroska": lambda head: head.startswith(bytes.fromhex("1a45dfa3")),
    "wav": _riff(b"WAVE"),
    "avi": _riff(b"AVI "),
    "ogg": lambda head: head.startswith(b"OggS"),
    "flac": lambda head: head.startswith(b"fLaC"),
    "mpeg": lambda head: head.startswith(bytes.fromhex("000001ba")),
    "mpegts": _is_transport_stream,
    "mp3": _is_mp3,
    "mxf": lambda head: _MXF_PARTITION in head,
}


def _boxes(file: BinaryIO, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start of the content and end of each ISO 14496-12 box; an end may lie outside of the file."""
    while position + 8 <= end:
        file.seek(position)
        header = file.read(16)
        length, kind, start = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, start = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = end - position  # the box reaches to the end
        if not kind.isascii() or length < start:
            return  # padding behind the last box
        yield kind, position + start, position + length
        position += length


def _mov_complete(file: BinaryIO, size: int) -> bool:
    """Whether all top-level boxes lie inside the file and one of them is the index."""
    ends = {kind: end for kind, _, end in _boxes(file, 0, size)}
    return b"moov" in ends and max(ends.values()) <= size


def movie_seconds(file: BinaryIO) -> float:
    """Return the duration that the header of a complete mov or mp4 file declares, which its tracks may contradict."""
    size = file.seek(0, os.SEEK_END)
    start, end = next((start, end) for kind, start, end in _boxes(file, 0, size) if kind == b"moov")
    header = next((start for kind, start, _ in _boxes(file, start, end) if kind == b"mvhd"), None)
    if header is None:
        return 0.0
    file.seek(header)
    fields = file.read(32)
    long = fields[:1] == b"\x01"
    scale = int.from_bytes(fields[20:24] if long else fields[12:16], "big")
    units = int.from_bytes(fields[24:32] if long else fields[16:20], "big")
    unknown = units == (0xFFFF_FFFF_FFFF_FFFF if long else 0xFFFF_FFFF)
    return 0.0 if unknown or not scale else units / scale


def is_encrypted(file: BinaryIO) -> bool:
    """Whether a track of a complete mov or mp4 file is under common encryption (ISO 23001-7, ISO 14496-12 8.12)."""
    found = [(0, file.seek(0, os.SEEK_END))]
    for wanted in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        inner = (box for start, end in found for box in _boxes(file, start, end))
        found = [(start, end) for kind, start, end in inner if kind == wanted][:_MAX_BOXES]
    entries = (kind for start, end in found for kind, _, _ in _boxes(file, start + 8, end))
    return any(kind in {b"encv", b"enca"} for kind in entries)


def is_scrambled(head: bytes) -> bool:
    """Whether most packets of a transport stream are scrambled (ISO 13818-1: transport_scrambling_control)."""
    start, step = next((start, step) for start, step in _TS_PACKETS if _is_spaced(head, start, step))
    controls = [head[at + 3] >> 6 for at in range(start, len(head) - 3, step)]
    return sum(control > 1 for control in controls) * 2 > len(controls)


def _riff_complete(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    declared = int.from_bytes(file.read(4), "little")
    return declared in {0, 0xFFFF_FFFF} or declared + 8 <= size + 1  # written as a stream; a missing pad byte


def _matroska_complete(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    _, length = _ebml_size(file)
    file.seek(file.tell() + length)
    if file.read(4) != _MKV_SEGMENT:
        return file.tell() < size  # something else between: left to the demultiplexer
    width, length = _ebml_size(file)
    unknown = length == (1 << 7 * width) - 1
    return unknown or file.tell() + length <= size


def _ebml_size(file: BinaryIO) -> tuple[int, int]:
    """Read a variable-length size (RFC 8794): its width in bytes and its value."""
    first = file.read(1)[:1] or b"\x01"
    width = 9 - max(first[0].bit_length(), 1)
    return width, int.from_bytes(bytes([first[0] & (0xFF >> width)]) + file.read(width - 1), "big")


_COMPLETE: Final[dict[str, Callable[[BinaryIO, int], bool]]] = {
    "mov": _mov_complete,
    "wav": _riff_complete,
    "avi": _riff_complete,
    "matroska": _matroska_complete,
}
