"""Timecodes are those of an editing system."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_ingest.timecodes import Counting, ImpossibleTimecode, checked, exact, timecode

NTSC_30, NTSC_60 = Fraction(30000, 1001), Fraction(60000, 1001)
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), NTSC_30, Fraction(30), Fraction(50), NTSC_60, Fraction(60)]


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


@pytest.mark.parametrize(
    ("rate", "text", "frame"),
    [  # SMPTE ST 12-1: 17,982 frames in ten minutes of drop-frame, 107,892 in an hour, 2,589,408 in a day
        (NTSC_30, "00:00:59;29", 1799),
        (NTSC_30, "00:01:00;02", 1800),
        (NTSC_30, "00:02:00;02", 3598),
        (NTSC_30, "00:09:59;29", 17_981),
        (NTSC_30, "00:10:00;00", 17_982),
        (NTSC_30, "01:00:00;00", 107_892),
        (NTSC_30, "23:59:59;29", 2_589_407),
        (NTSC_60, "00:01:00;04", 3600),
        (NTSC_60, "00:10:00;00", 35_964),
        (NTSC_60, "01:00:00;00", 215_784),
    ],
)
def test_drop_frame_numbers_are_the_published_ones(rate: Fraction, text: str, frame: int) -> None:
    counting = Counting.of(rate, drop=True)
    assert (counting.number(text), counting.text(frame)) == (frame, text)


@given(st.sampled_from(RATES), st.booleans(), st.integers(0, 2_500_000))
def test_a_frame_and_its_timecode_tell_each_other(rate: Fraction, drop: bool, frame: int) -> None:
    counting = Counting.of(rate, drop=drop and rate in {NTSC_30, NTSC_60})
    frame %= counting.number(f"23:59:59:{counting.nominal - 1:02}") + 1
    assert counting.number(counting.text(frame)) == frame


@given(st.sampled_from(RATES), st.integers(0, 1_200_000), st.sampled_from([3, 6, 9]))
def test_the_time_of_a_frame_leads_back_to_it_at_the_stored_rate_and_precision(
    rate: Fraction, frame: int, digits: int
) -> None:
    stored = round(float(rate), 6)
    counting = Counting.of(rate, drop=rate in {NTSC_30, NTSC_60})
    day = counting.number(f"23:59:59:{counting.nominal - 1:02}") + 1
    assert timecode(round(float(frame / rate), digits), stored) == counting.text(frame % day)


@pytest.mark.parametrize("rate", RATES)
def test_a_stored_rate_is_exact_again(rate: Fraction) -> None:
    assert exact(round(float(rate), 6)) == rate


def test_a_measured_rate_next_to_an_ntsc_rate_is_that_rate() -> None:
    assert exact(29.9698) == NTSC_30


@pytest.mark.parametrize(
    ("start", "rate"),
    [("00:01:00;00", 29.97003), ("10:00:00:25", 25.0), ("10:00:00;00", 25.0), ("10:00:00;00", 30.0), ("9:0:0:0", 25.0)],
)
def test_a_timecode_that_no_frame_bears_is_impossible(start: str, rate: float) -> None:
    with pytest.raises(ImpossibleTimecode):
        checked(start, rate)


def test_frames_are_counted_from_the_first_picture_and_not_from_the_sound_before_it() -> None:
    assert timecode(1.12, 25.0, "10:00:00:00", 0.12) == "10:00:01:00"
    assert timecode(1.12, 25.0, "10:00:00:00", 0.0) == "10:00:01:03"
