"""The committed scorecard is what the matcher makes of the committed recordings."""

import json

import pytest

from tests.scorecard import judged, metrics
from tests.scorecard.__main__ import COMMITTED
from tests.scorecard.languages import NAMES, load


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_scorecard_is_that_of_this_matcher(name: str) -> None:
    language = load(name)
    committed = json.loads(COMMITTED.read_text("utf-8"))[name]
    for half in language.halves:
        expected = {key: value for key, value in committed[half].items() if key != "ablation"}
        assert metrics.numbers(judged.results(language.programmes(half), language.judge)) == expected
