"""The demo itself: a stack, a clip, a job, its findings, its webhook and its trace, shown as they come.

It succeeds only if every planted mistake was found, nothing else was reported, and the webhook of the job's end was
signed with the endpoint's secret.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from telop_cli.demo import show
from telop_cli.demo.client import Json
from telop_cli.demo.connection import Connection
from telop_cli.demo.judgement import Judgement, judge
from telop_cli.demo.otlp import Span, SpanReceiver
from telop_cli.demo.receiver import Received, WebhookReceiver
from telop_cli.demo.stack_process import StackProcess
from telop_cli.demo.trace import draw, grow
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth

SERVICES: Final = frozenset({"ingest", "ocr", "asr", "matcher", "notifier"})
ENDS: Final = ("job.completed", "job.failed", "job.cancelled")
WEBHOOK_S: Final = 20.0
TRACE_S: Final = 15.0
EXPORT_EVERY_MS: Final = "500"
"""Spans leave a service every 5 s by default, which is longer than anybody likes to wait for a picture."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one job of the clip brought."""

    job: Json
    judgement: Judgement
    webhook: Received | None
    spans: Sequence[Span]

    @property
    def is_right(self) -> bool:
        """Everything that the demo promises came true."""
        return self.judgement.is_right and self.webhook is not None and self.webhook.verified


def run(out: Console, data: Path, kafka: str | None, keep: bool) -> bool:
    """Run the demo on a stack with this data folder; return whether it succeeded."""
    started = time.monotonic()
    with ExitStack() as stack:
        spans, webhooks = stack.enter_context(SpanReceiver()), stack.enter_context(WebhookReceiver())
        exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.url, "OTEL_BSP_SCHEDULE_DELAY": EXPORT_EVERY_MS}
        connection = stack.enter_context(StackProcess(data, kafka, exported)).connection
        up_s = time.monotonic() - started
        out.print(f"The stack is up after {up_s:.1f} s: {connection.ingest_url}, broker {connection.broker_kind}")
        checked = check(out, connection, spans, webhooks)
        _summarise(out, checked, up_s, time.monotonic() - started)
        if keep:
            _wait_for_ctrl_c(out, connection)
    return checked.is_right


def check(out: Console, connection: Connection, spans: SpanReceiver, webhooks: WebhookReceiver) -> Checked:
    """Check the clip on a running stack, over HTTP, with the receiver as a subscriber."""
    truth = Truth.read(ASSETS / TRUTH)
    with connection.client() as client:
        endpoint = client.create_endpoint(webhooks.url)
        webhooks.trust(endpoint["secret"])
        started = client.start({"media": {"media_id": client.upload(ASSETS / CLIP)}, **truth.request})
        out.print(f"Uploaded {CLIP} ({truth.duration_s:.0f} s), started {started['job_id']}", markup=False)
        job = show.to_the_end(out, client, started["job_id"])
        findings = client.findings(job["job_id"])
        webhook = webhooks.wait_for(lambda each: _tells_the_end(each, job["job_id"]), WEBHOOK_S)
        received = spans.wait_for(job["trace_id"], lambda trace: is_complete(trace, webhook), TRACE_S)
        client.delete_endpoint(endpoint["endpoint_id"])
    return Checked(dict(job), judge(truth, findings), webhook, received)


def is_complete(spans: Sequence[Span], webhook: Received | None) -> bool:
    """Spans of all services, one root, nothing lost, and the span that sent the webhook: the whole story came in."""
    services = {span.service.removeprefix("telop-") for span in spans}
    sent = webhook is None or any(span.span_id == webhook.span_id for span in spans)
    return sent and services >= SERVICES and grow(spans).is_whole


def _tells_the_end(received: Received, job_id: str) -> bool:
    return received.job_id == job_id and received.type in ENDS


def _summarise(out: Console, checked: Checked, up_s: float, whole_s: float) -> None:
    webhook, judgement = checked.webhook, checked.judgement
    if webhook:
        out.print(f"\nWebhook {webhook.headers['webhook-id']}, signature verified:")
        out.print(webhook.body.decode(), markup=False)
    else:
        out.print("\nNo signed webhook of the job's end came in")
    out.print(f"\nTrace {checked.job['trace_id']}, {len(checked.spans)} spans:")
    for line in draw(grow(checked.spans)):
        out.print(line, markup=False, no_wrap=True, overflow="ignore", crop=False)
    out.print()
    for telop in judgement.missed:
        out.print(f"MISSED: {telop.mistake.kind if telop.mistake else ''} in: {telop.written}", markup=False)
    for finding in judgement.false_alarms:
        out.print(f"FALSE ALARM: {finding['kind']} in: {finding['written']}", markup=False)
    planted = len(judgement.found) + len(judgement.missed)
    out.print(
        f"{'Right' if checked.is_right else 'WRONG'}: {len(judgement.found)} of {planted} planted mistakes found, "
        f"{len(judgement.false_alarms)} false alarms, webhook {'verified' if webhook else 'missing'}; "
        f"{whole_s:.1f} s, of which {up_s:.1f} s for the stack"
    )


def _wait_for_ctrl_c(out: Console, connection: Connection) -> None:
    out.print(f"The stack stays up until Ctrl-C. Try: telop send --data {connection.data} FILE", markup=False)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        out.print("Stopping")
