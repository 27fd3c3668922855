"""Two thousand seeded mutants of valid clips: each ends in an answer or a reason; none hangs, no worker is lost."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.integration.media import clips
from tests.integration.media.cases import FINE
from tests.integration.media.mutants import mutant
from tests.integration.media.pipeline import SEGMENT_S, Examined, examined

MUTANTS = 182
"""Of each of eleven containers."""
REFUSALS = {
    *("media_not_recognised", "media_truncated", "media_damaged", "media_encrypted", "media_no_tracks"),
    *(
        "media_clock_restarts",
        "media_too_many_tracks",
        "media_picture_too_large",
        "media_undecodable",
        "media_zero_duration",
        "media_too_long",
    ),
}
COSTS_AN_ATTEMPT = {"child_died", "child_failed", "child_timeout", "child_out_of_memory"}


@pytest.mark.parametrize("container", clips.CONTAINERS)
async def test_every_mutant_ends_with_an_answer_or_a_reason(container: str, tmp_path: Path) -> None:
    clip = clips.write(tmp_path / "clip", container, seconds=1.0)
    paths = [tmp_path / str(seed) for seed in range(MUTANTS)]
    for seed, path in enumerate(paths):
        path.write_bytes(mutant(clip.read_bytes(), seed))

    whole = await examined(clip)
    at_once = asyncio.Semaphore(2)

    async def ended(path: Path) -> Examined:
        async with at_once:
            return await examined(path)

    found = await asyncio.gather(*map(ended, paths))

    ends = Counter(each.end for each in found)
    assert whole.end == FINE
    assert set(ends) <= {FINE} | REFUSALS | COSTS_AN_ATTEMPT, ends
    assert sum(ends[reason] for reason in COSTS_AN_ATTEMPT) <= MUTANTS / 20, ends
    assert any(each != whole for each in found), "no mutation made a difference"
    for each in found:
        if each.end == FINE:
            assert 0 < each.media["duration_s"] <= 6 * 3600
            samples = [answer["samples"] for answer in each.answers if "samples" in answer]
            assert all(count <= SEGMENT_S * 16_000 for count in samples)


def test_the_same_seed_gives_the_same_mutant() -> None:
    clip = bytes(range(256)) * 40
    assert mutant(clip, 7) == mutant(clip, 7)
    assert len({mutant(clip, seed) for seed in range(50)}) > 40
