"""What is known of a programme from before."""

from dataclasses import replace

from telop_matcher.matching.memory import NEW, STILL_THERE, Known, mistake_id, remember
from telop_matcher.matching.values import ISSUE, Blame, Finding, Kind, Relation
from telop_matcher.matching.verdicts import Unchecked

WRITTEN = "The goverment resigned"
MISSPELT = Finding(
    *(Kind.SPELLING, ISSUE, 10.0, 12.0, WRITTEN, "", 4, 13, "government"),
    *(Relation.UNSPOKEN, Blame.CAPTION, 0.9),
)
MOVED = replace(MISSPELT, start_s=70.0, end_s=72.0, written="THE GOVERMENT RESIGNED")
OTHER = replace(MISSPELT, written="A comittee met", start=2, end=10, suggestion="committee")


def test_a_mistake_keeps_its_id_when_it_moves_and_gets_another_in_another_caption_or_kind() -> None:
    assert mistake_id(MISSPELT) == mistake_id(MOVED)
    others = [OTHER, replace(MISSPELT, kind=Kind.NAME), replace(MISSPELT, start=0, end=3)]
    assert mistake_id(MISSPELT) not in map(mistake_id, others)


def test_findings_are_new_still_there_or_fixed() -> None:
    known = Known(earlier=[MISSPELT, OTHER])
    new = replace(MISSPELT, written="Teh end", start=0, end=3, suggestion="The")
    remembered = remember([MOVED, new], known, [])
    assert [each.since_earlier for each in remembered.findings] == [STILL_THERE, NEW]
    assert remembered.fixed == [1]


def test_a_mistake_is_still_there_under_another_kind_and_beside_another_slip_of_the_reader() -> None:
    again = replace(MISSPELT, kind=Kind.WRONG_WORD, written="The goverment resiqned")
    remembered = remember([again], Known(earlier=[MISSPELT]), [])
    assert (remembered.findings[0].since_earlier, remembered.fixed) == (STILL_THERE, [])


def test_the_same_wrong_word_in_another_caption_is_another_mistake() -> None:
    elsewhere = replace(MISSPELT, written="Voters want a new goverment by spring", start=18, end=27)
    remembered = remember([elsewhere], Known(earlier=[MISSPELT]), [])
    assert (remembered.findings[0].since_earlier, remembered.fixed) == (NEW, [0])


def test_what_was_not_looked_at_is_not_called_fixed() -> None:
    gap = Unchecked("ocr", 0.0, 30.0, "child_timeout")
    assert remember([], Known(earlier=[MISSPELT]), [gap]).fixed == []
    assert remember([], Known(earlier=[MISSPELT]), [replace(gap, stage="asr")]).fixed == [0]


def test_without_an_earlier_job_nothing_is_new() -> None:
    remembered = remember([MISSPELT], Known(), [])
    assert (remembered.findings, remembered.fixed) == ([MISSPELT], [])


def test_a_decision_silences_the_same_mistake_and_no_other() -> None:
    known = Known(suppressions={mistake_id(MISSPELT): "intended"})
    remembered = remember([MOVED, OTHER, replace(MISSPELT, kind=Kind.NG_WORD)], known, [])
    assert [each.suppressed for each in remembered.findings] == ["intended", None, None]
