"""What a recogniser is known to mishear costs little; what it never did, costs much."""

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.mishearing import Costs, cost, parse, path

COSTS = Costs({("T", "D"): 1.0, ("N", "-"): 2.0}, 6.0)


def test_the_cheapest_way_is_taken() -> None:
    assert cost(["T", "EH", "N"], ["D", "EH"], COSTS) == 3.0
    assert path(["T", "EH", "N"], ["D", "EH"], COSTS) == [("T", "D"), ("EH", "EH"), ("N", "-")]


def test_what_was_never_misheard_so_costs_the_default() -> None:
    assert cost(["D"], ["T"], COSTS) == 6.0


def test_a_line_without_a_cost_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        parse("# default 6.0\nT D")


@pytest.mark.parametrize(
    ("said", "near", "far"), [("dried", "tried", "cried"), ("thirteen", "thirty", "forty"), ("one", "one", "two")]
)
def test_like_sounds_are_misheard_more_often(english: EnglishLexicon, said: str, near: str, far: str) -> None:
    close, distant = english.misheard(said, near), english.misheard(said, far)
    assert close is not None
    assert distant is not None
    assert close < distant


def test_a_word_of_no_known_sound_costs_nothing_known(english: EnglishLexicon) -> None:
    assert english.misheard("xqzzt", "one") is None
