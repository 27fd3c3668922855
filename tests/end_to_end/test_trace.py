"""One job is one trace: from its acceptance through all five services to the webhook, with no span lost."""

from telop_cli.demo.otlp import Span
from telop_cli.demo.run import SERVICES
from telop_cli.demo.trace import grow
from telop_contracts.telemetry import JOB_ID

from tests.end_to_end.conftest import DemoJob


def named(spans: list[Span]) -> list[str]:
    return [f"{span.service}: {span.name}" for span in spans]


def test_the_job_is_one_trace_with_one_root_and_no_orphan(demo_job: DemoJob) -> None:
    tree = grow(demo_job.checked.spans)

    assert named([node.span for node in tree.orphans]) == []
    assert named([node.span for node in tree.roots]) == ["telop-ingest: job accept"]


def test_all_five_services_are_in_the_trace(demo_job: DemoJob) -> None:
    services = {span.service.removeprefix("telop-") for span in demo_job.checked.spans}

    assert services == SERVICES


def test_every_span_names_its_job_and_the_version_of_its_service(demo_job: DemoJob) -> None:
    job_id = demo_job.checked.job["job_id"]
    spans = list(demo_job.checked.spans)

    assert named([span for span in spans if span.attributes.get(JOB_ID) != job_id]) == []
    assert named([span for span in spans if not span.resource.get("service.version")]) == []


def test_database_and_outgoing_http_calls_are_spans(demo_job: DemoJob) -> None:
    spans = demo_job.checked.spans
    databases = {span.service for span in spans if any(name.startswith("db.") for name in span.attributes)}
    outgoing = {
        (span.service, span.attributes.get("http.response.status_code"))
        for span in spans
        if span.kind == "client" and "http.request.method" in span.attributes
    }

    assert databases == {f"telop-{name}" for name in SERVICES}
    assert outgoing == {("telop-notifier", 204)}


def test_the_judging_span_links_to_its_parts(demo_job: DemoJob) -> None:
    by_id = {span.span_id: span for span in demo_job.checked.spans}
    joined = [span for span in demo_job.checked.spans if span.service == "telop-matcher" and span.links]

    assert len(joined) == 1
    assert {by_id[span_id].service for _, span_id in joined[0].links} >= {"telop-ocr", "telop-asr"}


def test_the_webhook_request_carries_the_trace(demo_job: DemoJob) -> None:
    webhook = demo_job.checked.webhook

    assert webhook
    assert webhook.trace_id == demo_job.checked.job["trace_id"]


def test_what_was_read_or_heard_stands_on_no_span(demo_job: DemoJob) -> None:
    secrets = ("intrest", "hospital", "anderson", "andersen", "chairman", "whsec_")
    told = [
        f"{span.service}: {span.name}: {name}"
        for span in demo_job.checked.spans
        for name, value in {"name": span.name, **span.attributes, **span.resource}.items()
        if any(secret in str(value).casefold() for secret in secrets)
    ]

    assert told == []
