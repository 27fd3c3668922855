"""The engine tesseract says what it lacks, and gives lines as Tesseract reads them.

Tesseract itself is real here as far as it goes without language data, which the tests have none of: what it reads is
scripted.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from telop_chassis.engine_process import EngineMissingError
from telop_ocr import engines
from telop_ocr.engines import tesseract
from telop_ocr.engines.tesseract import TesseractEngine
from telop_ocr.lines import Area
from telop_ocr.settings import OcrSettings

from tests.unit.ocr.setting import set_line


def load(folder: Path | None, languages: str = "eng") -> None:
    settings = OcrSettings(engine="tesseract", tesseract_data=folder, tesseract_languages=languages)
    engines.load(settings.of_engine())


def test_without_a_folder_the_setting_is_named() -> None:
    with pytest.raises(EngineMissingError, match="TELOP_OCR__TESSERACT_DATA"):
        load(None)


def test_a_missing_language_is_named(tmp_path: Path) -> None:
    (tmp_path / "eng.traineddata").touch()
    with pytest.raises(EngineMissingError, match=r"jpn\.traineddata") as missing:
        load(tmp_path, "eng+jpn")
    assert str(tmp_path) not in missing.value.advice


@pytest.mark.parametrize("content", [b"", b"not language data", bytes(4096)])
def test_language_data_that_tesseract_refuses_are_told_as_such(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "eng.traineddata").write_bytes(content)
    with pytest.raises(EngineMissingError, match="refuses the language data"):
        load(tmp_path)


def test_a_missing_library_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eng.traineddata").touch()
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    with pytest.raises(EngineMissingError, match="install"):
        load(tmp_path)


@pytest.mark.parametrize("languages", ["", "eng+", "../eng", "eng jpn"])
def test_languages_that_are_none_are_a_settings_error(languages: str) -> None:
    with pytest.raises(ValueError, match="tesseract_languages"):
        OcrSettings(tesseract_languages=languages)


class ScriptedApi:
    """Reads two lines and an empty one in every picture, the second of them unsure."""

    def __init__(self) -> None:
        self.image: Image.Image | None = None

    def SetImage(self, image: Image.Image) -> None:  # noqa: N802 - Tesseract's name
        self.image = image

    def Recognize(self) -> bool:  # noqa: N802
        return True

    def GetIterator(self) -> "ScriptedApi":  # noqa: N802
        return self

    def Version(self) -> str:  # noqa: N802
        return "5.5.4"


class ScriptedLine:
    def __init__(self, text: str, confidence: float, box: tuple[int, int, int, int] | None) -> None:
        self._found = (text, confidence, box)

    def GetUTF8Text(self, _level: int) -> str:  # noqa: N802
        return self._found[0]

    def Confidence(self, _level: int) -> float:  # noqa: N802
        return self._found[1]

    def BoundingBox(self, _level: int) -> tuple[int, int, int, int] | None:  # noqa: N802
        return self._found[2]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TesseractEngine:
    def lines(_iterator: Any, _level: int) -> Iterator[ScriptedLine]:
        yield ScriptedLine("The intrest rates\n", 93.0, (10, 20, 110, 50))
        yield ScriptedLine("noise", 30.0, (0, 0, 5, 5))
        yield ScriptedLine(" \n", 95.0, (0, 0, 5, 5))
        yield ScriptedLine("no box", 95.0, None)

    monkeypatch.setattr("tesserocr.iterate_level", lines)
    (tmp_path / "eng.traineddata").write_bytes(b"data")
    return TesseractEngine(ScriptedApi(), tmp_path, ["eng"], 0.5)


def test_lines_keep_their_text_box_and_confidence(engine: TesseractEngine) -> None:
    (line,) = engine.read(set_line("The intrest rates")[0])
    assert (line.text, line.confidence, line.area) == ("The intrest rates", 0.93, Area(10, 20, 100, 30))


def test_the_fingerprint_changes_with_the_language_data(engine: TesseractEngine, tmp_path: Path) -> None:
    before = engine.fingerprint()
    assert engine.fingerprint() == before
    (tmp_path / "eng.traineddata").write_bytes(b"other data")
    assert engine.fingerprint()["model"] != before["model"]


def test_tesseract_gets_the_picture_with_its_colours_in_its_own_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tesserocr.iterate_level", lambda *_: iter(()))
    api = ScriptedApi()
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, :, 0] = 255  # blue
    assert tesseract.TesseractEngine(api, tmp_path, ["eng"], 0.5).read(picture) == []
    assert api.image is not None
    assert api.image.getpixel((0, 0)) == (0, 0, 255)
