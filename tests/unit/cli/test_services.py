"""What a service gets from the stack, and what it gets from whoever started the stack."""

from pathlib import Path

import pytest
from telop_cli.stack import services
from telop_cli.stack.nursery import Nursery
from telop_cli.stack.services import SERVICES, Surroundings

AROUND = Surroundings(
    Path("/data here"),
    "localhost:9092",
    "http://127.0.0.1:1",
    "the access key",
    "the cursor key",
    "the sealing key",
    {},
)


def environment(name: str) -> dict[str, str]:
    service = next(service for service in SERVICES if service.name == name)
    return dict(services.program(service, AROUND, "postgresql://postgres@/x?host=/run", 8080, Nursery()).environment)


def test_loopback_is_allowed_unless_somebody_decided_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELOP_URLS__ALLOWED_NETWORKS", raising=False)
    assert "127.0.0.0/8" in environment("notifier")["TELOP_URLS__ALLOWED_NETWORKS"]
    monkeypatch.setenv("TELOP_URLS__ALLOWED_NETWORKS", "[]")
    assert environment("notifier")["TELOP_URLS__ALLOWED_NETWORKS"] == "[]"


def test_the_addresses_of_the_stack_win_over_those_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELOP_KAFKA__BOOTSTRAP", "somewhere:9092")
    assert environment("ocr")["TELOP_KAFKA__BOOTSTRAP"] == "localhost:9092"


def test_settings_of_opentelemetry_reach_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    for service in SERVICES:
        assert environment(service.name)["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"


def test_only_ingest_learns_the_access_key() -> None:
    assert [service.name for service in SERVICES if "the access key" in environment(service.name).values()] == [
        "ingest"
    ]


def test_only_the_notifier_learns_the_sealing_key() -> None:
    assert [service.name for service in SERVICES if "the sealing key" in environment(service.name).values()] == [
        "notifier"
    ]


def test_the_object_store_is_a_folder_whose_name_may_hold_a_space() -> None:
    assert environment("ingest")["TELOP_OBJECTS__URL"] == "file:///data%20here/objects"


def test_no_secret_is_shown_with_a_program() -> None:
    shown = repr(services.program(SERVICES[0], AROUND, "postgresql://", 8080, Nursery()))
    assert "the access key" not in shown
    assert "the cursor key" not in shown
    assert "the sealing key" not in repr(services.program(SERVICES[4], AROUND, "postgresql://", 8080, Nursery()))
