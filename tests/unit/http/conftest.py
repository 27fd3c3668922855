"""The example application, its fakes, a client, and what it logged and traced."""

import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from telop_chassis import middleware
from telop_chassis.health import Life
from telop_chassis.http import create_app
from telop_chassis.logs import configure_logs

from tests.unit.http.example import FakeDeadLetters, FakeKeys, Lines, Things, bearer, connect, router, settings


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys()


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.fixture
def dead_letters() -> FakeDeadLetters:
    return FakeDeadLetters()


@pytest.fixture
def build(keys: FakeKeys, life: Life, dead_letters: FakeDeadLetters) -> Callable[..., FastAPI]:
    def make(*, checks: dict[str, Any] | None = None, routers: list[APIRouter] | None = None, **http: Any) -> FastAPI:
        return create_app(
            name="example",
            settings=settings(**http),
            routers=routers if routers is not None else [router],
            provides=[Things()],
            access_keys=keys,
            dead_letters=dead_letters,
            life=life,
            checks=checks or {},
        )

    return make


@pytest.fixture
async def client(build: Callable[..., FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(build()) as connected:
        yield connected


@pytest.fixture
def reader(keys: FakeKeys) -> dict[str, str]:
    return bearer(keys.add("jobs:read"))


@pytest.fixture
def writer(keys: FakeKeys) -> dict[str, str]:
    return bearer(keys.add("jobs:read", "jobs:write"))


@pytest.fixture
def admin(keys: FakeKeys) -> dict[str, str]:
    return bearer(keys.add("admin"))


@pytest.fixture
def lines() -> Iterator[Lines]:
    """All logging of the process, captured; what was configured before is restored."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("example", "1.0", stream=stream)
    yield Lines(stream)
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span that the middleware starts."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(middleware, "tracer", provider.get_tracer("test"))
    return exporter
