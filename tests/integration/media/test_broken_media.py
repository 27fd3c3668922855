"""Broken and malicious media end in a correct result or a reason code, within limits, and reach nothing else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import telop_ingest.probing
from telop_chassis.sandbox import run_child

from tests.integration.media import broken_files, broken_streams, clips
from tests.integration.media.cases import CASES, FINE, Case
from tests.integration.media.pipeline import LIMITS, decoding, examined, probing

COLLECTED = (broken_files, broken_streams)


def test_there_are_at_least_forty_of_them() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_broken_medium_ends_as_it_should(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "medium"
    case.write(path)
    assert (await examined(path)).end in case.ends


@pytest.mark.parametrize(
    ("write", "lasts_s"),
    [
        (broken_files.mp4_that_claims_to_be_shorter_than_it_is, 2.0),
        (broken_files.matroska_that_claims_to_be_shorter_than_it_is, 2.0),
        (broken_files.avi_that_claims_to_be_shorter_than_it_is, 2.0),
        (broken_files.flac_that_claims_to_be_shorter_than_it_is, 2.0),
        (broken_files.wav_that_was_written_as_a_stream, 2.0),
        (broken_files.transport_stream_with_noise_between_its_packets, 2.0),
        (broken_streams.beginning_inside_a_group_of_pictures, 4.0),
        (broken_streams.picture_that_changes_its_size, 3.9),
        (broken_streams.clock_that_wraps, 4.0),
        (broken_streams.time_stamps_with_a_flipped_bit, 4.0),
        (broken_streams.pictures_without_presentation_times, 2.0),
        (broken_streams.thousands_of_fragments, 20.0),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
async def test_what_is_fine_is_decoded_to_its_end(
    write: Callable[[Path], object], lasts_s: float, tmp_path: Path
) -> None:
    path, scratch = tmp_path / "medium", tmp_path / "scratch"
    write(path)
    scratch.mkdir()
    media = telop_ingest.probing.main(probing(path)[1])
    assert media["duration_s"] == pytest.approx(lasts_s, abs=0.15)
    for module, request in decoding(path, media, scratch):
        answer = await run_child(module, request, LIMITS, reads=[path], writes=[scratch])
        if "samples" in answer:
            assert answer["samples"] / 16_000 == pytest.approx(lasts_s, abs=0.15)
        else:
            times = np.load(scratch / "timeline.npz")["times"]
            assert times[-1, 1] == pytest.approx(lasts_s, abs=0.15)
            assert np.diff(times[:, 0]).max() < 0.5


@pytest.mark.parametrize("container", clips.CONTAINERS)
async def test_the_clips_that_they_are_made_from_are_fine(container: str, tmp_path: Path) -> None:
    assert (await examined(clips.write(tmp_path / "medium", container))).end == FINE
