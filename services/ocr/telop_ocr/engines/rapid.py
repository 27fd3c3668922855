"""RapidOCR's PP-OCRv6 small models, which lie inside its wheel, on onnxruntime. Nothing is ever downloaded.

The detector and the recogniser are called one after the other instead of through `RapidOCR.__call__`, which keeps its
switches between calls. Lines are recognised one by one: in a batch a line is padded to its longest neighbour, and the
same pixels would read differently in other company. Readings are the CTC output as it is: a gap that the recogniser
passed over stays lost, because telling it from the distance of letters put gaps into words as well.
"""

import contextlib
import ctypes
import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from omegaconf import OmegaConf
from onnxruntime import (  # type: ignore[import-untyped]
    InferenceSession,
    OrtAllocatorType,
    OrtArenaCfg,
    OrtMemoryInfo,
    OrtMemType,
    RunOptions,
    SessionOptions,
    create_and_register_allocator,
)
from rapidocr import EngineType, LangRec
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecognizer
from rapidocr.utils.process_img import get_rotate_crop_image
from telop_chassis.child_side import EngineMissingError

from telop_ocr.engines import EngineSettings
from telop_ocr.engines.crops import Corners, Picture, apart, is_column, upright
from telop_ocr.lines import Area, Line

DETECTOR_MODEL: Final = "PP-OCRv6_det_small.onnx"
RECOGNISER_MODEL: Final = "PP-OCRv6_rec_small.onnx"
DETECTOR: Final[dict[str, Any]] = {
    # Scaled down to 960, never up: at the wheel's own "at least 736" a frame of 720 rows takes 2.5 times as long and
    # a small crop is blown up.
    "limit_type": "max",
    "limit_side_len": 960,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "thresh": 0.3,
    "box_thresh": 0.5,
    "max_candidates": 1000,
    "unclip_ratio": 1.6,
    "use_dilation": True,
    "score_mode": "fast",
}
RECOGNISER: Final[dict[str, Any]] = {"rec_batch_num": 1, "rec_img_shape": [3, 48, 320]}
FAINT: Final = 0.1
"""Of what the detector is sure of: traces from here on may be of a line."""
MOST_FAINT: Final = 100
"""Pixels with such traces outside of all lines: a character of 30 px type."""
OTHER_SIZE: Final = 0.8
"""Of the size in which a picture was looked at, where it is looked at again."""
GLANCE: Final = 0.5
"""Of the size in which a picture is looked at: in this one first, at a quarter of the cost."""
BAND: Final = 2
"""Width over height from which on a picture is a piece with a line or two. In whole pictures there is nearly always
something that has to be looked at in full, and the glance would be lost.
"""
LOW: Final = 14
"""Pixels at a glance: lines that are lower, as of type below 24 px (of 720), are looked at in full."""
LOW_TYPE: Final = 8.5
"""Pixels at a glance that such type covers from top to bottom: on a plate its box is as high as the plate, and letters
of what was cut out so were lost at a confidence of 1.0. Type of 22 px covers 16 of the picture's, of 24 px 18."""
INKED: Final = 0.2
"""Of the most that brightness changes along a row: in rows with letters it changes by more."""
LARGE: Final = 250_000
"""Pixels of a model's input from which on the arena gives back what it grew by: a quarter of a frame of 720 rows."""
_M_MMAP_THRESHOLD: Final = -3
"""Of glibc's `mallopt`."""
_MAPPED: Final = 1 << 20
"""Bytes from which on memory is mapped by itself, so that giving it back gives it to the system."""

UNSURE: Final = 0.8
"""Confidence below which a line may be two; whole lines of clear type read at 0.9 and more."""


def load(settings: EngineSettings) -> "RapidOcrEngine":
    """Load both models."""
    return RapidOcrEngine(threads=settings["threads"], min_confidence=settings["min_confidence"])


class RapidOcrEngine:
    """An `OcrEngine` of two models: one finds lines, one reads them."""

    def __init__(self, *, threads: int, min_confidence: float) -> None:
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        cv2.setNumThreads(threads)
        self._min_confidence = min_confidence
        self._detector = TextDetector(_configuration(DETECTOR, _session(DETECTOR_MODEL, threads)))
        self._recogniser = TextRecognizer(_configuration(RECOGNISER, _session(RECOGNISER_MODEL, threads)))

    def read(self, picture: Picture) -> list[Line]:
        """Find the lines of a picture and recognise each."""
        height, width = picture.shape[:2]
        corners = self._glanced(picture) if height * BAND <= width else []
        lines = self._lines(picture, corners or self._found(picture))
        read = [each for line in lines for each in self._taken_apart(picture, line)]
        return [line for line in read if line.confidence >= self._min_confidence]

    def _lines(self, picture: Picture, corners: list[Corners]) -> list[Line]:
        read = [self._recognised(picture, each) for each in apart(picture, corners)]
        return [
            Line(text, confidence, _area(each))
            for (text, confidence), each in zip(read, corners, strict=True)
            if text.strip()
        ]

    def _taken_apart(self, picture: Picture, line: Line) -> list[Line]:
        """The line; or, where it is unsure and its box alone shows several sure ones, those: noise around two lines
        makes one of them.
        """
        if line.confidence >= UNSURE:
            return [line]
        left, top = max(0, round(line.area.x)), max(0, round(line.area.y))
        box = np.ascontiguousarray(picture[top : round(line.area.bottom), left : round(line.area.right)])
        alone = [
            replace(each, area=replace(each.area, x=each.area.x + left, y=each.area.y + top))
            for each in self._lines(box, self._found(box))
        ]
        return alone if len(alone) > 1 and min(each.confidence for each in alone) >= UNSURE else [line]

    def _glanced(self, picture: Picture) -> list[Corners]:
        """The corners of all lines, if half of the size shows them clearly: none is low, and there are no traces."""
        scale = GLANCE * min(1.0, DETECTOR["limit_side_len"] / max(picture.shape[:2]))
        size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
        levels = self._levels(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
        corners = self._outlined(levels, picture)
        low = any(
            min(np.ptp(each, axis=0)) * scale < LOW or _type_height(picture, each) * scale < LOW_TYPE
            for each in corners
        )
        faint = _outside(levels > FAINT, corners, picture) > MOST_FAINT * GLANCE**2
        return [] if low or faint else corners

    def _found(self, picture: Picture) -> list[Corners]:
        """The corners of all lines. Where the detector sees traces of more, it looks again in another size."""
        levels = self._levels(picture)
        corners = self._outlined(levels, picture)
        if _outside(levels > FAINT, corners, picture) > MOST_FAINT:
            size = [max(1, round(side * OTHER_SIZE)) for side in levels.shape[::-1]]
            other = self._levels(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
            other = np.asarray(cv2.resize(other, levels.shape[::-1]), np.float32)
            corners = self._outlined(np.maximum(levels, other), picture)
        return corners

    def _levels(self, picture: Picture) -> NDArray[np.float32]:
        """How sure the detector is of text, pixel by pixel of the picture in the size that it looks at."""
        prepared = self._detector.get_preprocess()(picture)
        if prepared is None:
            return np.zeros((1, 1), np.float32)
        return np.asarray(self._detector.session(prepared)[0][0], np.float32)

    def _outlined(self, levels: NDArray[np.float32], picture: Picture) -> list[Corners]:
        boxes, _ = self._detector.postprocess_op(levels[None, None], picture.shape[:2])
        return [np.asarray(box, np.float32) for box in self._detector.sorted_boxes(boxes)]

    def _recognised(self, picture: Picture, corners: Corners) -> tuple[str, float]:
        """Text and confidence of one line; of a column the surer reading, as it stands or with its characters in a
        row.
        """
        crop = get_rotate_crop_image(picture, corners)
        read = [self._recognise(crop)]
        if is_column(corners) and len(read[0][0]) > 1:
            text, confidence = self._recognise(upright(crop, len(read[0][0])))
            read.append((text.replace(" ", ""), confidence))  # how far apart they are set was not the writer's doing
        return max(read, key=lambda reading: reading[1])

    def _recognise(self, crop: Picture) -> tuple[str, float]:
        _, height, width = RECOGNISER["rec_img_shape"]
        line = self._recogniser.resize_norm_img(crop, max(width / height, crop.shape[1] / crop.shape[0]))
        text, confidence = self._recogniser.postprocess_op(self._recogniser.session(line[None]))[0][0]
        return text, float(confidence)

    def fingerprint(self) -> dict[str, str]:
        """Versions, models and every setting that reaches them; threads change no reading."""
        settings = {"detector": DETECTOR, "recogniser": RECOGNISER, "min_confidence": self._min_confidence}
        settings |= {"looks_again": [FAINT, MOST_FAINT, OTHER_SIZE], "columns": "upright", "unsure": UNSURE}
        settings |= {"glances": [GLANCE, BAND, LOW, LOW_TYPE, INKED]}
        return {
            "name": "rapidocr",
            "version": f"{version('rapidocr')} onnxruntime {version('onnxruntime')}",
            "model": " ".join(f"{name}@{_digest(name)}" for name in (DETECTOR_MODEL, RECOGNISER_MODEL)),
            "settings_sha256": hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest(),
        }

    def warm_up(self) -> None:
        """Read a white bar, which the detector takes for a line, so that both models run."""
        picture = np.zeros((160, 480, 3), np.uint8)
        cv2.putText(picture, "0123", (150, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (255, 255, 255), 6)
        self.read(picture)


def _type_height(picture: Picture, corners: Corners) -> int:
    """Pixels across a line, or across a column, that its letters cover."""
    (left, top), (right, bottom) = np.maximum(corners.min(axis=0), 0).astype(int), corners.max(axis=0).astype(int)
    grey = cv2.cvtColor(np.ascontiguousarray(picture[top : bottom + 1, left : right + 1]), cv2.COLOR_BGR2GRAY)
    along = cv2.absdiff(*((grey[1:], grey[:-1]) if is_column(corners) else (grey[:, 1:], grey[:, :-1])))
    ink = along.sum(axis=0 if is_column(corners) else 1, dtype=np.int64)
    return int((ink > INKED * ink.max(initial=0)).sum())


def _outside(seen: NDArray[np.bool_], corners: Sequence[Corners], picture: Picture) -> int:
    """Pixels seen that lie in none of the lines."""
    lines = np.zeros(seen.shape, np.uint8)
    scale = np.array(seen.shape[::-1]) / picture.shape[1::-1]
    for each in corners:
        cv2.fillPoly(lines, [np.round(each * scale).astype(np.int32)], 1)
    return int((seen & (lines == 0)).sum())


def _path(model: str) -> Path:
    return Path(str(files("rapidocr"))) / "models" / model


def _digest(model: str) -> str:
    """Enough of the SHA-256 of a model's file to tell it from any other."""
    with _path(model).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _session(model: str, threads: int) -> InferenceSession:
    path = _path(model)
    if not path.is_file():
        raise EngineMissingError(f"the installed rapidocr holds no {model}; install the locked version of rapidocr")
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    _share_arena()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.log_severity_level = 4
    # Idle threads that spin take the processor from the recogniser of speech beside this one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return _FrugalSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


class _FrugalSession(InferenceSession):  # type: ignore[misc]
    """A session whose arena does not keep what large pictures took: each leaves gaps that the next does not fit into,
    and it had grown to 587 MB after a hundred. To give back after small ones too would cost a tenth of reading.
    """

    def run(self, output_names: Any, input_feed: Any, run_options: RunOptions | None = None) -> Any:
        """Run the model."""
        options = run_options or RunOptions()
        if any(each.shape[-1] * each.shape[-2] > LARGE for each in input_feed.values()):
            options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        return super().run(output_names, input_feed, options)


@cache
def _share_arena() -> None:
    """One arena for both models, which never run at once; it grows by what a picture needs, not in powers of two.

    The heap in its stead is cut up by pictures that differ in size: it held 439 MB after a hundred, the arena 325.
    """
    with contextlib.suppress(AttributeError, OSError):  # other systems than glibc have no such function
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MAPPED)
    memory = OrtMemoryInfo("Cpu", OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, OrtMemType.DEFAULT)
    as_requested, default = 1, -1
    create_and_register_allocator(memory, OrtArenaCfg(0, as_requested, default, default))


def _configuration(settings: dict[str, Any], session: InferenceSession) -> Any:
    """What RapidOCR's parts take: with a session of ours they look for no model file and no URL."""
    fixed = {"engine_type": EngineType.ONNXRUNTIME, "lang_type": LangRec.CH, "font_path": None, "session": session}
    return OmegaConf.create(settings | fixed, flags={"allow_objects": True})


def _area(corners: NDArray[np.float32]) -> Area:
    x, y = (float(side) for side in corners.min(axis=0))
    right, bottom = (float(side) for side in corners.max(axis=0))
    return Area(x, y, right - x, bottom - y)
