"""The settings of ocr: `TELOP_OCR__<FIELD>` beside those of every service."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, DirectoryPath, Field, model_validator
from telop_chassis.settings import Positive, ServiceSettings, WorkSettings

from telop_ocr.engines import ENGINES, EngineSettings
from telop_ocr.second_reader import SecondReaderSettings


def _known(name: str) -> str:
    if name not in ENGINES:
        raise ValueError(f"there is no such OCR engine; there are: {', '.join(sorted(ENGINES))}")
    return name


class OcrSettings(BaseModel):
    """How a segment is read."""

    engine: Annotated[str, AfterValidator(_known)] = "rapidocr"
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    """For the engine, and for each decoder: what the machine's processors give when divided by its busy processes."""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Lines that the engine is less sure of are taken for no text; it is the threshold that its makers set."""
    tesseract_data: DirectoryPath | None = None
    """Folder of the `<language>.traineddata` files that the engine `tesseract` reads with."""
    tesseract_languages: Annotated[str, Field(pattern=r"^[A-Za-z_]{2,20}(\+[A-Za-z_]{2,20})*$")] = "eng"
    """Language data to use at once, joined by +: eng+jpn+chi_sim"""
    second_reader: SecondReaderSettings | None = None
    heartbeat_s: Positive = 1.0
    """How often writing is read that never stands still."""
    recheck_samples: Annotated[int, Field(ge=1, le=20)] = 5
    """Frames of a second look."""
    keep_days: Annotated[float, Field(gt=0, le=36_500)] = 365.0
    """How long the result of a segment is kept, for later jobs on the same medium."""
    decode_s: Annotated[float, Field(ge=1)] = 600.0
    """Wall clock and processor time that decoding one segment may take."""

    def recipe(self) -> str:
        """What of these settings changes a result, beside what the engine's own fingerprint tells."""
        second_reader = {"url", "model", "calls_per_media_hour", "doubt_below"}
        return self.model_dump_json(include={"heartbeat_s": True, "second_reader": second_reader})

    def of_engine(self) -> EngineSettings:
        """What the engine is told."""
        return {
            "engine": self.engine,
            "threads": self.threads,
            "min_confidence": self.min_confidence,
            "tesseract_data": None if self.tesseract_data is None else str(self.tesseract_data),
            "tesseract_languages": self.tesseract_languages,
        }


class OcrWork(WorkSettings):
    """One segment is decoded while another is read: the engine reads one picture at a time."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 2


class Settings(ServiceSettings):
    """All settings of ocr."""

    ocr: OcrSettings = OcrSettings()
    work: OcrWork = OcrWork()

    @model_validator(mode="after")
    def _offline_has_no_second_reader(self) -> Self:
        if self.offline and self.ocr.second_reader is not None:
            raise ValueError("TELOP_OFFLINE forbids the second reader: unset TELOP_OCR__SECOND_READER__URL")
        return self
