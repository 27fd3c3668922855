"""The script of the demo programme: what is said, what is written, and which mistakes are planted.

The sentences are ordinary news English. A spoken line and its caption say the same, but for the planted mistakes;
figures are written as digits, as captions do.
"""

from dataclasses import dataclass
from typing import Any, Final

STATION: Final = "EVENING NEWS"
"""A caption that stays on screen and is never spoken."""

REQUEST: Final[dict[str, Any]] = {
    "language": "en",
    "programme": "Evening News",
    "roster": [
        {"text": "John Anderson", "kind": "person"},
        {"text": "Robert Johnson", "kind": "person"},
    ],
    "ng_words": [{"text": "chairman"}],
}


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake: `wrong` stands in the caption once, `right` should stand there (the first is the suggestion)."""

    kind: str
    wrong: str
    right: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and its caption."""

    spoken: str
    written: str
    planted: Planted | None = None


SCRIPT: Final = (
    Line(
        "The government will announce a new budget on Friday.",
        "The government will announce a new budget on Friday",
    ),
    Line(
        "The central bank left interest rates unchanged.",
        "The central bank left intrest rates unchanged",
        Planted("spelling", "intrest", ("interest",)),
    ),
    Line(
        "The museum received two hundred visitors.",
        "The museum received 300 visitors",
        Planted("number", "300", ("200", "two hundred")),
    ),
    Line(
        "Twenty five people were injured in the accident.",
        "25 people were injured in the accident",
    ),
    Line(
        "Police said the driver was not hurt.",
        "Police said the driver was not hurt",
    ),
    Line(
        "John Anderson won the election.",
        "John Andersen won the election",
        Planted("name", "John Andersen", ("John Anderson",)),
    ),
    Line(
        "Thousands of people gathered in the capital.",
        "Thousands of people gathered in the the capital",
        Planted("duplicate", "the the", ("the",)),
    ),
    Line(
        "The new hospital will open in September.",
        "The new hotel will open in September",
        Planted("wrong_word", "hotel", ("hospital",)),
    ),
    Line(
        "The chairman of the company resigned on Monday.",
        "The chairman of the company resigned on Monday",
        Planted("ng_word", "chairman"),
    ),
    Line(
        "Robert Johnson will speak at the conference.",
        "Robert Johnson will speak at the conference",
    ),
)
