"""A programme that is checked twice on a real stack: findings are explained, and the second job knows of the first."""

from telop_cli.demo.client import Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth

from tests.end_to_end.conftest import DemoJob
from tests.end_to_end.test_commands import telop


def test_an_editor_is_told_why_there_is_a_finding(demo_job: DemoJob, connection: Connection) -> None:
    for _, finding in demo_job.checked.judgement.found:
        shown = telop(connection, "explain", finding["finding_id"])
        assert shown.returncode == 0, shown.stderr
        assert finding["written"].split()[0] in shown.stdout
        assert "Witnesses against it" in shown.stdout


def test_a_second_job_says_that_nothing_was_repaired(demo_job: DemoJob, client: Client) -> None:
    first = demo_job.checked.job
    request = dict(Truth.read(ASSETS / TRUTH).request) | {"earlier_job_id": first["job_id"]}
    request["media"] = {"media_id": client.upload(ASSETS / CLIP)}
    job_id = client.start(request)["job_id"]
    *_, last = client.follow(job_id)
    assert (last["status"], last["counts"]["fixed"]) == ("succeeded", 0)
    assert {finding["since_earlier"] for finding in client.findings(job_id)} == {"still_there"}
