"""The committed clip and its truth are what the demo promises, and the generator writes the variants tests need."""

from pathlib import Path

import av
import numpy as np
import pytest
from telop_cli.demo import clip, speech
from telop_cli.demo.picture import Picture
from telop_cli.demo.truth import ASSETS, Telop, Truth
from telop_cli.demo.truth import TRUTH as TRUTH_FILE

TRUTH = Truth.read(ASSETS / TRUTH_FILE)


def test_the_clip_is_what_its_truth_says() -> None:
    path = ASSETS / TRUTH.clip
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(TRUTH.duration_s, abs=0.1)
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (TRUTH.width, TRUTH.height)
        assert video.average_rate == TRUTH.frame_rate
    assert 20 <= TRUTH.duration_s <= 30
    assert path.stat().st_size <= 3_000_000


def test_five_kinds_of_mistakes_are_planted_among_correct_lines() -> None:
    kinds = {telop.mistake.kind for telop in TRUTH.planted if telop.mistake}

    assert kinds >= {"spelling", "wrong_word", "name", "number", "duplicate"}
    assert len(TRUTH.telops) - len(TRUTH.planted) >= 4


def test_planted_spans_stand_where_the_truth_says() -> None:
    for telop in TRUTH.planted:
        mistake = telop.mistake
        assert mistake
        assert telop.written[mistake.start : mistake.end] == mistake.wrong
        assert telop.written not in mistake.repaired


def test_a_truth_is_read_as_it_was_written(tmp_path: Path) -> None:
    TRUTH.write(tmp_path / "truth.json")

    assert Truth.read(tmp_path / "truth.json") == TRUTH
    assert (tmp_path / "truth.json").read_bytes() == (ASSETS / TRUTH_FILE).read_bytes()


@pytest.mark.parametrize(("with_picture", "with_sound"), [(True, False), (False, True), (True, True)])
def test_a_clip_has_just_the_tracks_it_was_given(tmp_path: Path, with_picture: bool, with_sound: bool) -> None:
    path = tmp_path / "short.mp4"
    pictures = clip.frames(Picture(320, 180), [Telop(0.2, 0.8, "Short", None)], 1.0) if with_picture else None
    clip.encode(path, pictures, speech.silence(1.0) if with_sound else None)

    with av.open(str(path)) as container:
        assert (len(container.streams.video), len(container.streams.audio)) == (int(with_picture), int(with_sound))


def test_a_caption_is_burned_in_while_it_is_shown() -> None:
    pictures = list(clip.frames(Picture(320, 180), [Telop(0.2, 0.8, "Short", None)], 1.0))
    brightest = [int(np.max(picture[120:, :, 0])) for picture in pictures]

    assert [light > 240 for light in brightest] == [0.2 <= number / clip.FRAME_RATE < 0.8 for number in range(25)]


def test_the_generator_names_the_tool_that_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert clip.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == "clip: making speech needs the `flite` command (Debian: flite)\n"
