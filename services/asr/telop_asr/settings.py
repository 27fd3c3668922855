"""The settings of asr: `TELOP_ASR__<FIELD>` beside those of every service."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from telop_chassis.settings import ServiceSettings, WorkSettings

from telop_asr.engines import ENGINES
from telop_asr.models import STORE


def _known(name: str) -> str:
    if name not in ENGINES:
        raise ValueError(f"there is no such ASR engine; there are: {', '.join(sorted(ENGINES))}")
    return name


class AsrSettings(BaseModel):
    """How a segment is heard."""

    engine: Annotated[str, AfterValidator(_known)] = "moonshine"
    """For jobs that bring no transcript of their own."""
    model: str = "small"
    """For faster-whisper: the name of a model, or the path of a folder that holds one."""
    models: Path = STORE
    """Where models fetched by name are kept."""
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    """For the engine: what the machine's processors give when divided by its busy processes."""
    keep_days: Annotated[float, Field(gt=0, le=36_500)] = 365.0
    """How long the result of a segment is kept, for later jobs on the same medium."""
    decode_s: Annotated[float, Field(ge=1)] = 300.0
    """Wall clock and processor time that decoding the sound of one segment may take."""


class AsrWork(WorkSettings):
    """The sound of one segment is decoded while another is heard: the engine hears one at a time."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 2


class Settings(ServiceSettings):
    """All settings of asr."""

    asr: AsrSettings = AsrSettings()
    work: AsrWork = AsrWork()
