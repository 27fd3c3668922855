"""Subtitle files become timed lines, or are refused as a whole."""

import pytest
from telop_ingest.transcripts import MAX_LINE, Line, Malformed, read

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> there\r\n\r\n"
    "2\r\n00:00:03,000 --> 00:00:04,000\r\n- Yes\r\n- No\r\n"
)
VTT = "WEBVTT\n\nNOTE a note\n\nintro\n00:01.000 --> 00:02.500 align:start\n<v Ann>Hello &amp; welcome\n"
TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25"><body><div>
<p begin="00:00:01.500" end="00:00:02:05">Hello<br/><span>there</span></p><p begin="3s" dur="500ms">Yes</p>
</div></body></tt>"""


def test_subrip_is_read_without_mark_up() -> None:
    assert read(SRT.encode(), "srt", 10) == (Line(1.0, 2.5, "Hello there"), Line(3.0, 4.0, "- Yes\n- No"))


def test_webvtt_is_read_without_notes_voices_and_settings() -> None:
    assert read(VTT.encode(), "vtt", 10) == (Line(1.0, 2.5, "Hello & welcome"),)


def test_ttml_knows_clock_times_frames_and_offsets() -> None:
    assert read(TTML.encode(), "ttml", 10) == (Line(1.5, 2.2, "Hello\nthere"), Line(3.0, 3.5, "Yes"))


def test_plain_text_shares_the_medium_in_proportion() -> None:
    assert read("\ufeffone two\n\nthree\n".encode(), "txt", 12) == (Line(0.0, 7.0, "one two"), Line(7.0, 12.0, "three"))


def test_an_over_long_line_is_cut_and_nothing_is_lost() -> None:
    lines = read(("x" * (MAX_LINE + 500)).encode(), "txt", 10)
    assert [len(line.text) for line in lines] == [MAX_LINE, 500]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "srt"),
        (b"no cue at all", "srt"),
        (b"\xff\xfe\x00", "srt"),
        (SRT.encode(), "vtt"),
        (b"<tt", "ttml"),
        (TTML.replace("<tt ", '<!DOCTYPE tt [<!ENTITY a "b">]><tt ').encode(), "ttml"),
        (TTML.replace("3s", "soon").encode(), "ttml"),
        (b"1\n00:00:05,000 --> 00:00:01,000\nbackwards\n", "srt"),
    ],
)
def test_what_is_not_the_format_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(Malformed):
        read(data, kind, 10)
