"""The payload formats: what a receiver gets as the body, made once from the webhook when its delivery is made.

`standard` is the webhook itself. `cloudevents` wraps it as a CloudEvents 1.0 event in structured mode. `slack` and
`teams` are sentences for people in a channel, with a link to the job: a Slack message in mrkdwn, and an Adaptive Card
in the envelope of a Teams workflow. What comes from outside is escaped for each.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from telop_contracts.webhook.v1 import Webhook, WebhookData

PayloadFormat = Literal["standard", "cloudevents", "slack", "teams"]

TYPE_PREFIX: Final = "dev.telopcheck."
"""CloudEvents asks for a reverse DNS name; ours is that of the schemas."""
_SLACK_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TEAMS_MARKDOWN: Final = "\\`*_{}[]()#+!|~>"
_TITLES: Final[Mapping[str, str]] = {
    "job.accepted": "Check accepted",
    "job.progressed": "Check in progress",
    "job.completed": "Check finished",
    "job.failed": "Check failed",
    "job.cancelled": "Check cancelled",
    "finding.decided": "Finding decided",
    "endpoint.test": "Test of a webhook endpoint",
    "endpoint.warned": "A webhook endpoint is failing",
    "endpoint.disabled": "A webhook endpoint was disabled",
}


def content_type(form: str) -> str:
    """Return the media type of a body in this format."""
    return "application/cloudevents+json" if form == "cloudevents" else "application/json"


def render(form: str, standard: bytes, *, event_id: str, source: str) -> bytes | None:
    """Return the body in this format, or None for `standard`, whose bytes are those of the message."""
    if form == "standard":
        return None
    webhook = Webhook.model_validate_json(standard)
    made = {"cloudevents": _cloudevent, "slack": _slack, "teams": _teams}[form]
    return json.dumps(made(webhook, event_id, source), ensure_ascii=False, separators=(",", ":")).encode()


def _cloudevent(webhook: Webhook, event_id: str, source: str) -> dict[str, Any]:
    body = webhook.model_dump(mode="json")
    subject = webhook.data.job_id or webhook.data.endpoint_id
    sequence = webhook.data.sequence
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": TYPE_PREFIX + webhook.type,
        "time": body["timestamp"],
        **({"subject": subject} if subject else {}),
        # An extension holds what orders the events of a job: https://github.com/cloudevents/spec extensions/sequence.md
        **({"sequence": str(sequence)} if sequence else {}),
        "datacontenttype": "application/json",
        "data": body["data"],
    }


def _slack(webhook: Webhook, event_id: str, source: str) -> dict[str, Any]:
    title = _TITLES[webhook.type]
    lines = [f"*{name}:* {_slack_text(value)}" for name, value in _facts(webhook.data).items()]
    if link := webhook.data.links.get("job"):
        lines.append(f"<{_slack_text(link)}|Open the check>")
    text = "\n".join([f"*{title}*", *lines])
    return {"text": title, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}]}


def _slack_text(value: str) -> str:
    return "".join(_SLACK_ESCAPES.get(each, each) for each in value)


def _teams(webhook: Webhook, event_id: str, source: str) -> dict[str, Any]:
    facts = [{"title": name, "value": _teams_text(value)} for name, value in _facts(webhook.data).items()]
    heading = {"type": "TextBlock", "text": _TITLES[webhook.type], "weight": "Bolder", "size": "Medium", "wrap": True}
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [heading, {"type": "FactSet", "facts": facts}],
    }
    if link := webhook.data.links.get("job"):
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the check", "url": link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _teams_text(value: str) -> str:
    return "".join("\\" + each if each in _TEAMS_MARKDOWN else each for each in value)


def _facts(data: WebhookData) -> dict[str, str]:
    """What a person wants to know, bounded."""
    progress = f"{data.progress:.0%}" if data.progress is not None else None
    found = {
        "Job": data.job_id,
        "Endpoint": data.endpoint_id,
        "Finding": data.finding_id,
        "Status": data.status,
        "Progress": progress if data.status == "running" else None,
        "Verdict": data.verdict,
        "Decision": data.decision,
        "Findings": ", ".join(f"{count} {kind}" for kind, count in sorted(data.counts.items())[:20] if count),
        "Reason": data.error.reason if data.error else None,
        "Detail": data.error.detail[:500] if data.error else None,
    }
    return {name: value for name, value in found.items() if value}
