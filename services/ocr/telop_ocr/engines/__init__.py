"""Readers of pictures behind one protocol, chosen by name.

`load` is what an engine's process calls: it returns the chosen engine wrapped so that pictures come as files and lines
leave as JSON. An engine module is imported only when it is chosen. To add one: write a module with
`load(settings) -> OcrEngine`, name it in `ENGINES`, and let it pass the behaviour suite.
"""

import importlib
from pathlib import Path
from typing import Any, Final, NotRequired, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray
from telop_chassis.child_side import EngineMissingError

from telop_ocr.lines import Line

ENGINES: Final = {"rapidocr": "telop_ocr.engines.rapid", "tesseract": "telop_ocr.engines.tesseract"}
"""Name of an engine, as in `TELOP_OCR__ENGINE`, to its module."""


class EngineSettings(TypedDict):
    """What every engine is told: threads to use, and the confidence below which a line is no text.

    What one engine alone needs begins with its name.
    """

    engine: str
    threads: int
    min_confidence: float
    tesseract_data: NotRequired[str | None]
    tesseract_languages: NotRequired[str]


class OcrEngine(Protocol):
    """Reads the text in a picture. One call at a time; the same picture always gives the same lines."""

    def read(self, picture: NDArray[np.uint8]) -> list[Line]:
        """Lines of a blue-green-red picture of shape (height, width, 3), in its pixels; none where there is no text."""

    def fingerprint(self) -> dict[str, str]:
        """The fields of a contract `EngineFingerprint`: everything that can change a reading is in them."""

    def warm_up(self) -> None:
        """Read once, so that the first picture does not pay for lazy set-up."""


def load(settings: EngineSettings) -> "PictureFileEngine":
    """Load the engine named. Raises `EngineMissingError` where it cannot be had, with what to do about it."""
    module = ENGINES.get(settings["engine"])
    if module is None:
        raise EngineMissingError(f"unknown OCR engine; set TELOP_OCR__ENGINE to one of: {', '.join(sorted(ENGINES))}")
    return PictureFileEngine(importlib.import_module(module).load(settings))


class PictureFileEngine:
    """An engine as its process serves it: pictures are `.npy` files, lines are JSON."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine

    def fingerprint(self) -> dict[str, str]:
        """The fields of the engine's fingerprint."""
        return self._engine.fingerprint()

    def warm_up(self) -> None:
        """Warm the engine up."""
        self._engine.warm_up()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Read rows [`top`, `bottom`) of the file `picture`, displayed `width` wide: all in displayed pixels.

        Without `width` the picture is displayed as it is, without `bottom` it is read to its end.
        """
        picture = np.load(Path(request["picture"]), allow_pickle=False)
        scale = (request["width"] or picture.shape[1]) / picture.shape[1]
        top = round(request["top"] / scale)
        bottom = picture.shape[0] if request["bottom"] is None else round(request["bottom"] / scale)
        lines = self._engine.read(np.ascontiguousarray(picture[top:bottom]))
        return {"lines": [_as_json(line, top, scale) for line in lines]}


def _as_json(line: Line, top: int, scale: float) -> dict[str, Any]:
    area = line.area
    sides = (area.x, area.y + top, area.width, area.height)
    return {"text": line.text, "confidence": line.confidence, "area": [side * scale for side in sides]}
