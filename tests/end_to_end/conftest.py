"""One local stack for all end-to-end tests, started as a person would: real PostgreSQL, real broker, five services.

`telop up` itself decides between Apache Kafka and the embedded broker and says so; the tests report what it chose.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console
from telop_cli.demo import run
from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.otlp import SpanReceiver
from telop_cli.demo.receiver import WebhookReceiver
from telop_cli.demo.stack_process import StackProcess


@pytest.fixture(scope="session")
def spans() -> Iterator[SpanReceiver]:
    with SpanReceiver() as spans:
        yield spans


@pytest.fixture(scope="session")
def connection(spans: SpanReceiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.url, "OTEL_BSP_SCHEDULE_DELAY": "500"}
    with StackProcess(tmp_path_factory.mktemp("stack"), environment=exported) as stack:
        sys.stderr.write(f"end-to-end tests run on the {stack.connection.broker_kind} broker\n")
        yield stack.connection


@pytest.fixture(scope="session")
def client(connection: Connection) -> Iterator[Client]:
    with connection.client() as client:
        yield client


@dataclass(frozen=True)
class DemoJob:
    """The demo's job, every webhook that came of it, and what the demo printed."""

    checked: run.Checked
    webhooks: WebhookReceiver
    printed: str


@pytest.fixture(scope="session")
def demo_job(connection: Connection, spans: SpanReceiver) -> Iterator[DemoJob]:
    printed = StringIO()
    with WebhookReceiver() as webhooks:
        checked = run.check(Console(file=printed, width=160), connection, spans, webhooks)
        yield DemoJob(checked, webhooks, printed.getvalue())
