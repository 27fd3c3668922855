"""Broken and malicious media end in a correct result or a reason code, within limits, and reach nothing else."""

from pathlib import Path

import pytest

from tests.integration.media import broken_files, broken_streams, clips
from tests.integration.media.cases import CASES, FINE, Case
from tests.integration.media.pipeline import end_of

COLLECTED = (broken_files, broken_streams)


def test_there_are_at_least_forty_of_them() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_broken_medium_ends_as_it_should(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "medium"
    case.write(path)
    assert await end_of(path) in case.ends


@pytest.mark.parametrize("container", clips.CONTAINERS)
async def test_the_clips_that_they_are_made_from_are_fine(container: str, tmp_path: Path) -> None:
    assert await end_of(clips.write(tmp_path / "medium", container)) == FINE
