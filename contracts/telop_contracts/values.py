"""Value types that several contracts share.

Everything here is frozen and bounded: no string, list or number of a contract is unlimited, because a contract is
also the first defence of its consumers. Open vocabularies (reason codes, kinds, relations, blames) are plain bounded
strings with constants beside them, so that a new value never kills a consumer.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Tenant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ObjectKey = Annotated[str, StringConstraints(pattern=r"^tenants/[a-z0-9][a-z0-9-]{0,62}/[A-Za-z0-9_./-]{1,512}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=256)]
LongText = Annotated[str, StringConstraints(max_length=4096)]
Seconds = Annotated[float, Field(ge=0, le=604_800, allow_inf_nan=False)]
"""Media time from the start of the file; a week is the most a file may claim."""
Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Pixels = Annotated[int, Field(ge=0, le=65_536)]
Sequence = Annotated[int, Field(ge=1, le=2**53)]

STAGE_OCR: Final = "ocr"
STAGE_ASR: Final = "asr"


class Value(BaseModel):
    """A frozen part of a contract that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ObjectRef(Value):
    """An object in the object store, named by key and content."""

    key: ObjectKey
    sha256: Sha256
    bytes: Count


class Box(Value):
    """A rectangle in pixels of the displayed frame; the origin is the upper left corner."""

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class TimeRange(Value):
    """A half-open range of media time."""

    start_s: Seconds
    end_s: Seconds


class EngineFingerprint(Value):
    """What recognised: two results with equal fingerprints came from the same engine with the same settings."""

    name: Code
    version: ShortText
    model: ShortText
    settings_sha256: Sha256


class Cost(Value):
    """What a recognition cost: wall clock, media covered, calls of the engine, and the device that did it."""

    wall_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    media_s: Seconds
    engine_calls: Count
    device: Code
