"""Marker files as others read them: OpenTimelineIO reads the EDL and counts timecode, libxml2 validates FCPXML.

No editing system runs here. What each one does with the file beyond its format is not tested.
"""

import io
import re
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio
import pytest
from lxml import etree
from telop_ingest.markers import Mark, as_avid, as_edl, as_fcpxml
from telop_ingest.timecodes import Clock

FRAMES = (0, 1, 29, 1798, 1799, 1800, 1801, 3597, 17980, 17981, 17982, 17983, 107891, 107892, 215784)
"""With the seams of drop-frame: a whole minute, ten minutes, an hour."""
LASTS = 37
LENGTH = 220_000
TEXT = 'spelling: "recieve" & <i>\t|D:9 \u2028漢字'
TIME = re.compile(r"(\d+)(?:/(\d+))?s")
# The elements that we write, as Apple's documentation of FCPXML declares them: their children in order, and their
# attributes. A document that does not match its DTD is rejected whole.
DTD = """
<!ELEMENT fcpxml (resources?, library)>
<!ATTLIST fcpxml version CDATA #FIXED "1.9">
<!ELEMENT resources (format)*>
<!ELEMENT format EMPTY>
<!ATTLIST format id ID #REQUIRED name CDATA #IMPLIED frameDuration CDATA #IMPLIED>
<!ELEMENT library (event)*>
<!ELEMENT event (project)*>
<!ATTLIST event name CDATA #IMPLIED>
<!ELEMENT project (sequence)>
<!ATTLIST project name CDATA #IMPLIED>
<!ELEMENT sequence (spine)>
<!ATTLIST sequence format IDREF #REQUIRED duration CDATA #IMPLIED tcStart CDATA #IMPLIED
    tcFormat (DF | NDF) #IMPLIED>
<!ELEMENT spine (gap)*>
<!ELEMENT gap (marker)*>
<!ATTLIST gap name CDATA #IMPLIED offset CDATA #IMPLIED start CDATA #IMPLIED duration CDATA #REQUIRED>
<!ELEMENT marker EMPTY>
<!ATTLIST marker start CDATA #REQUIRED duration CDATA #IMPLIED value CDATA #REQUIRED note CDATA #IMPLIED>
"""


@dataclass(frozen=True)
class Medium:
    """A frame rate, and a start timecode or none: then drop-frame counts where it exists."""

    rate: Fraction
    start: str | None = None

    @property
    def clock(self) -> Clock:
        found = Clock.of(float(self.rate), self.start)
        assert found is not None
        return found

    @property
    def marks(self) -> list[Mark]:
        """A mark at each of the frames, with times that are rounded as those of telops are."""
        starts = [(float(round(at / self.rate, 3)), float(round((at + LASTS) / self.rate, 3))) for at in FRAMES]
        return [Mark(begin, end, "issue", TEXT) for begin, end in starts]

    @property
    def first(self) -> int:
        """The number of the first frame, as OpenTimelineIO counts."""
        return 0 if self.start is None else self.number(self.start)

    def number(self, timecode: str) -> int:
        """The frame that bears a timecode, as OpenTimelineIO counts."""
        return int(opentimelineio.opentime.from_timecode(timecode, float(self.rate)).value)


@pytest.fixture(
    params=[
        Medium(Fraction(25), "10:00:00:00"),
        Medium(Fraction(50)),
        Medium(Fraction(24000, 1001), "01:00:00:00"),
        Medium(Fraction(30000, 1001)),
        Medium(Fraction(30000, 1001), "00:59:58;00"),
        Medium(Fraction(30000, 1001), "01:00:00:00"),
        Medium(Fraction(60000, 1001)),
    ],
    ids=lambda medium: f"{float(medium.rate):.2f} from {medium.start}",
)
def medium(request: pytest.FixtureRequest) -> Medium:
    found = request.param
    assert isinstance(found, Medium)
    return found


def test_opentimelineio_reads_each_mark_of_an_edl_at_its_frame(medium: Medium) -> None:
    text = as_edl("news\n2", medium.marks, medium.clock)
    timeline = opentimelineio.adapters.read_from_string(text, "cmx_3600", rate=float(medium.rate))
    assert timeline.name == "news 2"
    clips = list(timeline.find_clips())
    assert [int(clip.source_range.start_time.value) - medium.first for clip in clips] == list(FRAMES)
    assert {clip.source_range.duration.value for clip in clips} == {1}
    comments = [list(clip.metadata["cmx_3600"]["comments"]) for clip in clips]
    assert comments == [[f'|C:ResolveColorYellow |M:spelling: "recieve" & <i> /D:9 漢字 |D:{LASTS}']] * len(FRAMES)


def test_each_avid_marker_bears_the_timecode_of_its_frame(medium: Medium) -> None:
    rows = [row.split("\t") for row in as_avid("Telopcheck", medium.marks, medium.clock).split("\r\n")[:-1]]
    assert [medium.number(row[1]) - medium.first for row in rows] == list(FRAMES)
    assert {len(row) for row in rows} == {6}
    assert {row[5] for row in rows} == {str(LASTS)}


def seconds(text: str | None) -> Fraction:
    found = TIME.fullmatch(text or "")
    assert found, text
    numerator, denominator = int(found[1]), int(found[2] or 1)
    assert numerator < 2**63
    assert denominator < 2**31
    return Fraction(numerator, denominator)


def test_fcpxml_matches_its_dtd_and_stands_on_whole_frames(medium: Medium) -> None:
    length_s = float(LENGTH / medium.rate)
    text = as_fcpxml('a "b" & <c>', medium.marks, medium.clock, length_s)
    document = etree.fromstring(text.encode())
    dtd = etree.DTD(io.StringIO(DTD))
    assert dtd.validate(document), dtd.error_log
    frame_s = seconds(document.find("resources/format").get("frameDuration"))
    assert frame_s * medium.rate == 1
    gap = document.find(".//gap")
    begins, lasts = seconds(gap.get("start")) / frame_s, seconds(gap.get("duration")) / frame_s
    assert [begins, lasts] == [medium.first, LENGTH]
    assert gap.get("offset") == gap.get("start")
    markers = gap.findall("marker")
    assert [seconds(each.get("start")) / frame_s - begins for each in markers] == list(FRAMES)
    assert {seconds(each.get("duration")) / frame_s for each in markers} == {LASTS}
    assert {each.get("value") for each in markers} == {'spelling: "recieve" & <i> |D:9 漢字'}


def test_the_dtd_of_these_tests_refuses_what_it_should() -> None:
    dtd = etree.DTD(io.StringIO(DTD))
    for wrong in (
        '<fcpxml version="1.9"><library><gap/></library></fcpxml>',
        '<fcpxml version="2"><library/></fcpxml>',
    ):
        assert not dtd.validate(etree.fromstring(wrong))
