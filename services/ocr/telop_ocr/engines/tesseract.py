"""Tesseract, inside the process through `tesserocr`; its language data come from a folder that the operator names.

Nothing is downloaded. Words are taken as Tesseract gives them, line by line, without its dictionaries: a misspelt word
must stay misspelt.
"""

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from telop_chassis.child_side import EngineMissingError

from telop_ocr.engines import EngineSettings
from telop_ocr.lines import Area, Line

VARIABLES: Final = {
    "load_system_dawg": "0",
    "load_freq_dawg": "0",
    "user_defined_dpi": "100",
    "debug_file": "/dev/null",
}
"""No word lists; a resolution, which Tesseract would guess; and silence."""


def load(settings: EngineSettings) -> "TesseractEngine":
    """Load the languages named. Raises `EngineMissingError` without library or language data."""
    folder = settings.get("tesseract_data")
    if folder is None:
        raise EngineMissingError("set TELOP_OCR__TESSERACT_DATA to the folder that holds <language>.traineddata files")
    languages = settings.get("tesseract_languages", "eng").split("+")
    missing = [name for name in languages if not (Path(folder) / f"{name}.traineddata").is_file()]
    if missing:
        raise EngineMissingError(
            f"the folder of TELOP_OCR__TESSERACT_DATA has no {missing[0]}.traineddata; put it there, or name the "
            "languages that are there in TELOP_OCR__TESSERACT_LANGUAGES, joined by +"
        )
    return TesseractEngine(_opened(Path(folder), languages), Path(folder), languages, settings["min_confidence"])


class TesseractEngine:
    """An `OcrEngine` over one open `PyTessBaseAPI`."""

    def __init__(self, api: Any, folder: Path, languages: list[str], min_confidence: float) -> None:
        self._api = api
        self._folder = folder
        self._languages = languages
        self._min_confidence = min_confidence

    def read(self, picture: NDArray[np.uint8]) -> list[Line]:
        """Find and read the lines of a picture."""
        self._api.SetImage(Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])))
        if not self._api.Recognize():
            return []
        return [line for line in self._lines() if line.text and line.confidence >= self._min_confidence]

    def fingerprint(self) -> dict[str, str]:
        """Versions, the language data's hashes, and settings."""
        settings = {"variables": VARIABLES, "min_confidence": self._min_confidence}
        return {
            "name": "tesseract",
            "version": f"{self._api.Version()} tesserocr {version('tesserocr')}",
            "model": " ".join(f"{name}@{_digest(self._folder / f'{name}.traineddata')}" for name in self._languages),
            "settings_sha256": hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest(),
        }

    def warm_up(self) -> None:
        """Read an empty picture."""
        self.read(np.zeros((64, 64, 3), np.uint8))

    def _lines(self) -> Iterator[Line]:
        from tesserocr import RIL, iterate_level  # noqa: PLC0415 - optional; here it is installed

        for part in iterate_level(self._api.GetIterator(), RIL.TEXTLINE):
            box = part.BoundingBox(RIL.TEXTLINE)
            if box is not None:
                left, top, right, bottom = box
                text = part.GetUTF8Text(RIL.TEXTLINE).strip()
                confidence = min(1.0, max(0.0, part.Confidence(RIL.TEXTLINE) / 100))
                yield Line(text, confidence, Area(left, top, right - left, bottom - top))


def _opened(folder: Path, languages: list[str]) -> Any:
    try:
        from tesserocr import OEM, PSM, PyTessBaseAPI  # noqa: PLC0415 - optional
    except ImportError:
        raise EngineMissingError("the engine tesseract needs the package tesserocr; install it") from None
    try:
        return PyTessBaseAPI(
            path=f"{folder}/",
            lang="+".join(languages),
            oem=OEM.LSTM_ONLY,
            psm=PSM.SPARSE_TEXT,
            variables=VARIABLES,
        )
    except RuntimeError:
        raise EngineMissingError(
            "Tesseract refuses the language data in the folder of TELOP_OCR__TESSERACT_DATA; they may be damaged, or "
            "without the LSTM model that Tesseract 5 reads with"
        ) from None


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]
