"""One mistake is one finding, with every time that it is shown."""

from dataclasses import replace

from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.occurrences import gather
from telop_matcher.matching.values import FYI, ISSUE, Blame, Box, Finding, Kind, Relation

from tests.unit.matcher.programme import Line, findings, understood

BOX = Box(100, 440, 700, 48)
MISSPELT = "The goverment resigned"


def found(at_s: float, kind: Kind = Kind.SPELLING, severity: str = ISSUE, confidence: float = 0.9) -> Finding:
    place = (at_s, at_s + 2.0, MISSPELT, "", 4, 13, "government")
    return Finding(kind, severity, *place, Relation.UNSPOKEN, Blame.CAPTION, confidence, ("why",), BOX)


def times(finding: Finding) -> list[float]:
    return [each.start_s for each in finding.occurrences]


def test_a_misspelt_caption_that_is_shown_twelve_times_is_one_finding() -> None:
    (one,) = gather(found(at * 60.0) for at in range(12))
    assert times(one) == [at * 60.0 for at in range(12)]
    assert (one.start_s, one.end_s) == (0.0, 2.0)


def test_a_caption_that_comes_back_at_once_is_one_occurrence() -> None:
    (one,) = gather([found(10.0), found(13.0), found(30.0)])
    assert [(each.start_s, each.end_s) for each in one.occurrences] == [(10.0, 15.0), (30.0, 32.0)]


def test_case_and_space_make_no_other_caption_and_a_letter_does() -> None:
    same = replace(found(60.0), written="THE GOVERMENT  RESIGNED")
    other = replace(found(90.0), written="A goverment resigned", start=2, end=11)
    assert [len(each.occurrences) for each in gather([found(0.0), same, other])] == [2, 1]


def test_spans_that_overlap_are_one_finding_whatever_rules_say_so_and_the_weightiest_speaks() -> None:
    wider = replace(found(60.0, Kind.WRONG_WORD, FYI, 0.5), start=0, end=13)
    for order in ([found(0.0), wider], [wider, found(0.0)]):
        (one,) = gather(order)
        assert (one.kind, one.severity, times(one)) == (Kind.SPELLING, ISSUE, [0.0, 60.0])


def test_spans_that_do_not_overlap_stay_two() -> None:
    other = replace(found(0.0), start=14, end=22)
    assert [each.start for each in gather([found(0.0), other])] == [4, 14]


def test_two_numbers_that_are_to_be_different_stay_two() -> None:
    numbers = [replace(found(at, Kind.NUMBER), suggestion=right) for at, right in ((0.0, "15"), (60.0, "20"))]
    assert len(gather(numbers)) == 2


def test_a_forbidden_word_that_is_said_twice_is_one_finding() -> None:
    said = [
        replace(found(at, Kind.NG_WORD), written="", heard="damn", start=0, end=0, suggestion=None, box=None)
        for at in (5.0, 50.0)
    ]
    (one,) = gather(said)
    assert times(one) == [5.0, 50.0]


def test_a_misspelt_super_of_a_judged_programme_is_one_finding(english: EnglishLexicon) -> None:
    again = Line("The goverment resigned", None)
    lines = [line for plain in understood() for line in (plain, again)]
    (one,) = findings(lines, english)
    assert len(one.occurrences) == 6
