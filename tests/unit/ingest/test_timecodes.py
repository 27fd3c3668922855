"""Timecodes are those of an editing system."""

import pytest
from telop_ingest.timecodes import timecode


@pytest.mark.parametrize(
    ("at_s", "rate", "start", "expected"),
    [
        (0.0, 25.0, None, "00:00:00:00"),
        (1.0, 25.0, None, "00:00:01:00"),
        (61.96, 25.0, None, "00:01:01:24"),
        (10.0, 25.0, "10:00:00:00", "10:00:10:00"),
        (3600.0, 24.0, "23:30:00:00", "00:30:00:00"),
        (60.06, 30000 / 1001, None, "00:01:00;02"),
        (59.9933, 30000 / 1001, None, "00:00:59;28"),
        (600.6, 30000 / 1001, None, "00:10:00;18"),
        (3600.0, 30000 / 1001, None, "01:00:00;00"),
        (3600.0, 30000 / 1001, "01:00:00;00", "02:00:00;00"),
        (3600.0, 30000 / 1001, "01:00:00:00", "01:59:56:12"),
        (3600.0, 60000 / 1001, None, "01:00:00;00"),
        (1.0, 24000 / 1001, None, "00:00:00:23"),
    ],
)
def test_a_time_becomes_the_timecode_of_its_frame(at_s: float, rate: float, start: str | None, expected: str) -> None:
    assert timecode(at_s, rate, start) == expected


def test_drop_frame_counts_every_frame_and_skips_only_two_numbers_a_minute() -> None:
    rate = 30000 / 1001
    written = [timecode((frame + 0.5) / rate, rate) for frame in range(20_000)]
    assert len(set(written)) == len(written)
    assert "00:01:00;00" not in written
    assert "00:01:00;01" not in written
    assert "00:10:00;00" in written


def test_stored_times_that_were_rounded_keep_their_frame() -> None:
    rate = 30000 / 1001
    assert [timecode(round(frame / rate, 6), rate) for frame in (1, 2, 1799)] == [
        "00:00:00;01",
        "00:00:00;02",
        "00:00:59;29",
    ]


def test_sound_alone_has_no_timecode() -> None:
    assert timecode(5.0, 0.0) is None


def test_a_start_timecode_that_is_none_is_ignored() -> None:
    assert timecode(1.0, 25.0, "not a timecode") == "00:00:01:00"
