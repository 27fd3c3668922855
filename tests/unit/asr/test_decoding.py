"""The sound of a range: the right track, the right time, and nothing else of the file."""

from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from telop_asr import decoding
from telop_asr.transcription import SAMPLE_RATE as RATE
from telop_chassis.failures import PermanentError
from telop_chassis.sandbox import Limits, Refused, run_child

from tests.unit.asr.sound_files import pitch, silence, tone, write


def decode(
    path: Path, start_s: float, end_s: float, *, track: int | None = None, name: str = "mov"
) -> NDArray[np.int16]:
    output = path.with_name("sound")
    answer = decoding.main(_request(path, start_s, end_s, output, track, name))
    sound = np.fromfile(output, "<i2")
    assert answer == {"samples": len(sound)}
    return sound


def _request(
    path: Path, start_s: float, end_s: float, output: Path, track: int | None = None, name: str = "mov"
) -> dict[str, Any]:
    request = {"path": str(path), "format": name, "track": track, "output": str(output)}
    return request | {"start_s": start_s, "end_s": end_s}


@pytest.fixture(scope="module")
def beeps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """20 s of silence with 440 Hz from 12 to 13 s, in several formats."""
    folder = tmp_path_factory.mktemp("beeps")
    sound = np.concatenate([silence(12), tone(440, 1), silence(7)])
    return {
        "mov": write(folder / "beeps.mp4", (sound, "eng")),
        "wav": write(folder / "beeps.wav", (sound, "eng"), codec="pcm_s16le"),
        "mpegts": write(folder / "beeps.ts", (sound, "eng"), first_pts_s=1_000),
        "matroska": write(folder / "beeps.mkv", (sound, "eng"), codec="libopus"),
        "mp3": write(folder / "beeps.mp3", (sound, "eng"), codec="libmp3lame"),
        "flac": write(folder / "beeps.flac", (sound, "eng"), codec="flac"),
    }


@pytest.mark.parametrize("name", ["mov", "wav", "mpegts", "matroska", "mp3", "flac"])
def test_sound_stands_at_its_media_time_in_every_format(name: str, beeps: dict[str, Path]) -> None:
    sound = decode(beeps[name], 10.0, 15.0, name=name)

    loud = np.flatnonzero(np.abs(sound) > 2_000) / RATE
    assert len(sound) == 5 * RATE
    assert loud[0] == pytest.approx(2.0, abs=0.06)
    assert loud[-1] == pytest.approx(3.0, abs=0.06)
    assert pitch(sound[int(2.2 * RATE) : int(2.8 * RATE)]) == pytest.approx(440, abs=3)


@pytest.mark.parametrize(("name", "suffix"), [("mov", "mp4"), ("mpegts", "ts"), ("matroska", "mkv"), ("mpeg", "vob")])
@pytest.mark.parametrize("start_s", [0.0, 0.3, 1.0])
def test_sound_before_the_first_picture_is_heard(name: str, suffix: str, start_s: float, tmp_path: Path) -> None:
    path = with_pictures(write(tmp_path / "sound.wav", (tone(440, 4), "eng"), codec="pcm_s16le"), suffix, from_s=2.0)
    sound = decode(path, start_s, 4.0, name=name)
    assert np.flatnonzero(np.abs(sound) > 2_000)[0] / RATE == pytest.approx(0.0, abs=0.05)


def with_pictures(sound: Path, suffix: str, *, from_s: float) -> Path:
    """The same sound in a file whose pictures begin later."""
    path = sound.with_suffix(f".{suffix}")
    with av.open(str(sound)) as source, av.open(str(path), "w") as container:
        video = container.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        track = container.add_stream("mp2", rate=48_000, layout="mono")
        packets: list[Any] = []
        for at in range(50):
            picture = av.VideoFrame.from_ndarray(np.full((48, 32), at, np.uint8), format="yuv420p")
            picture.pts, picture.time_base = at + round(25 * from_s), Fraction(1, 25)
            packets += video.encode(picture)
        for frame in source.decode(audio=0):
            packets += track.encode(frame)
        for packet in sorted([*packets, *video.encode(None), *track.encode(None)], key=_sent_s):
            container.mux(packet)
    return path


def _sent_s(packet: Any) -> float:
    return float(packet.dts * packet.time_base)


def test_a_track_that_ends_early_gives_what_it_has(beeps: dict[str, Path]) -> None:
    assert len(decode(beeps["mov"], 18.0, 30.0)) == pytest.approx(2 * RATE, abs=0.1 * RATE)
    assert len(decode(beeps["mov"], 25.0, 30.0)) == 0


def test_the_track_that_probing_chose_is_heard(tmp_path: Path) -> None:
    path = write(tmp_path / "two.mp4", (tone(300, 2), "jpn"), (tone(700, 2), "eng"))
    assert pitch(decode(path, 0.5, 1.5, track=1)) == pytest.approx(700, abs=3)
    assert pitch(decode(path, 0.5, 1.5)) == pytest.approx(300, abs=3)
    with pytest.raises(Refused, match="no_audio_track"):
        decode(path, 0.5, 1.5, track=2)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    write(tmp_path / "secret.mp4", (tone(440, 1), "eng"))
    playlist = tmp_path / "media.mp4"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n")
    for name in ("mov", "hls", "concat"):
        with pytest.raises(Refused):
            decode(playlist, 0, 1, name=name)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [(b"", "mov", "media_damaged"), (b"no media", "mov", "media_damaged"), (b"no", "nonsense", "unsupported_format")],
)
def test_what_cannot_be_opened_is_refused_with_its_reason(
    content: bytes, name: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "media"
    path.write_bytes(content)
    with pytest.raises(Refused, match=reason):
        decode(path, 0, 1, name=name)


async def test_it_runs_within_the_sandbox_and_its_limits(beeps: dict[str, Path], tmp_path: Path) -> None:
    output = tmp_path / "sound"
    limits = Limits(wall_s=30, cpu_s=30)

    answer = await run_child(
        "telop_asr.decoding", _request(beeps["mov"], 10, 15, output), limits, reads=[beeps["mov"]], writes=[tmp_path]
    )

    assert answer == {"samples": 5 * RATE}
    assert output.stat().st_size == 2 * 5 * RATE
    with pytest.raises(PermanentError, match="media_damaged"):
        await run_child("telop_asr.decoding", _request(output, 0, 1, tmp_path / "more"), limits, reads=[output])


def test_memory_that_runs_out_is_no_damage_of_the_medium(
    beeps: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("av.open", mock.Mock(side_effect=av.error.MemoryError(12, "Cannot allocate memory")))
    with pytest.raises(MemoryError):
        decode(beeps["mov"], 0.0, 1.0)


def test_a_frame_of_more_samples_than_any_codec_packs_is_refused(
    beeps: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MAX_SAMPLES", 1_000)  # AAC packs 1,024
    with pytest.raises(Refused, match="media_damaged"):
        decode(beeps["mov"], 0.0, 1.0)
