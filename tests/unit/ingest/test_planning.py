"""Segments cover the medium, overlap, and say what cannot be recognised."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_ingest.planning import Media, cut, plan, progress


def _media(*, video: bool = True, audio: bool = True, duration_s: float = 70.0) -> Media:
    return Media(format="mov", duration_s=duration_s, has_video=video, has_audio=audio)


def test_a_short_medium_is_one_segment() -> None:
    assert [(s.start_s, s.end_s) for s in cut(12.5, 30, 2)] == [(0, 12.5)]


def test_a_medium_of_exactly_one_segment_is_not_cut() -> None:
    assert len(cut(30.0, 30, 2)) == 1


def test_neighbours_share_the_overlap() -> None:
    assert [(s.start_s, s.end_s) for s in cut(70, 30, 2)] == [(0, 30), (28, 58), (56, 70)]


@given(st.floats(min_value=0.01, max_value=50_000), st.floats(min_value=0, max_value=4))
def test_segments_cover_everything_once_more_than_the_overlap_never_less(duration_s: float, overlap_s: float) -> None:
    segments = cut(duration_s, 30, overlap_s)
    assert segments[0].start_s == 0
    assert segments[-1].end_s == duration_s
    for index, (left, right) in enumerate(itertools.pairwise(segments)):
        assert right.index == index + 1
        assert left.end_s - right.start_s == pytest.approx(overlap_s, abs=1e-5)
        assert right.end_s > left.end_s


def test_an_overlap_as_long_as_a_segment_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        cut(60, 4, 4)


def test_both_stages_take_every_segment() -> None:
    found = plan(_media(), has_transcript=False, segment_s=30, overlap_s=2)
    assert [(s.name, s.segments, s.skipped) for s in found.stages] == [("ocr", 3, None), ("asr", 3, None)]
    assert found.wanted == ("ocr", "asr")


def test_a_medium_without_sound_says_so() -> None:
    found = plan(_media(audio=False), has_transcript=False, segment_s=30, overlap_s=2)
    assert [(s.name, s.segments, s.skipped) for s in found.stages] == [("ocr", 3, None), ("asr", 0, "no_audio_track")]
    assert found.wanted == ("ocr",)


def test_a_medium_without_picture_says_so() -> None:
    found = plan(_media(video=False), has_transcript=False, segment_s=30, overlap_s=2)
    assert found.stages[0].skipped == "no_video_track"
    assert found.wanted == ("asr",)


def test_a_supplied_transcript_stands_in_for_the_sound() -> None:
    assert plan(_media(audio=False), has_transcript=True, segment_s=30, overlap_s=2).wanted == ("ocr", "asr")


def test_progress_of_a_plan_lies_between_plan_and_judgement() -> None:
    assert progress(0, 6) == 0.05
    assert progress(3, 6) == 0.5
    assert progress(6, 6) == progress(7, 6) == progress(0, 0) == 0.95
