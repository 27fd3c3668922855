"""Which readings are text: letters and digits that the reader is sure of, the surer the fewer there are."""

import pytest
from telop_ocr.lines import Area, Line

AREA = Area(0, 0, 100, 40)


@pytest.mark.parametrize(("text", "confidence"), [("O", 0.89), ("11", 0.69), ("HEIY", 0.55), ("--", 0.99)])
def test_a_few_letters_that_the_reader_is_unsure_of_are_no_text(text: str, confidence: float) -> None:
    assert not Line(text, confidence, AREA).is_text


@pytest.mark.parametrize(("text", "confidence"), [("7", 0.95), ("11", 0.81), ("LIVE", 0.8), ("Harbour bridge", 0.55)])
def test_letters_that_the_reader_is_sure_of_and_many_that_it_is_not_are_text(text: str, confidence: float) -> None:
    assert Line(text, confidence, AREA).is_text
