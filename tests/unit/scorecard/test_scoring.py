"""What counts as a hit, a repeat, a false alarm; and the intervals."""

from dataclasses import replace

import pytest
from telop_matcher.matching.values import FYI, ISSUE, Blame, Box, Finding, Kind, Relation, Rules, Telop, Word

from tests.scorecard import metrics
from tests.scorecard.intervals import Share, rate_interval
from tests.scorecard.labels import Labelled, Mistake, Programme, Shown, carried, from_json, misheard, to_json
from tests.scorecard.scoring import Outcome, score

WRONG = "The new hotel will open"


def programme(*labelled: Labelled) -> Programme:
    words = (Word("the", 0.0, 0.2),)
    return Programme("one", "en", "test", "news", "<5", 3600.0, labelled, words, ("the",), Rules(("Ann Lee",)))


def shown(text: str, mistake: Mistake | None = None, read: str | None = None) -> Labelled:
    return Labelled(Shown(text, 0.0, 2.0, "verbatim", mistake), Telop(read or text, 0.0, 2.0, Box(0, 0, 9, 9)))


def finding(written: str, start: int, end: int, blame: Blame = Blame.CAPTION, severity: str = ISSUE) -> Finding:
    place = (Kind.WRONG_WORD, severity, 0.0, 2.0, written, "", start, end, "x", Relation.VERBATIM)
    return Finding(*place, blame, 0.9)


MISTAKE = Mistake("wrong_word", 8, 13, "hospital")


def test_a_finding_on_the_mistake_hits_once_and_then_repeats() -> None:
    two = [finding(WRONG, 8, 13), finding(WRONG, 8, 18)]
    result = score(programme(shown(WRONG, MISTAKE)), two, [])
    assert [each.outcome for each in result.scored] == [Outcome.HIT, Outcome.REPEAT]
    assert result.missed == ()


def test_a_finding_beside_the_mistake_is_a_false_alarm_and_the_mistake_is_missed() -> None:
    result = score(programme(shown(WRONG, MISTAKE)), [finding(WRONG, 19, 23)], [])
    assert [each.outcome for each in result.scored] == [Outcome.FALSE_ALARM]
    assert len(result.missed) == 1


def test_blaming_the_reader_is_right_only_where_the_reading_differs() -> None:
    misread = shown("The new hotel", read="The nevv hotel")
    assert score(programme(misread), [finding("The nevv hotel", 4, 8, Blame.OCR)], []).scored[0].outcome == "explained"
    read_right = shown("The new hotel")
    scored = score(programme(read_right), [finding("The new hotel", 4, 7, Blame.OCR)], []).scored[0]
    assert (scored.outcome, scored.fault) == (Outcome.FALSE_ALARM, Blame.ASR)


def test_a_name_of_the_roster_with_its_capital_is_heard_right_and_another_word_is_not() -> None:
    heard = (Word("Ann", 0.0, 0.2), Word("Lee", 0.2, 0.4), Word("one", 0.4, 0.6))
    assert misheard(replace(programme(), said=("ann lee won",), words=heard)) == (1, 3)


def test_a_span_is_carried_into_a_text_that_differs() -> None:
    assert carried("The nevv hotel", "The new hotel", 4, 8) == (4, 7)
    assert carried("abc def", "abc def", 4, 7) == (4, 7)
    assert carried("in the town", "in the old town", 7, 11) == (11, 15)


def test_metrics_count_hits_misses_and_alarms_of_each_severity() -> None:
    result = score(
        programme(shown(WRONG, MISTAKE), shown("All is well")),
        [finding(WRONG, 8, 13), finding("All is well", 0, 3, severity=FYI)],
        [("verbatim", "verbatim")],
    )
    numbers = metrics.numbers([result])
    assert numbers["all_kinds"]["precision"]["value"] == 0.5
    assert numbers["all_kinds"]["recall"]["value"] == 1.0
    alarms = numbers["false_alarms_per_hour"]["all_programmes"]
    assert (alarms["any"]["events"], alarms["issue_or_blocker"]["events"]) == (1, 0)
    assert numbers["kinds"]["wrong_word"]["recall"]["of"] == 1


def test_a_programme_survives_its_file() -> None:
    whole = programme(shown(WRONG, MISTAKE), Labelled(None, Telop("noise", 1.0, 2.0)))
    assert from_json(to_json(whole)) == whole


def test_the_intervals_are_wilsons_and_byars() -> None:
    assert Share(95, 100).interval == pytest.approx((0.8882, 0.9785), abs=1e-3)
    assert rate_interval(0) == pytest.approx((0.0, 3.69), abs=0.03)  # exact upper bound: 3.689
    assert rate_interval(10) == pytest.approx((4.80, 18.39), abs=0.05)  # exact: 4.795 to 18.39
