"""Media are recognised by what they are; what is no medium, or only part of one, is refused with its reason."""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from telop_chassis.failures import PermanentError
from telop_chassis.sandbox import Limits, Refused, run_child
from telop_ingest import probing
from telop_ingest.planning import Media
from telop_ingest.timecodes import exact

from tests.unit.ingest.media_files import write, write_counted

MAX_PIXELS = 8192 * 4320


def _probe(path: Path, **limits: Any) -> Media:
    request = {"path": str(path), "language": "en", "max_pixels": MAX_PIXELS, "max_duration_s": 21_600.0}
    return Media(**probing.main(request | limits))


def _refusal(path: Path, **limits: Any) -> str:
    with pytest.raises(Refused) as refused:
        _probe(path, **limits)
    return refused.value.reason


@pytest.mark.parametrize(
    ("container", "expected", "video", "audio"),
    [
        ("mp4", "mov", "mpeg4", "aac"),
        ("mov", "mov", "mpeg4", "aac"),
        ("matroska", "matroska", "mpeg4", "aac"),
        ("mpegts", "mpegts", "mpeg2video", "mp2"),
        ("mpeg", "mpeg", "mpeg1video", "mp2"),
        ("mxf", "mxf", "mpeg2video", "pcm_s16le"),
        ("avi", "avi", "mpeg4", "mp2"),
        ("wav", "wav", None, "pcm_s16le"),
        ("flac", "flac", None, "flac"),
        ("ogg", "ogg", None, "flac"),
    ],
)
def test_a_medium_is_recognised_whatever_its_name(
    tmp_path: Path, container: str, expected: str, video: str | None, audio: str | None
) -> None:
    found = _probe(write(tmp_path / "holiday.txt", container, video=video, audio=audio))
    assert (found.format, found.has_video, found.has_audio) == (expected, video is not None, audio is not None)
    assert found.duration_s == pytest.approx(1.0, abs=0.15)
    if video:
        assert (found.width, found.height, found.frame_rate) == (64, 48, 25.0)


@pytest.mark.parametrize(("container", "video"), [("mov", "mpeg4"), ("mp4", "mpeg4"), ("mxf", "mpeg2video")])
@pytest.mark.parametrize(
    ("rate", "timecode"),
    [
        (Fraction(30000, 1001), "10:00:00;02"),
        (Fraction(30000, 1001), "10:00:00:02"),
        (Fraction(60000, 1001), "10:01:00;04"),
        (Fraction(25), "09:59:30:24"),
    ],
)
def test_a_files_start_timecode_is_found(
    tmp_path: Path, container: str, video: str, rate: Fraction, timecode: str
) -> None:
    found = _probe(write_counted(tmp_path / "a", container, video, rate, timecode))
    assert (found.start_timecode, exact(found.frame_rate)) == (timecode, rate)


@pytest.mark.parametrize("container", ["mov", "matroska"])
def test_a_file_without_a_timecode_has_none(tmp_path: Path, container: str) -> None:
    found = _probe(write_counted(tmp_path / "a", container, "mpeg4", Fraction(25), None))
    assert (found.start_timecode, found.video_start_s) == (None, 0.0)


def test_a_picture_that_begins_after_the_sound_says_when(tmp_path: Path) -> None:
    found = _probe(write(tmp_path / "a.ts", "mpegts", video="mpeg2video", audio="mp2"))
    with av.open(str(tmp_path / "a.ts")) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert video.start_time is not None
        assert sound.start_time is not None
        later = (video.start_time - min(video.start_time, sound.start_time)) / 90_000
    assert found.video_start_s == pytest.approx(later, abs=1e-4)


def test_a_picture_without_sound_is_a_medium(tmp_path: Path) -> None:
    found = _probe(write(tmp_path / "a.mp4", "mp4", audio=None))
    assert (found.has_video, found.has_audio) == (True, False)


@pytest.mark.parametrize(
    "content",
    [
        b"just text",
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD/>",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        bytes(4096),
        b"\xff\xfb",
    ],
)
def test_what_is_no_medium_is_not_recognised_under_any_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert _refusal(path) == "media_not_recognised"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    assert _refusal(tmp_path / "a.mp4") == "media_empty"


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "wav"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_without_its_end_is_truncated(tmp_path: Path, container: str, share: float) -> None:
    audio, video = ("pcm_s16le", None) if container == "wav" else ("mp2", "mpeg4")
    path = write(tmp_path / "whole", container, audio="aac" if container == "mp4" else audio, video=video)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert _refusal(path) == "media_truncated"


def test_a_matroska_file_that_was_written_live_is_whole(tmp_path: Path) -> None:
    content = bytearray(write(tmp_path / "live.mkv", "matroska").read_bytes())
    at = content.index(bytes.fromhex("18538067")) + 4
    content[at : at + 8] = b"\x01" + b"\xff" * 7  # RFC 8794: all ones, the size is not known
    (tmp_path / "live.mkv").write_bytes(content)
    assert _probe(tmp_path / "live.mkv").duration_s == pytest.approx(1.0, abs=0.15)


def _with_duration(path: Path, seconds: int) -> Path:
    """Change what the movie header (ISO 14496-12, `mvhd`) declares."""
    content = bytearray(path.read_bytes())
    movie = content.index(b"mvhd") + 4
    scale = struct.unpack_from(">I", content, movie + 12)[0]
    struct.pack_into(">I", content, movie + 16, seconds * scale)
    path.write_bytes(content)
    return path


def test_a_medium_that_says_it_lasts_twelve_hours_is_too_long(tmp_path: Path) -> None:
    path = _with_duration(write(tmp_path / "a.mp4", "mp4"), 12 * 3600)
    assert _refusal(path) == "media_too_long"


def test_the_limit_of_the_duration_is_a_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "mp4", seconds=2.0)
    assert _refusal(path, max_duration_s=1.0) == "media_too_long"
    assert _probe(path, max_duration_s=3.0).duration_s > 1.9


def test_a_medium_without_frames_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16)
    path.write_bytes(struct.pack("<4sI4s", b"RIFF", 36, b"WAVE") + layout + struct.pack("<4sI", b"data", 0))
    assert _refusal(path) in {"media_zero_duration", "media_undecodable"}


def test_a_picture_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "mp4", size=(640, 480))
    assert _refusal(path, max_pixels=640 * 480 - 1) == "media_picture_too_large"
    assert _probe(path, max_pixels=640 * 480 * 2).width == 640


def test_a_medium_whose_content_is_noise_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "mp4")
    content = bytearray(path.read_bytes())
    at = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    content[at:end] = bytes(0xA5 for _ in range(end - at))
    path.write_bytes(content)
    assert _refusal(path) in {"media_undecodable", "media_damaged"}


async def test_the_sandboxed_child_gives_the_same_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "mp4")
    request = {"path": str(path), "language": "en", "max_pixels": MAX_PIXELS, "max_duration_s": 21_600.0}
    assert await run_child("telop_ingest.probing", request, Limits(), reads=[tmp_path]) == probing.main(request)


async def test_the_reason_of_the_sandboxed_child_comes_through(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("text")
    request = {"path": str(tmp_path / "a.mp4"), "max_pixels": MAX_PIXELS, "max_duration_s": 21_600.0}
    with pytest.raises(PermanentError, match="media_not_recognised"):
        await run_child("telop_ingest.probing", request, Limits(), reads=[tmp_path])
