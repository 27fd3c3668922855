"""Markers stand at the exact frame, and what is written in a caption never becomes syntax."""

import re
from xml.etree import ElementTree

import pytest
from telop_ingest.markers import Mark, as_avid, as_edl, as_fcpxml, as_srt, as_vtt
from telop_ingest.timecodes import Clock
from telop_ingest.transcripts import read

NASTY = 'spelling: "a|b\t<c> & --> \n\nd" \u2028 end'
MARKS = [Mark(1.0, 2.5, "issue", NASTY), Mark(60.06, 60.07, "blocker", "name")]


def clock(rate: float, start: str | None = None) -> Clock:
    found = Clock.of(rate, start)
    assert found is not None
    return found


def test_an_edl_has_an_event_and_a_marker_for_each_mark() -> None:
    lines = as_edl("news", MARKS, clock(25.0, "10:00:00:00")).split("\r\n")
    assert lines[:2] == ["TITLE: news", "FCM: NON-DROP FRAME"]
    assert lines[3].split() == ["001", "001", "V", "C", *["10:00:01:00", "10:00:01:01"] * 2]
    assert lines[4] == ' |C:ResolveColorYellow |M:spelling: "a/b <c> & --> d" end |D:37'
    assert lines[7].endswith("|M:name |D:1")


def test_an_avid_marker_is_a_line_of_six_fields() -> None:
    rows = [row.split("\t") for row in as_avid("Telopcheck", MARKS, clock(30000 / 1001)).splitlines()]
    assert [len(row) for row in rows] == [6, 6]
    assert [row[1] for row in rows] == ["00:00:00;29", "00:01:00;02"]
    assert [row[3] for row in rows] == ["Yellow", "Red"]


def test_fcpxml_has_exact_times_in_the_timecode_of_the_medium() -> None:
    root = ElementTree.fromstring(as_fcpxml("a & b", MARKS, clock(30000 / 1001, "01:00:00;00"), 120.0))
    sequence, gap = root.find(".//sequence"), root.find(".//gap")
    assert sequence is not None
    assert gap is not None
    assert (sequence.get("tcFormat"), gap.get("start")) == ("DF", "8999991/2500s")
    markers = root.findall(".//marker")
    assert markers[0].get("value") == 'spelling: "a|b <c> & --> d" end'
    for marker in markers:
        seconds = re.fullmatch(r"(\d+)/(\d+)s", marker.get("start") or "")
        assert seconds is not None
        assert int(seconds[1]) * 30000 % (int(seconds[2]) * 1001) == 0


@pytest.mark.parametrize(("kind", "text"), [("srt", as_srt(MARKS)), ("vtt", as_vtt(MARKS))])
def test_subtitles_are_read_back_as_they_were(kind: str, text: str) -> None:
    lines = read(text.encode(), kind, 100.0)
    assert [(line.start_s, line.end_s) for line in lines] == [(1.0, 2.5), (60.06, 60.07)]
    assert lines[0].text.startswith('[issue] spelling: "a|b')


def test_no_findings_make_empty_but_valid_files() -> None:
    assert as_vtt([]) == "WEBVTT\n\n"
    assert as_srt([]) == as_avid("Telopcheck", [], clock(25.0)) == ""
    assert ElementTree.fromstring(as_fcpxml("x", [], clock(25.0), 1.0)).findall(".//marker") == []
