"""The settings of ocr: `TELOP_OCR__<FIELD>` beside those of every service."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from telop_chassis.settings import Positive, ServiceSettings, WorkSettings

from telop_ocr.engines import ENGINES


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
    heartbeat_s: Positive = 1.0
    """How often writing is read that never stands still."""
    recheck_samples: Annotated[int, Field(ge=1, le=20)] = 5
    """Frames of a second look."""
    decode_s: Annotated[float, Field(ge=1)] = 600.0
    """Wall clock and processor time that decoding one segment may take."""

    def recipe(self) -> str:
        """What of these settings changes a result, beside what the engine's own fingerprint tells."""
        return self.model_dump_json(include={"heartbeat_s"})


class OcrWork(WorkSettings):
    """One segment is decoded while another is read: the engine reads one picture at a time."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 2


class Settings(ServiceSettings):
    """All settings of ocr."""

    ocr: OcrSettings = OcrSettings()
    work: OcrWork = OcrWork()
