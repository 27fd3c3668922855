"""The judging span joins all parts of the job and repeats nothing of them; the tables are as described."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_span_id, format_trace_id
from sqlalchemy import text
from telop_chassis import telemetry
from telop_contracts.job.v1 import JobChecked
from telop_matcher.tables import metadata
from telop_matcher.tasks import JudgeJob

from tests.integration.matcher.harness import TRACE_ID, Matcher, failed, heard, new_job, read


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span that the workers start."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    return exporter


async def test_the_judging_span_is_in_the_jobs_trace_and_links_to_every_part(
    matcher: Matcher, spans: InMemorySpanExporter
) -> None:
    job = new_job()
    parts = (read(job, 0, "MARKERREAD"), heard(job, 0, "MARKERHEARD"), failed(job, 1), heard(job, 1))
    published = await matcher.publish(await matcher.plan(job, 2), *parts)
    await matcher.until_idle()

    assert len(await matcher.published(JobChecked, job)) == 1
    finished = spans.get_finished_spans()
    (judging,) = [span for span in finished if span.name.startswith(JudgeJob.TYPE)]
    assert {format_trace_id(link.context.trace_id) for link in judging.links} == {TRACE_ID}
    assert sorted(format_span_id(link.context.span_id) for link in judging.links) == sorted(published)
    assert judging.context
    assert format_trace_id(judging.context.trace_id) == TRACE_ID
    assert "MARKER" not in "".join(span.to_json() for span in finished)


async def test_the_tables_are_those_that_the_migrations_create(matcher: Matcher) -> None:
    tables = metadata.tables.values()
    columns = text(
        "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = ANY(:names)"
    )
    async with matcher.service.database.engine.connect() as connection:
        found = await connection.execute(columns, {"names": [table.name for table in tables]})
    described = {(table.name, column.name, bool(column.nullable)) for table in tables for column in table.columns}
    assert {tuple(row) for row in found} == described
