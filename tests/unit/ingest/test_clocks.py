"""Recordings one behind the other are noticed; one recording is one, however its clock runs."""

from collections.abc import Callable
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from telop_ingest.clocks import restarts
from telop_ingest.sniffing import sniff

from tests.integration.media import clips


def recording(folder: Path, container: str, seconds: float = 2.0, from_s: float = 0.0) -> bytes:
    muxer = {"output_ts_offset": str(from_s)}
    return clips.write(folder / "clip", container, seconds=seconds, muxer=muxer).read_bytes()


def is_in_pieces(content: bytes) -> bool:
    file = BytesIO(content)
    return restarts(file, sniff(file))


@pytest.mark.parametrize("container", ["mpegts", "mpeg", "ogg"])
def test_two_recordings_are_told_from_one(container: str, tmp_path: Path) -> None:
    one = recording(tmp_path, container)
    assert not is_in_pieces(one)
    assert is_in_pieces(one + one)


@pytest.mark.parametrize("container", ["mpegts", "mpeg", "ogg"])
def test_a_short_recording_behind_a_long_one_is_noticed(container: str, tmp_path: Path) -> None:
    assert is_in_pieces(recording(tmp_path, container, 30.0) + recording(tmp_path, container, 1.0))


@pytest.mark.parametrize("container", ["mpegts", "mpeg"])
def test_a_clock_that_goes_on_or_jumps_ahead_is_one(container: str, tmp_path: Path) -> None:
    first = recording(tmp_path, container)
    assert not is_in_pieces(first + recording(tmp_path, container, from_s=3.0))
    assert not is_in_pieces(first + recording(tmp_path, container, from_s=3600.0))


def test_a_clock_that_comes_to_its_end_is_one(tmp_path: Path) -> None:
    assert not is_in_pieces(recording(tmp_path, "mpegts", 4.0, from_s=2**33 / 90_000 - 2))


@pytest.mark.parametrize("damage", [b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"])
def test_a_damaged_clock_is_no_other_recording(damage: bytes, tmp_path: Path) -> None:
    content = bytearray(recording(tmp_path, "mpegts", 4.0, from_s=3600.0))
    with_clock = [
        at
        for at in range(0, len(content), 188)
        if content[at + 3] & 0x20 and content[at + 4] >= 7 and content[at + 5] & 0x10
    ]
    at = with_clock[len(with_clock) // 2]
    content[at + 6 : at + 10] = damage
    assert not is_in_pieces(bytes(content))


def with_time_codes(packets: list[bytes]) -> list[bytes]:
    return [bytes(4) + packet for packet in packets]


def with_corrections(packets: list[bytes]) -> list[bytes]:
    return [packet + bytes(16) for packet in packets]


@pytest.mark.parametrize("longer", [with_time_codes, with_corrections])
def test_packets_may_be_longer(longer: Callable[[list[bytes]], list[bytes]], tmp_path: Path) -> None:
    one = recording(tmp_path, "mpegts")
    packets = longer([one[at : at + 188] for at in range(0, len(one), 188)])
    assert not is_in_pieces(b"".join(packets))
    assert is_in_pieces(b"".join(chain(packets, packets)))


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "wav", "flac", "mp3"])
def test_formats_without_such_a_clock_are_left_alone(container: str, tmp_path: Path) -> None:
    assert not is_in_pieces(clips.write(tmp_path / "clip", container).read_bytes())
