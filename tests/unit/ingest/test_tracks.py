"""Of several audio tracks the one is heard, and probed, that carries the programme."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.stream import Disposition
from numpy.typing import NDArray
from telop_chassis.sandbox import Refused
from telop_ingest import probing

from tests.unit.asr.sound_files import silence, tone, write

PLAIN = Disposition(0)


def probed(path: Path, language: str = "en") -> dict[str, Any]:
    request = {"path": str(path), "language": language, "max_pixels": 8192 * 4320, "max_duration_s": 21_600.0}
    return probing.main(request)


def chosen(
    path: Path, *tracks: tuple[NDArray[np.int16], str], dispositions: Sequence[Disposition] = (), language: str = "en"
) -> int:
    track: int = probed(write(path, *tracks, codec="flac", dispositions=dispositions), language)["audio_track"]
    return track


@pytest.mark.parametrize(("language", "track"), [("en-GB", 1), ("ja", 0), ("de", 2), ("fr", 0)])
def test_the_track_of_the_job_s_language_is_heard(language: str, track: int, tmp_path: Path) -> None:
    tracks = [(tone(300, 1), "jpn"), (tone(500, 1), "eng"), (tone(700, 1), "ger")]
    assert chosen(tmp_path / "a.mkv", *tracks, dispositions=(Disposition.default, PLAIN), language=language) == track


@pytest.mark.parametrize(
    "other",
    [Disposition.comment, Disposition.visual_impaired | Disposition.descriptions, Disposition.hearing_impaired],
)
def test_commentary_and_descriptions_are_not_the_programme_whatever_their_language(
    other: Disposition, tmp_path: Path
) -> None:
    tracks = [(tone(300, 1), "eng"), (tone(700, 1), "jpn")]
    assert chosen(tmp_path / "a.mkv", *tracks, dispositions=(other | Disposition.default, PLAIN)) == 1


def test_of_tracks_in_no_language_the_default_is_heard(tmp_path: Path) -> None:
    tracks = [(tone(300, 1), "und"), (tone(700, 1), "und")]
    assert chosen(tmp_path / "a.mkv", *tracks, dispositions=(PLAIN, Disposition.default)) == 1


def test_of_tracks_alike_the_first_is_heard_that_is_not_empty(tmp_path: Path) -> None:
    late = np.concatenate([silence(28), tone(300, 12)])
    tracks = [(silence(40), "und"), (late, "und"), (tone(700, 40), "und")]
    alike = (PLAIN,) * 3
    assert chosen(tmp_path / "a.mkv", *tracks, dispositions=alike) == 1
    assert chosen(tmp_path / "b.mkv", tracks[1], tracks[2], dispositions=alike) == 0
    assert chosen(tmp_path / "c.mkv", tracks[0], tracks[0], dispositions=alike) == 0


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_track_that_nothing_decodes_is_passed_over(unknown: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", (tone(300, 1), "eng"), (tone(700, 1), "eng"), codec="pcm_s16le")
    codec = b"A_PCM/INT/LIT"
    parts = path.read_bytes().split(codec)
    path.write_bytes(
        (codec if unknown else b"A_NONSENSE/42").join(parts[:2]) + (b"A_NONSENSE/42" if unknown else codec) + parts[2]
    )
    assert probed(path)["audio_track"] == 1 - unknown


def test_a_file_whose_only_track_nothing_decodes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", (tone(300, 1), "eng"), codec="pcm_s16le")
    path.write_bytes(path.read_bytes().replace(b"A_PCM/INT/LIT", b"A_NONSENSE/42"))
    with pytest.raises(Refused, match="media_undecodable"):
        probed(path)
