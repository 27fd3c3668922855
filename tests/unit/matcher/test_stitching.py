"""At the seams of segments nothing is doubled and nothing is lost."""

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from telop_matcher.matching.stitching import Part, stitch_telops, stitch_words
from telop_matcher.matching.values import Box, Reading, Telop, Word

PLACE = Box(100, 440, 700, 48)
CORNER = Box(20, 16, 200, 30)


def caption(text: str, start_s: float, end_s: float, box: Box = PLACE, frames: int = 10) -> Telop:
    return Telop(text, start_s, end_s, box, 0.98, frames, (Reading(text, 0.98, start_s),))


def seen(telops: list[Telop], start_s: float, end_s: float) -> Part[Telop]:
    """What a segment sees of captions: those that stand inside of it, cut at its edges."""
    cut = [
        replace(
            telop,
            start_s=max(telop.start_s, start_s),
            end_s=min(telop.end_s, end_s),
            open_start=telop.start_s < start_s,
            open_end=telop.end_s > end_s,
        )
        for telop in telops
        if telop.start_s < end_s and telop.end_s > start_s
    ]
    return Part(start_s, end_s, tuple(cut))


def times(telops: list[Telop]) -> list[tuple[str, float, float]]:
    return [(telop.text, telop.start_s, telop.end_s) for telop in telops]


PROGRAMME = [
    caption("EVENING NEWS", 0.0, 25.0, CORNER),
    caption("before the seam", 1.0, 7.9),
    caption("across the seam", 8.1, 11.0),
    caption("inside of the next", 12.0, 14.0),
    caption("ends at the edge", 15.0, 18.0),
    caption("in the overlap", 18.1, 18.9),
    caption("last", 19.2, 25.0),
]
SEGMENTS = [(0.0, 10.0), (8.0, 18.0), (16.0, 26.0)]


def test_every_caption_comes_out_once_and_whole_in_any_order_of_segments() -> None:
    parts = [seen(PROGRAMME, *edges) for edges in SEGMENTS]
    for order in itertools.permutations(parts):
        assert times(stitch_telops(order)) == times(PROGRAMME)


def test_joined_edges_are_closed_and_the_ends_stay_as_they_were() -> None:
    stitched = stitch_telops([seen(PROGRAMME, *edges) for edges in SEGMENTS])
    assert not any(telop.open_start or telop.open_end for telop in stitched)


def test_what_is_shown_for_two_hours_is_one_telop() -> None:
    programme = [caption("EVENING NEWS", 0.0, 7200.0, CORNER), caption("in the middle", 3598.5, 3602.0)]
    parts = [seen(programme, at * 28.0, min(at * 28.0 + 30.0, 7200.0)) for at in range(258)]
    assert times(stitch_telops(parts)) == times(programme)


def test_two_readings_of_one_caption_are_one_caption_with_both_readings() -> None:
    first = Part(0.0, 10.0, (replace(caption("EVENING NEWS", 0.0, 10.0, CORNER, frames=250), open_end=True),))
    other = Part(8.0, 18.0, (replace(caption("EVENINGNEWS", 8.0, 18.0, CORNER, frames=240), open_start=True),))
    (telop,) = stitch_telops([first, other])
    assert telop.text == "EVENING NEWS"
    assert (telop.start_s, telop.end_s) == (0.0, 18.0)
    assert {reading.text for reading in telop.readings} == {"EVENING NEWS", "EVENINGNEWS"}


def test_captions_that_differ_by_one_letter_and_follow_each_other_in_an_overlap_stay_two() -> None:
    both = [caption("John Anderson", 6.0, 9.0), caption("John Andersen", 9.0, 12.0)]
    assert times(stitch_telops([seen(both, 0.0, 10.0), seen(both, 8.0, 18.0)])) == times(both)


def test_the_same_text_at_two_places_stays_two() -> None:
    both = [caption("LIVE", 7.0, 12.0, CORNER), caption("LIVE", 7.0, 12.0, Box(800, 16, 90, 30))]
    assert len(stitch_telops([seen(both, 0.0, 10.0), seen(both, 8.0, 18.0)])) == 2


def test_open_edges_of_touching_segments_are_joined() -> None:
    whole = [caption("across a plain cut", 8.0, 12.0)]
    assert times(stitch_telops([seen(whole, 0.0, 10.0), seen(whole, 10.0, 20.0)])) == times(whole)


def test_nothing_is_joined_across_a_missing_segment() -> None:
    whole = [caption("EVENING NEWS", 0.0, 26.0, CORNER)]
    stitched = stitch_telops([seen(whole, 0.0, 10.0), seen(whole, 16.0, 26.0)])
    assert times(stitched) == [("EVENING NEWS", 0.0, 10.0), ("EVENING NEWS", 16.0, 26.0)]


SPOKEN = [Word(f"word{at}", at * 0.4, at * 0.4 + 0.35, 0.9) for at in range(60)]


def heard(words: list[Word], start_s: float, end_s: float, shift_s: float = 0.0) -> Part[Word]:
    """What a segment hears: words at its edges are cut into something else."""
    found = []
    for word in words:
        if word.end_s <= start_s or word.start_s >= end_s:
            continue
        is_whole = word.start_s >= start_s and word.end_s <= end_s
        text = word.text if is_whole else "uh"
        begin, end = max(word.start_s + shift_s, start_s), min(word.end_s + shift_s, end_s)
        found.append(Word(text, begin, end, word.confidence))
    return Part(start_s, end_s, tuple(found))


@given(st.floats(-0.12, 0.12), st.floats(-0.12, 0.12))
def test_every_word_comes_out_once_whatever_the_jitter_of_times(first_s: float, second_s: float) -> None:
    parts = [heard(SPOKEN, 0, 10), heard(SPOKEN, 8, 18, first_s), heard(SPOKEN, 16, 26, second_s)]
    assert [word.text for word in stitch_words(parts)] == [word.text for word in SPOKEN]


def test_a_word_across_the_middle_of_an_overlap_that_was_heard_differently_is_not_heard_twice() -> None:
    first = Part(0.0, 10.0, (Word("one", 8.0, 8.3), Word("hospital", 8.7, 9.2)))
    other = Part(8.0, 18.0, (Word("won", 8.0, 8.3), Word("hospitals", 8.75, 9.35), Word("three", 9.5, 9.9)))
    assert [word.text for word in stitch_words([first, other])] == ["one", "hospital", "three"]


def test_a_missing_segment_leaves_the_words_of_its_neighbours_whole() -> None:
    texts = [word.text for word in stitch_words([heard(SPOKEN, 0, 10), heard(SPOKEN, 16, 26)])]
    assert texts == [word.text for word in [*heard(SPOKEN, 0, 10).found, *heard(SPOKEN, 16, 26).found]]


def test_a_word_that_the_edge_cuts_is_heard_once_and_as_its_longer_piece() -> None:
    first = Part(0.0, 10.0, (Word("the", 9.2, 9.4), Word("parlia", 9.5, 10.0, open_end=True)))
    other = Part(10.0, 20.0, (Word("meant", 10.0, 10.2, open_start=True), Word("voted", 10.3, 10.6)))
    words = stitch_words([first, other])
    assert [(word.text, word.start_s, word.end_s) for word in words][1:] == [
        ("parlia", 9.5, 10.2),
        ("voted", 10.3, 10.6),
    ]
    assert not any(word.open_start or word.open_end for word in words)


def test_a_supplied_word_across_an_edge_is_not_said_twice() -> None:
    word = Word("parliament", 9.5, 10.4)
    parts = [Part(0.0, 10.0, (replace(word, open_end=True),)), Part(10.0, 20.0, (replace(word, open_start=True),))]
    assert [each.text for each in stitch_words(parts)] == ["parliament"]


def test_words_that_touch_an_edge_from_one_side_only_stay_two() -> None:
    parts = [Part(0.0, 10.0, (Word("no", 9.8, 10.0, open_end=True),)), Part(10.0, 20.0, (Word("no", 10.1, 10.3),))]
    assert [each.text for each in stitch_words(parts)] == ["no", "no"]


def running(text: str, start_s: float, end_s: float) -> Telop:
    """Running text of a segment of 0 to 10 s or 8 to 18 s, open where they overlap."""
    return replace(caption(text, start_s, end_s), kind="ticker", open_start=start_s > 0, open_end=start_s == 0)


def test_running_text_is_spliced_where_both_segments_read_the_same() -> None:
    first = Part(0.0, 10.0, (running("Storm hits the coast. Trains del", 0.0, 10.0),))
    other = Part(8.0, 18.0, (running("coast. Trains delayed. Ferry cancelled", 8.0, 18.0),))
    (telop,) = stitch_telops([first, other])
    assert telop.text == "Storm hits the coast. Trains delayed. Ferry cancelled"
    assert (telop.start_s, telop.end_s) == (0.0, 18.0)


def test_running_texts_that_share_nothing_or_grow_too_long_stay_two() -> None:
    for text, rest in (
        ("Storm hits the coast", "Markets close higher"),
        ("a" * 1500 + "shared", "shared" + "b" * 1500),
    ):
        first = Part(0.0, 10.0, (running(text, 0.0, 10.0),))
        other = Part(8.0, 18.0, (running(rest, 8.0, 18.0),))
        assert [telop.text for telop in stitch_telops([first, other])] == [text, rest]


def test_a_clock_is_one_telop_whatever_it_shows_at_the_seam() -> None:
    clocks = [
        replace(caption(text, start_s, end_s, CORNER), kind="changing", open_start=start_s > 0, open_end=start_s == 0)
        for text, start_s, end_s in (("10:01", 0.0, 10.0), ("10:07", 8.0, 18.0))
    ]
    (clock,) = stitch_telops([Part(0.0, 10.0, (clocks[0],)), Part(8.0, 18.0, (clocks[1],))])
    assert [reading.text for reading in clock.readings] == ["10:01", "10:07"]


def test_nothing_gives_nothing() -> None:
    assert stitch_telops([]) == []
    assert stitch_words([]) == []
