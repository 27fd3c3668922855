"""The second reader is asked rarely, sees nothing but pixels, and its answers are taken strictly or not at all."""

import base64
import json
from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_ocr.captions import SeenTelop, TextReading
from telop_ocr.lines import Area, Line
from telop_ocr.second_reader import MOST_ANSWER_BYTES, OpenAiReader, SecondReaderSettings
from telop_ocr.settings import OcrSettings, Settings

from tests.unit.ocr.vision_endpoint import VisionEndpoint, serving

LOOPBACK = UrlSettings(allowed_networks=(IPv4Network("127.0.0.0/8"),))
JPEG = b"\xff\xd8 a crop"


@pytest.fixture
async def endpoint() -> AsyncIterator[VisionEndpoint]:
    async with serving() as served:
        yield served


@pytest.fixture
async def reader(endpoint: VisionEndpoint) -> AsyncIterator[OpenAiReader]:
    settings = SecondReaderSettings(
        url=endpoint.url, model="reader-1", api_key=SecretStr("sk-" + "x" * 20), timeout_s=0.5
    )
    made = OpenAiReader(settings, Outgoing(LOOPBACK))
    yield made
    await made.stop()


def telop(text: str, confidence: float, *readings: str) -> SeenTelop:
    area = Area(0, 0, 100, 30)
    read = tuple(TextReading(each, confidence, 0.0) for each in readings or (text,))
    return SeenTelop(text, area, 0.0, 1.0, confidence, 25, read, False, False, 0, (Line(text, confidence, area),))


async def test_what_the_endpoint_reads_is_the_answer(reader: OpenAiReader, endpoint: VisionEndpoint) -> None:
    endpoint.content = json.dumps({"text": " コ一ヒー\n二本 "})
    assert await reader.read(JPEG) == "コ一ヒー\n二本"


async def test_it_is_shown_the_pixels_and_told_nothing_of_the_first_reading(
    reader: OpenAiReader, endpoint: VisionEndpoint
) -> None:
    await reader.read(JPEG)
    await reader.read(JPEG + b" of another telop")
    first, second = ({**asked, "messages": asked["messages"][0]["content"]} for asked in endpoint.asked)
    assert first["messages"][1]["image_url"]["url"] == f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"
    assert first["messages"][0] == second["messages"][0]  # the same words for every telop: nothing of it is in them
    assert {**first, "messages": 0} == {**second, "messages": 0}


async def test_the_key_is_sent_to_the_endpoint_and_shown_to_nobody(
    reader: OpenAiReader, endpoint: VisionEndpoint
) -> None:
    await reader.read(JPEG)
    assert endpoint.authorizations == ["Bearer sk-" + "x" * 20]
    settings = OcrSettings(second_reader={"url": endpoint.url, "model": "m", "api_key": "sk-secret"})
    assert "sk-secret" not in f"{settings!r} {settings.recipe()} {reader.fingerprint()!r}"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "Harbour"},
        {"content": "```json\n{}\n```"},
        {"content": json.dumps({"text": "Harbour", "note": "I corrected it"})},
        {"content": json.dumps({"text": ["Harbour"]})},
        {"content": json.dumps({"text": "  "})},
        {"content": json.dumps({"text": "a\u0000b"})},
        {"content": json.dumps({"text": "x" * 2_001})},
        {"body": b"not json"},
        {"body": b"[" * 30_000},
        {"body": b'{"choices": []}'},
        {"body": b'{"choices": [{"message": {"content": null}}]}'},
        {"body": b"x" * (MOST_ANSWER_BYTES + 1)},
        {"status": 500},
        {"status": 302},
        {"hangs": True},
    ],
)
async def test_an_answer_that_is_not_exactly_what_was_asked_for_is_none(
    reader: OpenAiReader, endpoint: VisionEndpoint, changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(endpoint, name, value)
    assert await reader.read(JPEG) is None


async def test_an_address_that_is_not_allowed_is_not_asked(endpoint: VisionEndpoint) -> None:
    reader = OpenAiReader(SecondReaderSettings(url=endpoint.url, model="m"), Outgoing(UrlSettings()))
    assert await reader.read(JPEG) is None
    assert endpoint.asked == []
    await reader.stop()


async def test_only_telops_in_doubt_are_asked_about_the_least_sure_first(reader: OpenAiReader) -> None:
    telops = [telop("a", 0.99), telop("b", 0.8), telop("c", 0.6), telop("d", 0.99, "d", "b")]
    assert reader.in_doubt(telops, 10) == [2, 1, 3]
    assert reader.in_doubt(telops, 1) == [2]
    assert reader.in_doubt(telops, 0) == []


@pytest.mark.parametrize("per_hour", [0.5, 7.0, 60.0, 1000.0])
@pytest.mark.parametrize("duration_s", [20.0, 3600.0, 5437.0])
def test_the_calls_of_all_ranges_keep_to_the_budget_of_a_media_hour(per_hour: float, duration_s: float) -> None:
    settings = SecondReaderSettings(url="https://models.example/v1", model="m", calls_per_media_hour=per_hour)
    reader = OpenAiReader(settings, Outgoing(UrlSettings()))
    starts = [index * 28.0 for index in range(400) if index == 0 or index * 28.0 + 2.0 < duration_s]
    allowed = [reader.allowance(index, start, min(start + 30.0, duration_s)) for index, start in enumerate(starts)]
    budget = per_hour * duration_s / 3600
    assert budget - 2 < sum(allowed) <= budget + 1
    assert all(count <= 30.0 * per_hour / 3600 + 1 for count in allowed)


def test_offline_and_a_second_reader_do_not_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE__URL": "postgresql://nobody@localhost/none",
        "KAFKA__BOOTSTRAP": "localhost:1",
        "OBJECTS__URL": "memory:///",
        "HTTP__CURSOR_KEY": "k" * 43,
        "OCR__SECOND_READER__URL": "https://models.example/v1",
        "OCR__SECOND_READER__MODEL": "m",
    }.items():
        monkeypatch.setenv(f"TELOP_{name}", value)
    assert Settings().ocr.second_reader is not None
    monkeypatch.setenv("TELOP_OFFLINE", "1")
    with pytest.raises(ValidationError, match="unset TELOP_OCR__SECOND_READER__URL"):
        Settings()


@pytest.mark.parametrize("url", ["ftp://models.example", "https://user:secret@models.example/v1", "models.example", ""])
def test_a_url_that_is_none_is_a_settings_error(url: str) -> None:
    with pytest.raises(ValidationError):
        SecondReaderSettings(url=url, model="m")
