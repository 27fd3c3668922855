"""Speech that two segments share comes out of them, stitched, as if it had been heard at once."""

from functools import cache

import numpy as np
from telop_asr.engines.pocketsphinx import PocketSphinxEngine
from telop_asr.handlers import REACH_S
from telop_asr.transcription import SAMPLE_RATE as RATE
from telop_asr.transcription import HeardWord, shifted, within
from telop_asr.voice import Stretch, on_frame, stretches
from telop_matcher.matching.stitching import Part, stitch_words
from telop_matcher.matching.values import Word

from tests.unit.asr import news

ENGINE = PocketSphinxEngine()


@cache
def heard(start_s: float, end_s: float, reach_s: float = REACH_S) -> list[HeardWord]:
    """A range as asr hears it."""
    from_s = on_frame(start_s - reach_s)
    sound = news.sound()[round(from_s * RATE) : round((end_s + reach_s) * RATE)]
    inner = Stretch(round((start_s - from_s) * RATE), round((end_s - from_s) * RATE))
    words = ENGINE.hear(sound, stretches(sound, inner), "en", ()).words
    return within(shifted(words, from_s), start_s, end_s)


def part(start_s: float, end_s: float) -> Part[Word]:
    words = (Word(each.text, each.start_s, each.end_s, each.confidence) for each in heard(start_s, end_s))
    return Part(start_s, end_s, tuple(words))


def test_no_word_at_a_seam_is_lost_or_doubled() -> None:
    stitched = [word.text for word in stitch_words([part(0.0, 9.0), part(7.0, 16.0)])]
    assert stitched == [word.text for word in heard(0.0, 16.0)]
    assert len(stitched) > 25


def test_a_word_that_an_edge_cuts_is_heard_whole_and_marked_open_on_both_sides() -> None:
    cut = next(word for word in heard(0.0, 16.0) if word.start_s > 6.0 and word.end_s - word.start_s > 0.3)
    edge_s = round((cut.start_s + cut.end_s) / 2 + 0.02, 2)

    before, after = heard(0.0, edge_s)[-1], heard(edge_s - 0.04, 16.0)[0]

    assert (before.text, before.open_start, before.open_end, before.end_s) == (cut.text, False, True, edge_s)
    assert (after.text, after.open_start, after.open_end) == (cut.text, True, False)


def speech_at(seam_s: float, start_s: float, end_s: float, reach_s: float) -> set[tuple[int, int]]:
    """The stretches of a range that touch the half second around a seam, to a frame, from the medium's beginning."""
    first = round(on_frame(start_s - reach_s) * RATE)
    inner = Stretch(round(start_s * RATE) - first, round(end_s * RATE) - first)
    found = stretches(news.sound()[first : round((end_s + reach_s) * RATE)], inner)
    return {
        (round((each.first + first) / 512), round((each.until + first) / 512))
        for each in found
        if each.first + first < (seam_s + 0.25) * RATE and each.until + first > (seam_s - 0.25) * RATE
    }


def test_segments_hear_the_same_stretches_of_speech_where_they_are_stitched() -> None:
    seams = [29.0, 57.0, 85.0, 113.0, 141.0]
    same = {
        reach_s: sum(
            speech_at(seam_s, seam_s - 29, seam_s + 1, reach_s) == speech_at(seam_s, seam_s - 1, seam_s + 29, reach_s)
            for seam_s in seams
        )
        for reach_s in (1.0, REACH_S)
    }
    assert same[REACH_S] == len(seams)
    assert same[1.0] < len(seams) - 1


def test_silence_around_a_range_is_no_speech() -> None:
    assert stretches(np.zeros(RATE, np.int16), Stretch(0, RATE)) == []
