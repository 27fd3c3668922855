"""The decoding child on real files: exact times, each frame once, nothing written that need not be read."""

from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from telop_chassis.sandbox import Refused
from telop_ocr import decoding, second_look
from telop_ocr.timeline import load
from telop_ocr.video import Shot, displayed_size, opened, picture

from tests.unit.ocr import footage
from tests.unit.ocr.footage import HEIGHT, RATE, WIDTH, Caption

CAPTIONS = [
    Caption("open on Monday", 0.4, 1.6),
    Caption("open on Mondoy", 1.6, 2.8),
    Caption("LIVE", 0.8, 2.4, (80, 40)),
]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return footage.write(tmp_path_factory.mktemp("clip") / "clip.mp4", CAPTIONS, footage.every_frame(3.2))


def request(path: Path, scratch: Path, **more: Any) -> dict[str, Any]:
    whole = {"path": str(path), "format": "mov", "start_s": 0.0, "end_s": 60.0, "threads": 1, "heartbeat_s": 1.0}
    return whole | {"scratch": str(scratch)} | more


def seen(path: Path, start_s: float, end_s: float, container: str = "mov") -> list[Shot]:
    with opened(str(path), container, 1) as video:
        return list(video.shots(start_s, end_s))


def test_every_frame_of_a_range_comes_once_with_its_exact_time(clip: Path) -> None:
    found = seen(clip, 1.0, 2.0)
    assert [shot.start_s for shot in found] == pytest.approx([frame / RATE for frame in range(25, 50)])
    assert [shot.end_s for shot in found] == pytest.approx([frame / RATE for frame in range(26, 51)])


def test_neighbouring_ranges_share_no_frame_and_lose_none(clip: Path) -> None:
    starts = [shot.start_s for start in (0.0, 0.9, 1.8, 2.7) for shot in seen(clip, start, start + 0.9)]
    assert starts == pytest.approx(footage.every_frame(3.2))


def test_uneven_frame_times_are_kept(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.1, 0.5, 0.54, 1.2]
    path = footage.write(tmp_path / "uneven.mp4", [], times)
    assert [shot.start_s for shot in seen(path, 0.0, 9.0)] == pytest.approx(times)


def test_pictures_of_a_transport_stream_that_begin_a_moment_after_the_sound_are_seen_from_the_first_on(
    tmp_path: Path,
) -> None:
    times = [0.01 + time_s for time_s in footage.every_frame(3.2)]
    pictures, path = footage.write(tmp_path / "pictures.mp4", [], times, bidirectional=2), tmp_path / "clip.ts"
    with av.open(str(pictures)) as source, av.open(str(path), "w") as container:
        video = container.add_stream_from_template(source.streams.video[0])
        sound = container.add_stream("mp2", rate=48_000)
        for start in range(0, 48_000 * 3, 1152):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 2304), np.int16), format="s16", layout="stereo")
            silence.pts, silence.sample_rate = start, 48_000
            container.mux(sound.encode(silence))
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                container.mux(packet)
    starts = [shot.start_s for shot in seen(path, 0.0, 9.0, "mpegts")]
    assert starts == pytest.approx([starts[0] + time_s for time_s in footage.every_frame(3.2)], abs=1e-4)
    assert 0.0 < starts[0] < 0.1


def test_a_format_that_cannot_be_entered_before_its_first_frame_is_entered_there(tmp_path: Path) -> None:
    path = footage.write(tmp_path / "clip.avi", [], footage.every_frame(1.0))
    whole = [shot.start_s for shot in seen(path, 0.0, 9.0, "avi")]
    assert [shot.start_s for shot in seen(path, -1.0, 9.0, "avi")] == whole
    assert whole[0] < 0.1


@pytest.mark.parametrize("bidirectional", [0, 3])
@pytest.mark.parametrize("start", [0, 25])
def test_a_format_that_does_not_say_when_frames_are_shown_has_each_at_its_time(
    tmp_path: Path, bidirectional: int, start: int
) -> None:
    path = tmp_path / "clip.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"bf": str(bidirectional), "g": "20"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for at in range(50):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 4 * at + 20, np.uint8), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    found = seen(path, start / RATE, 9.0, "avi")
    assert [shot.start_s * RATE for shot in found] == pytest.approx(range(start, 50))
    shown = [(float(shot.frame.to_ndarray(format="gray").mean()) - 20) / 4 for shot in found]
    assert shown == pytest.approx(range(start, 50), abs=0.5)


def test_a_range_behind_the_end_has_no_frames(clip: Path, tmp_path: Path) -> None:
    assert decoding.main(request(clip, tmp_path, start_s=30.0)) == {"reads": []}
    assert list(tmp_path.iterdir()) == []


def test_each_caption_is_written_out_while_it_is_on_screen(clip: Path, tmp_path: Path) -> None:
    answer = decoding.main(request(clip, tmp_path))
    timeline = load(tmp_path, answer["reads"])
    times = [timeline.starts[read["frame"]] for read in answer["reads"]]
    for caption in CAPTIONS:
        assert any(caption.start_s <= time_s < caption.end_s for time_s in times)
    assert len(times) <= 4
    numbers = range(len(times))
    assert {file.name for file in tmp_path.glob("*.npy")} == {
        f"{number}{end}" for number in numbers for end in (".npy", ".still.npy")
    }
    assert {file.name for file in tmp_path.glob("*.jpg")} == {f"{read['frame']}.jpg" for read in answer["reads"]}


def test_a_frame_that_is_read_still_tells_that_the_writing_before_it_is_gone(clip: Path, tmp_path: Path) -> None:
    answer = decoding.main(request(clip, tmp_path))
    errors = np.load(tmp_path / "timeline.npz")["errors"]
    second = next(read for read in answer["reads"] if read["frame"] >= 40 and read["top"] > HEIGHT / 2)
    assert 2 * errors[39].sum() < errors[40].sum() < 2 * errors[second["frame"]].sum()


def off(answer: dict[str, Any], scratch: Path, shown: NDArray[np.uint8]) -> float:
    """Mean difference of the first piece from where it should be in what was shown, red-green-blue."""
    read = answer["reads"][0]
    piece = shown[read["top"] : read["bottom"], read["left"] : read["right"], ::-1]
    return float(np.abs(np.load(scratch / "0.npy").astype(int) - piece).mean())


def test_a_piece_is_what_was_on_screen_there(clip: Path, tmp_path: Path) -> None:
    answer = decoding.main(request(clip, tmp_path))
    assert (answer["width"], answer["height"]) == (WIDTH, HEIGHT)
    assert off(answer, tmp_path, footage.draw(CAPTIONS, answer["reads"][0]["frame"] / RATE)) < 8


def test_a_still_shows_the_very_frame_that_was_read(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = footage.write(tmp_path / "clip.mp4", CAPTIONS, footage.every_frame(3.2), background=footage.moving)
    answer = decoding.main(request(path, scratch))
    assert answer["reads"]
    for read in answer["reads"]:
        still = cv2.imread(str(scratch / f"{read['frame']}.jpg"))
        assert still is not None
        off = [
            np.abs(still[:, :, ::-1].astype(int) - footage.draw(CAPTIONS, frame / RATE, footage.moving)).mean()
            for frame in range(read["frame"] - 2, read["frame"] + 3)
        ]
        assert int(np.argmin(off)) == 2


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_a_turned_picture_is_read_upright(tmp_path: Path, turned: int) -> None:
    path = footage.write(tmp_path / "turned.mp4", CAPTIONS, footage.every_frame(1.0), turned=turned)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    answer = decoding.main(request(path, scratch))
    upright = (WIDTH, HEIGHT) if turned == 180 else (HEIGHT, WIDTH)
    assert (answer["width"], answer["height"]) == upright
    shown = footage.draw(CAPTIONS, answer["reads"][0]["frame"] / RATE)
    assert off(answer, scratch, np.rot90(shown, turned // 90)) < 8


def test_pixels_that_are_not_square_are_displayed_square() -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((576, 720, 3), np.uint8), format="rgb24")
    assert displayed_size(frame, 64 / 45) == (1024, 576)
    assert picture(frame, (720, 576), 64 / 45).shape == (576, 1024, 3)
    assert displayed_size(frame, 0.5) == (720, 1152)


def test_a_huge_picture_is_scaled_down() -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((2160, 3840, 3), np.uint8), format="rgb24")
    assert picture(frame, (3840, 2160)).shape == (1080, 1920, 3)


def test_a_file_that_is_no_medium_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("this is no film " * 100)
    with pytest.raises(Refused, match="media_damaged"):
        decoding.main(request(path, tmp_path))


def test_a_playlist_named_mp4_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    with pytest.raises(Refused, match="media_damaged"):
        decoding.main(request(path, tmp_path))


def test_an_unknown_format_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="unsupported_format"):
        decoding.main(request(clip, tmp_path, format="nonsense"))


def test_a_medium_without_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(Refused, match="no_video_track"):
        decoding.main(request(path, tmp_path))


def test_a_second_look_cuts_the_box_out_of_frames_spread_over_the_span(clip: Path, tmp_path: Path) -> None:
    box = [200, 290, 240, 40]
    answer = second_look.main(request(clip, tmp_path, start_s=0.4, end_s=1.6, box=box, samples=4))
    assert [look["at_s"] for look in answer["looks"]] == pytest.approx([0.4, 0.72, 1.0, 1.32])
    for look in answer["looks"]:
        assert np.load(tmp_path / look["picture"]).shape == (61, 261, 3)


def test_a_second_look_at_a_single_frame_has_one_picture(clip: Path, tmp_path: Path) -> None:
    answer = second_look.main(request(clip, tmp_path, start_s=1.0, end_s=1.04, box=[0, 0, 90, 90], samples=5))
    assert [look["at_s"] for look in answer["looks"]] == [1.0]


def test_memory_that_runs_out_is_no_damage_of_the_medium(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("av.open", mock.Mock(side_effect=av.error.MemoryError(12, "Cannot allocate memory")))
    with pytest.raises(MemoryError):
        decoding.main(request(clip, tmp_path))
