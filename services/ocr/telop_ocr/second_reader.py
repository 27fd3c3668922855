"""A second, costly reader for telops in doubt: any OpenAI-compatible endpoint that takes pictures.

It is shown the crop of a telop and nothing else: neither the first reading nor anything that was made of it, because
it would agree. Its answer is evidence beside the first reading and never takes its place. It may fail as it likes: a
telop then has no second reading. A range asks no more often than the media time that it adds allows.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, field_validator
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.logs import get_logger
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import Positive
from telop_chassis.targets import Target
from telop_contracts.values import EngineFingerprint

from telop_ocr.captions import SeenTelop

PROMPT: Final = (
    "The picture shows a caption of a television programme. Copy what is written there, character by character, "
    "exactly as it is, with every mistake that it may have. Keep its line breaks. Do not correct, complete, translate "
    'or explain anything. Answer with one JSON object and nothing else: {"text": "what is written"}'
)
MOST_ANSWER_BYTES: Final = 64 * 1024
_log = get_logger(__name__)


def _target(url: str) -> str:
    Target.parse(url)
    return url


class SecondReaderSettings(BaseModel):
    """Where the second reader is, and how much it may be asked. `TELOP_OCR__SECOND_READER__<FIELD>`."""

    url: Annotated[str, Field(min_length=1)]
    """Of the API, up to `/chat/completions`: https://models.example/v1"""
    model: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    api_key: SecretStr | None = None
    calls_per_media_hour: Annotated[float, Field(gt=0, le=36_000)] = 60.0
    doubt_below: Annotated[float, Field(ge=0, le=1)] = 0.9
    """A telop read with less confidence is in doubt, and so is one that was read differently at different times."""
    timeout_s: Positive = 30.0

    @field_validator("url")
    @classmethod
    def _parsed(cls, url: str) -> str:
        return _target(url.rstrip("/"))


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class OpenAiReader:
    """Asks the endpoint. Creating it opens nothing."""

    def __init__(self, settings: SecondReaderSettings, outgoing: Outgoing) -> None:
        self._settings = settings
        self._outgoing = outgoing
        self._target = Target.parse(f"{settings.url}/chat/completions")

    async def start(self) -> None:
        """Do nothing: connections open when they are needed."""

    async def stop(self) -> None:
        """Close what is open."""
        await self._outgoing.stop()

    def fingerprint(self) -> EngineFingerprint:
        """Which reader this is."""
        settings = hashlib.sha256(json.dumps([self._settings.url, PROMPT]).encode()).hexdigest()
        return EngineFingerprint(
            name="openai_compatible", version="chat completions", model=self._settings.model, settings_sha256=settings
        )

    def in_doubt(self, telops: Sequence[SeenTelop], allowed: int) -> list[int]:
        """Which of the telops, as indexes, to ask about: those in doubt, the least sure first, no more than allowed."""
        doubtful = [
            index
            for index, telop in enumerate(telops)
            if telop.confidence < self._settings.doubt_below or len({reading.text for reading in telop.readings}) > 1
        ]
        return sorted(doubtful, key=lambda index: telops[index].confidence)[:allowed]

    def allowance(self, index: int, start_s: float, end_s: float) -> int:
        """Calls that the `index`-th range of a medium may make; over all ranges they keep to the media hour."""
        stride_s = start_s / index if index else end_s - start_s
        per_s = self._settings.calls_per_media_hour / 3600
        return int(end_s * per_s) - int(max(start_s, end_s - stride_s) * per_s)

    def budget(self, media_s: float) -> int:
        """Calls that all ranges and second looks of a medium may make together: one at least."""
        return max(1, int(media_s * self._settings.calls_per_media_hour / 3600))

    async def read(self, jpeg: bytes) -> str | None:
        """What is written in a picture, or None where there is no usable answer."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return _text(await self._ask(jpeg))
        except (TransientError, PermanentError) as error:
            _log.warning("second_reader_failed", reason=error.reason)
        except TimeoutError:
            _log.warning("second_reader_failed", reason="timeout")
        except ValueError:
            _log.warning("second_reader_failed", reason="answer_malformed")
        return None

    async def _ask(self, jpeg: bytes) -> bytes:
        key = self._settings.api_key
        headers = {"content-type": "application/json"}
        if key is not None:
            headers["authorization"] = f"Bearer {key.get_secret_value()}"
        body = json.dumps(_question(self._settings.model, jpeg)).encode()
        async with self._outgoing.open("POST", self._target, headers, body, pool="second reader") as reply:
            if reply.status != 200:
                raise TransientError("second_reader_status", f"HTTP {reply.status}")
            answer = b""
            async for piece in reply.pieces():
                answer += piece
                if len(answer) > MOST_ANSWER_BYTES:
                    raise PermanentError("second_reader_answer_too_large")
            return answer


def _question(model: str, jpeg: bytes) -> dict[str, Any]:
    picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    content = [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": picture}}]
    return {
        "model": model,
        "temperature": 0,
        "max_tokens": 500,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "user", "content": content}],
    }


def _text(answer: bytes) -> str:
    """The text of an answer; raises `ValueError` unless it is exactly what was asked for."""
    try:
        content = json.loads(answer)["choices"][0]["message"]["content"]
        text = _Answer.model_validate_json(content, strict=True).text
    except (KeyError, IndexError, TypeError, RecursionError, ValidationError):
        raise ValueError("not an answer") from None
    if any(ord(character) < 32 and character != "\n" for character in text):
        raise ValueError("control characters")
    return text
