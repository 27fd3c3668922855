"""The demo's job on a real stack: the findings are the truth, the webhook is signed, and Kafka gives the same."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from telop_cli.demo import upstream
from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth
from telop_contracts.webhook.v1 import Webhook

from tests.end_to_end.conftest import DemoJob

truth = Truth.read(ASSETS / TRUTH)


def essence(findings: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What makes two findings the same, apart from their ids."""
    fields = ("kind", "severity", "start_s", "end_s", "written", "heard", "suggestion", "relation", "blame")
    return [tuple(finding[field] for field in fields) for finding in findings]


def test_every_planted_mistake_is_found_and_nothing_else(demo_job: DemoJob) -> None:
    judgement = demo_job.checked.judgement

    assert [telop.written for telop in judgement.missed] == []
    assert [(finding["kind"], finding["written"]) for finding in judgement.false_alarms] == []


def test_the_job_succeeded_and_did_not_pass(demo_job: DemoJob) -> None:
    job = demo_job.checked.job

    assert (job["status"], job["progress"], job["unchecked"]) == ("succeeded", 1.0, [])
    assert job["verdict"] in ("warn", "fail")
    assert {stage["stage"] for stage in job["stages"]} == {"ocr", "asr"}


def test_findings_say_where_in_the_caption_and_the_picture_the_mistake_is(demo_job: DemoJob) -> None:
    for _, finding in demo_job.checked.judgement.found:
        wrong, box = finding["wrong"], finding["box"]
        assert finding["written"][wrong["start"] : wrong["end"]] == wrong["text"]
        assert 0 <= box["x"] < box["x"] + box["width"] <= truth.width
        assert truth.height / 2 < box["y"] < box["y"] + box["height"] <= truth.height


def test_what_was_read_and_heard_is_in_the_api(demo_job: DemoJob, client: Client) -> None:
    job_id = demo_job.checked.job["job_id"]
    read = {"".join(telop["text"].split()) for telop in client.telops(job_id)}
    heard = " ".join(word["text"] for word in client.transcript(job_id)).casefold()

    assert read >= {"".join(telop.written.split()) for telop in truth.telops}
    assert "interest rates unchanged" in heard


def test_the_end_is_announced_by_one_signed_webhook_that_the_api_confirms(demo_job: DemoJob) -> None:
    job, webhook = demo_job.checked.job, demo_job.checked.webhook

    assert webhook
    assert webhook.verified
    body = Webhook.model_validate_json(webhook.body)
    assert (body.type, body.data.verdict, dict(body.data.counts)) == ("job.completed", job["verdict"], job["counts"])
    received = [each for each in demo_job.webhooks.received if each.job_id == job["job_id"]]
    assert [each.type for each in received] == ["job.accepted", "job.completed"]
    assert len({each.headers["webhook-id"] for each in received}) == 2


def test_the_demo_shows_every_finding(demo_job: DemoJob) -> None:
    for telop in truth.planted:
        assert telop.mistake
        assert telop.mistake.kind in demo_job.printed
        assert f"[{telop.mistake.wrong}]" in demo_job.printed or telop.written in demo_job.printed


def test_the_same_clip_over_kafka_gives_the_same_findings(
    demo_job: DemoJob, client: Client, connection: Connection
) -> None:
    request = {"media": {"media_id": client.upload(ASSETS / CLIP)}, **truth.request}
    job_id = upstream.start(connection, client, request)

    *_, job = client.follow(job_id)

    assert job["status"] == "succeeded"
    assert essence(client.findings(job_id)) == essence(client.findings(demo_job.checked.job["job_id"]))


def test_a_job_is_watched_to_its_end_by_a_command_of_its_own(demo_job: DemoJob, connection: Connection) -> None:
    job = demo_job.checked.job
    command = [sys.executable, "-m", "telop_cli", "watch", job["job_id"], "--data", connection.data]

    watched = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (watched.returncode, watched.stderr) == (0, "")
    assert "intrest" in watched.stdout
    assert job["trace_id"] in watched.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["watch", "job_unknown"], "telop: HTTP 404 - There is no such thing\n"),
        (["send", "missing.mp4"], "telop: there is no file missing.mp4\n"),
    ],
)
def test_a_command_that_cannot_do_what_was_asked_says_so_in_one_line(
    connection: Connection, arguments: list[str], message: str
) -> None:
    command = [sys.executable, "-m", "telop_cli", *arguments, "--data", connection.data]

    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert refused.returncode != 0
    assert (refused.stdout, refused.stderr) == ("", message)
