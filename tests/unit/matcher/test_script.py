"""A supplied script is a third witness, and may itself be wrong."""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import judge
from telop_matcher.matching.script import Script, ScriptLine
from telop_matcher.matching.testimony import hear_script
from telop_matcher.matching.values import FYI, ISSUE, Blame, Finding, Kind, Rules, Telop

from tests.unit.matcher.programme import STUDIO, Line, stage, understood

SCRIPT = [ScriptLine(f"{text.capitalize()}.") for text in STUDIO]


def found(lines: list[Line], script: list[str], english: EnglishLexicon) -> list[Finding]:
    """Judge lines beside a script."""
    telops, words = stage(lines)
    judged = judge(telops, words, Rules(), english)
    return hear_script(judged, [*SCRIPT, *(ScriptLine(text) for text in script)]).findings


def test_what_script_and_sound_say_together_is_an_issue(english: EnglishLexicon) -> None:
    line = Line("The minister visited the hotel", "the minister visited the hospital")
    (finding,) = found(understood(line), ["The minister visited the hospital."], english)
    assert (finding.severity, finding.blame, finding.suggestion) == (ISSUE, Blame.CAPTION, "hospital")
    assert set(finding.witnesses) == {"script", "speech"}


def test_a_script_that_picture_and_sound_contradict_is_reported_for_information(english: EnglishLexicon) -> None:
    line = Line("The minister visited the harbour", "the minister visited the harbour")
    (finding,) = found(understood(line), ["The minister visited the hangar."], english)
    assert (finding.severity, finding.blame, finding.suggestion) == (FYI, Blame.SCRIPT, None)


def test_the_script_alone_accuses_nobody(english: EnglishLexicon) -> None:
    (finding,) = found(understood(Line("Open from 9 to 17", None)), ["Open from 9 to 18"], english)
    assert (finding.kind, finding.severity, finding.blame) == (Kind.NUMBER, FYI, Blame.UNDECIDABLE)


def test_a_number_that_the_script_has_as_written_was_misheard_or_misspoken(english: EnglishLexicon) -> None:
    line = Line("The fire destroyed 15 houses", "the fire destroyed fifty two houses")
    (alone,) = found(understood(line), [], english)
    assert (alone.severity, alone.witnesses) == (ISSUE, ("speech",))
    (cleared,) = found(understood(line), ["The fire destroyed fifteen houses."], english)
    assert (cleared.severity, cleared.blame) == (FYI, Blame.ASR)


def test_a_misspelling_is_no_better_for_being_copied_from_the_script(english: EnglishLexicon) -> None:
    line = Line("The goverment resigned", "the government resigned")
    (alone,) = found(understood(line), [], english)
    (copied,) = found(understood(line), ["The goverment resigned."], english)
    assert (copied.severity, copied.blame) == (alone.severity, Blame.CAPTION)
    assert len(copied.reasons) == len(alone.reasons) + 1


def test_a_stretch_of_the_script_has_the_words_between() -> None:
    passage = Script([ScriptLine("Now the number of people without work fell.")]).find(
        Telop("The number people without work", 1.0, 3.0)
    )
    assert passage is not None
    assert passage.stretch(4, 17) == "number of people"
    assert passage.stretch(4, 10) == "number"
    assert passage.instead == ()


def test_what_is_condensed_or_worded_otherwise_is_no_difference(english: EnglishLexicon) -> None:
    lines = [Line("Minister visited harbour", None), Line("Storm leaves thousands without power", None)]
    script = ["The minister visited the harbour yesterday.", "After the storm, many people had no electricity."]
    assert found(understood(*lines), script, english) == []


@pytest.mark.parametrize("times", [(None, None), (40.0, 44.0)])
def test_of_equal_passages_the_one_in_order_is_found(times: tuple[float | None, float | None]) -> None:
    lines = ["Good evening", "The vote is at five", "Now the weather", "The vote is at five!", "Good night"]
    script = Script([ScriptLine(text, *times) for text in lines])
    lines = [line for line in lines if line.startswith("The vote")]
    shown = [script.find(Telop(text, at * 9.0, at * 9.0 + 4)) for at, text in enumerate(lines)]
    assert [passage.text for passage in shown if passage] == lines


def test_a_timed_line_that_is_far_away_is_not_meant() -> None:
    script = Script([ScriptLine("The vote is at five", 3000.0, 3004.0)])
    assert script.find(Telop("The vote is at five", 10.0, 14.0)) is None
    assert script.find(Telop("The vote is at five", 2990.0, 2994.0)) is not None


def test_a_passage_says_what_stands_instead_in_a_script_without_spaces() -> None:
    script = Script([ScriptLine("本日の会議は中止です。"), ScriptLine("次は天気予報です。")])
    passage = script.find(Telop("本日の会議は注止です", 1.0, 3.0))
    assert passage is not None
    assert [(each.start, each.end, each.scripted) for each in passage.instead] == [(6, 7, "中")]


def test_a_number_in_figures_is_that_of_the_script_in_words_or_kanji() -> None:
    for written, scripted in (
        ("Then 300 people came", "Then three hundred people came"),
        ("きのう300人が来ました", "きのう三百人が来ました"),
    ):
        passage = Script([ScriptLine(scripted)]).find(Telop(written, 1.0, 3.0))
        assert passage is not None
        assert passage.instead == ()


def test_a_year_that_the_script_has_in_words_is_the_same(english: EnglishLexicon) -> None:
    line = Line("The bridge was built in 1872", "the bridge was built in eighteen seventy two")
    assert found(understood(line), ["The bridge was built in eighteen seventy two."], english) == []
