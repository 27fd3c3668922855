import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.v1.conversion import to_dict
from cloudevents.v1.http import from_json
from microsoft_teams.cards import AdaptiveCard, Fact, FactSet, OpenUrlAction, TextBlock
from telop_contracts.job.v1 import JobCompleted, JobFailed
from telop_contracts.webhook.v1 import Webhook
from telop_notifier.delivery import message_of
from telop_notifier.formats import content_type, render

from contracts.tooling.schemas import WEBHOOK_TYPES

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SOURCE = "https://telop.example"
COUNTS = {"spelling": 2, "name": 1, "number": 0}
COMPLETED = JobCompleted(job_id="j1", sequence=7, verdict="fail", counts=COUNTS, unchecked=())


def standard(event: JobCompleted | JobFailed = COMPLETED) -> bytes:
    return message_of(event, event_id="e1", at=NOW, public_url=SOURCE).body


def rendered(form: str, body: bytes) -> Any:
    made = render(form, body, event_id="e1", source=SOURCE)
    assert made is not None
    return json.loads(made)


def test_standard_is_the_webhook_itself() -> None:
    assert render("standard", standard(), event_id="e1", source=SOURCE) is None
    assert content_type("standard") == content_type("slack") == content_type("teams") == "application/json"


def test_a_cloudevent_is_read_by_the_independent_library() -> None:
    body = render("cloudevents", standard(), event_id="e1", source=SOURCE)
    assert body is not None
    event = to_dict(from_json(body.decode()))
    assert content_type("cloudevents") == "application/cloudevents+json"
    assert (event["specversion"], event["id"], event["source"]) == ("1.0", "e1", SOURCE)
    assert (event["type"], event["subject"], event["sequence"]) == ("dev.telopcheck.job.completed", "j1", "7")
    assert datetime.fromisoformat(event["time"]) == NOW
    assert event["data"] == json.loads(standard())["data"]


def test_a_slack_message_says_what_happened_and_links_to_the_job() -> None:
    message = rendered("slack", standard())
    text = message["blocks"][0]["text"]["text"]
    assert message["text"] == "Check finished"
    assert "*Verdict:* fail" in text
    assert "*Findings:* 1 name, 2 spelling" in text
    assert f"<{SOURCE}/v1/jobs/j1|Open the check>" in text


def test_a_teams_message_is_an_adaptive_card_in_its_envelope() -> None:
    message = rendered("teams", standard())
    (attachment,) = message["attachments"]
    card = attachment["content"]
    assert (message["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {"title": "Verdict", "value": "fail"} in card["body"][1]["facts"]
    assert card["actions"][0]["url"] == f"{SOURCE}/v1/jobs/j1"


def test_every_part_of_a_teams_card_is_one_that_teams_knows() -> None:
    (attachment,) = rendered("teams", standard())["attachments"]
    card = attachment["content"]
    heading, facts = card["body"]
    parts = [
        AdaptiveCard.model_validate(card),
        TextBlock.model_validate(heading),
        FactSet.model_validate(facts),
        *(Fact.model_validate(each) for each in facts["facts"]),
        *(OpenUrlAction.model_validate(each) for each in card["actions"]),
    ]
    assert len(parts) > 6
    assert {name for each in parts for name in each.model_extra or ()} == {"$schema"}  # no field that they do not know
    assert [part["type"] for part in (*card["body"], *card["actions"])] == ["TextBlock", "FactSet", "Action.OpenUrl"]


def test_text_from_outside_cannot_become_markup() -> None:
    failed = JobFailed(job_id="j1", sequence=2, reason="probe_failed", detail="<!channel> [here](https://evil.example)")
    slack = rendered("slack", standard(failed))["blocks"][0]["text"]["text"]
    assert "<!channel>" not in slack
    assert "&lt;!channel&gt;" in slack
    facts = rendered("teams", standard(failed))["attachments"][0]["content"]["body"][1]["facts"]
    assert "](" not in next(fact["value"] for fact in facts if fact["title"] == "Detail")


@pytest.mark.parametrize("form", ["cloudevents", "slack", "teams"])
@pytest.mark.parametrize("kind", WEBHOOK_TYPES)
def test_every_type_has_a_body_in_every_format_within_the_limits_of_the_receivers(form: str, kind: str) -> None:
    example = Webhook.model_validate_json(standard())
    long = JobFailed(job_id="j1", sequence=2, reason="probe_failed", detail="&" * 4096)
    for body in (example, Webhook.model_validate_json(standard(long))):
        made = rendered(form, body.model_copy(update={"type": kind}).model_dump_json().encode())
        assert len(json.dumps(made)) <= 20_000
        if form == "slack":
            assert len(made["blocks"][0]["text"]["text"]) <= 3_000
