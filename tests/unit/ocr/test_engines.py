"""What every `OcrEngine` promises, over the real engine and a fake, and what the registry says about others."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydantic import ValidationError
from telop_chassis.engine_process import EngineMissingError
from telop_contracts.values import EngineFingerprint
from telop_ocr import engines
from telop_ocr.engines import OcrEngine, PictureFileEngine, rapid
from telop_ocr.lines import Area, Line
from telop_ocr.settings import OcrSettings

from tests.benchmarks.recognition.showing import Style, blend, layer
from tests.unit.ocr import footage, setting
from tests.unit.ocr.footage import HEIGHT, WIDTH, Caption, Frame


class BrightRowsEngine:
    """A fake that takes each block of rows with bright pixels for a line and reads how many pixels are bright."""

    def read(self, picture: NDArray[np.uint8]) -> list[Line]:
        bright = picture.min(axis=2) > 200
        count, _, boxes, _ = cv2.connectedComponentsWithStats(
            cv2.dilate(bright.astype(np.uint8), np.ones((9, 61), np.uint8)), connectivity=8
        )
        areas = [Area(*(float(side) for side in box[:4])) for box in boxes[1:count]]
        return [Line(f"{box[4]} pixels", 0.9, area) for box, area in zip(boxes[1:count], areas, strict=True)]

    def fingerprint(self) -> EngineFingerprint:
        return EngineFingerprint(name="bright_rows", version="1", model="none", settings_sha256="0" * 64)

    def warm_up(self) -> None:
        self.read(np.zeros((8, 8, 3), np.uint8))


@pytest.fixture(scope="module", params=[lambda: rapid.RapidOcrEngine(threads=1, min_confidence=0.5), BrightRowsEngine])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    make: Callable[[], OcrEngine] = request.param
    loaded = make()
    loaded.warm_up()
    return loaded


def showing(*texts: tuple[str, int]) -> Frame:
    captions = [Caption(text, 0.0, 1.0, (WIDTH // 2, y)) for text, y in texts]
    return np.ascontiguousarray(footage.draw(captions, 0.0)[:, :, ::-1])


def test_a_line_is_found_where_it_stands(engine: OcrEngine) -> None:
    (line,) = engine.read(showing(("Harbour bridge", 310)))
    assert line.area.y < 310 < line.area.bottom
    assert line.area.x < WIDTH / 2 < line.area.right
    assert line.area.size < WIDTH * HEIGHT / 8
    assert 0.0 <= line.confidence <= 1.0
    assert line.text


def test_lines_apart_are_lines_of_their_own(engine: OcrEngine) -> None:
    assert len(engine.read(showing(("Harbour bridge", 60), ("Town hall", 310)))) == 2


def test_a_picture_without_text_has_no_lines(engine: OcrEngine) -> None:
    assert engine.read(showing()) == []


def test_a_picture_reads_the_same_again_and_after_others(engine: OcrEngine) -> None:
    first = engine.read(showing(("Harbour bridge", 310)))
    engine.read(showing(("Town hall", 60)))
    assert engine.read(showing(("Harbour bridge", 310))) == first


@pytest.mark.parametrize("shape", [(1, 1), (8, 200), (40, 40), (61, 261), (1080, 1920)])
def test_pictures_of_any_size_are_taken(engine: OcrEngine, shape: tuple[int, int]) -> None:
    assert engine.read(np.zeros((*shape, 3), np.uint8)) == []


def test_the_fingerprint_does_not_change(engine: OcrEngine) -> None:
    assert engine.fingerprint() == engine.fingerprint()


def test_rows_of_a_file_are_read_in_pixels_of_the_displayed_frame(engine: OcrEngine, tmp_path: Path) -> None:
    np.save(tmp_path / "1.npy", showing(("Harbour bridge", 60), ("Town hall", 310)))
    whole = PictureFileEngine(engine).answer(
        {"picture": str(tmp_path / "1.npy"), "width": None, "top": 0, "bottom": None}
    )
    rows = {"picture": str(tmp_path / "1.npy"), "width": 2 * WIDTH, "top": 520, "bottom": 2 * HEIGHT}
    (line,) = PictureFileEngine(engine).answer(rows)["lines"]
    assert len(whole["lines"]) == 2
    assert line["area"] == pytest.approx([2 * side for side in whole["lines"][1]["area"]], abs=12)


@pytest.fixture(scope="module")
def rapidocr() -> rapid.RapidOcrEngine:
    return rapid.RapidOcrEngine(threads=1, min_confidence=0.5)


def test_rapidocr_reads_a_misspelt_word_as_it_stands(rapidocr: rapid.RapidOcrEngine) -> None:
    (line,) = rapidocr.read(showing(("The intrest rates", 310)))
    assert line.text == "The intrest rates"


def looks(engine: rapid.RapidOcrEngine, picture: NDArray[np.uint8]) -> list[int]:
    """Pixels that the detector was given, look by look."""
    with mock.patch.object(engine._detector, "session", wraps=engine._detector.session) as detector:
        engine.read(picture)
    return [call.args[0].shape[2] * call.args[0].shape[3] for call in detector.call_args_list]


def test_rapidocr_finds_clear_lines_at_a_glance_and_looks_for_small_type_in_full(
    rapidocr: rapid.RapidOcrEngine,
) -> None:
    clear = looks(rapidocr, setting.set_line("The intrest rates of the harbour", setting.LATIN, size=36)[0])
    small = looks(rapidocr, setting.set_line("The intrest rates of the harbour office", setting.LATIN, size=12)[0])
    assert len(clear) == 1
    assert len(small) >= 2
    assert small[1] > 2 * small[0]


@pytest.mark.parametrize("size", [16, 17, 20])
def test_rapidocr_loses_no_letter_of_small_type_on_a_high_plate(rapidocr: rapid.RapidOcrEngine, size: int) -> None:
    text = "A court in Leeds questioned a 3.4 million grant this week"
    picture = np.full((160, 660, 3), (140, 110, 120), np.uint8)
    cv2.rectangle(picture, (10, 72), (650, 72 + 2 * size), (90, 25, 20), cv2.FILLED)
    drawn = Image.fromarray(picture)
    ImageDraw.Draw(drawn).text((20, 80), text, font=ImageFont.truetype(str(setting.LATIN), size), fill="white")
    assert [line.text for line in rapidocr.read(np.asarray(drawn))] == [text]


@pytest.mark.parametrize(
    ("text", "typeface"),
    [
        ("内田さんが優勝した", setting.GOTHIC),
        ("コーヒー豆の価格", setting.GOTHIC),
        ("The intrest rates", setting.LATIN),
        ("国际新闻发布会", setting.CHINESE),
    ],
)
def test_rapidocr_reads_japanese_english_and_chinese(rapidocr: rapid.RapidOcrEngine, text: str, typeface: Path) -> None:
    (line,) = rapidocr.read(setting.set_line(text, typeface)[0])
    assert line.text == text


@pytest.mark.parametrize("text", ["今日の天気予報", "内田市長が会見"])
def test_rapidocr_reads_a_vertical_line_from_top_to_bottom(rapidocr: rapid.RapidOcrEngine, text: str) -> None:
    (line,) = rapidocr.read(setting.set_column(text))
    assert line.text == text
    assert line.area.height > 4 * line.area.width


@pytest.mark.parametrize(
    ("text", "size", "ground"), [("中央銀行は来年の予算を中", 48, 90), ("中央銀行は三億円の補助金", 34, 130)]
)
def test_rapidocr_takes_no_character_of_a_column_for_one_that_it_resembles_lying(
    rapidocr: rapid.RapidOcrEngine, text: str, size: int, ground: int
) -> None:
    picture = np.full((24 * size, 200, 3), ground, np.uint8)
    blend(picture, layer((text,), Style("gothic", size, vertical=True), (0, 0))[0], (60, 40), 1.0)
    (line,) = rapidocr.read(picture)
    assert line.text == text


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (("Farmers in Kent is to publish", "the night trains before winter"), 32),
        (("The harbour office rejected", "the ferry timetable this week"), 30),
        (("The harbour office is to publish", "the new tunnel from June"), 30),
    ],
)
def test_rapidocr_takes_no_tail_of_a_letter_above_for_an_accent(
    rapidocr: rapid.RapidOcrEngine, lines: tuple[str, str], size: int
) -> None:
    picture = np.full((160, 620, 3), 235, np.uint8)
    blend(picture, layer(lines, Style("sans", size, (20, 20, 20), None), (0, 0))[0], (40, 30), 1.0)
    assert tuple(line.text for line in rapidocr.read(picture)) == lines


def test_rapidocr_looks_again_in_another_size_where_it_saw_traces_of_more(
    rapidocr: rapid.RapidOcrEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = rapidocr._levels
    looks: list[float] = []

    def weak_at_first(picture: Frame) -> NDArray[np.float32]:
        levels = seen(picture)
        looks.append(levels.shape[1] / WIDTH)
        if len(looks) == 1:
            levels[:, WIDTH // 2 :] *= 0.2
        return levels

    monkeypatch.setattr(rapidocr, "_levels", weak_at_first)
    (line,) = rapidocr.read(showing(("The harbour bridge is closed", 310)))
    assert line.text == "The harbour bridge is closed"
    assert looks == [1.0, pytest.approx(0.8, abs=0.05)]


def test_rapidocr_takes_two_lines_apart_that_it_found_as_one(
    rapidocr: rapid.RapidOcrEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, looks = rapidocr._found, list[tuple[int, ...]]()
    whole = np.array([[100, 235], [540, 235], [540, 335], [100, 335]], np.float32)

    def as_one_at_first(picture: Frame) -> list[NDArray[np.float32]]:
        looks.append(picture.shape[:2])
        return [whole] if len(looks) == 1 else found(picture)

    monkeypatch.setattr(rapidocr, "_found", as_one_at_first)
    lines = rapidocr.read(showing(("Harbour bridge", 265), ("is closed today", 310)))
    assert [line.text for line in lines] == ["Harbour bridge", "is closed today"]
    assert [line.area.y < at < line.area.bottom for line, at in zip(lines, (265, 310), strict=True)] == [True, True]
    assert looks[1:] == [(100, 440)]


def test_rapidocr_looks_once_where_it_saw_no_traces_of_more(
    rapidocr: rapid.RapidOcrEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = mock.Mock(side_effect=rapidocr._levels)
    monkeypatch.setattr(rapidocr, "_levels", looks)
    rapidocr.read(showing(("The harbour bridge is closed", 310)))
    assert looks.call_count == 1


def test_rapidocr_reads_a_line_the_same_in_any_company(rapidocr: rapid.RapidOcrEngine) -> None:
    alone = rapidocr.read(showing(("Harbour", 310)))
    company = rapidocr.read(showing(("Harbour", 310), ("Councillor Jane Whitford thanked", 60)))
    assert alone[0].text in [line.text for line in company]


def test_rapidocr_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    rapid.RapidOcrEngine(threads=1, min_confidence=0.5).warm_up()


def test_a_missing_model_is_told_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapid, "DETECTOR_MODEL", "missing.onnx")
    with pytest.raises(EngineMissingError, match="install"):
        rapid.RapidOcrEngine(threads=1, min_confidence=0.5)


def test_an_unknown_engine_is_a_settings_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="there are: rapidocr, tesseract"):
        OcrSettings(engine="tesseractt")


def test_an_unknown_engine_is_not_loaded() -> None:
    with pytest.raises(EngineMissingError, match="TELOP_OCR__ENGINE"):
        engines.load({"engine": "none", "threads": 1, "min_confidence": 0.5})


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of the process")
def test_rapidocr_gives_back_what_large_pictures_of_many_sizes_took() -> None:
    program = """
import numpy as np
from pathlib import Path
from telop_ocr.engines.rapid import RapidOcrEngine

def resident_mb():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024

engine = RapidOcrEngine(threads=1, min_confidence=0.5)
engine.warm_up()
before = resident_mb()
for height, width in ((512, 864), (640, 640), (448, 960), (704, 576), (576, 800), (608, 704)):
    engine.read(np.zeros((height, width, 3), np.uint8))
print(resident_mb() - before)
"""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert float(ran.stdout) < 80
