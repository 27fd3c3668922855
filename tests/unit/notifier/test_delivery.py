import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobProgressed
from telop_contracts.webhook.v1 import Webhook
from telop_notifier import delivery
from telop_notifier.delivery import Answer, JobWebhookEvent, judge, retry_after_s, webhook_id

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
EVENTS: list[JobWebhookEvent] = [
    JobAccepted(job_id="j1", sequence=1, language="en", created_at=NOW),
    JobProgressed(job_id="j1", sequence=2, progress=0.5, stages=()),
    JobCompleted(job_id="j1", sequence=3, verdict="warn", counts={"spelling": 2}, unchecked=()),
    JobFailed(job_id="j1", sequence=3, reason="empty_file", detail="the file has no bytes"),
    JobCancelled(job_id="j1", sequence=3, reason="cancelled_by_user"),
    FindingDecided(job_id="j1", finding_id="f1", sequence=4, decision="intended", decided_at=NOW),
]


def answer(status: int | None = None, *, failure: str | None = None, retry_after: str | None = None) -> Answer:
    return Answer(NOW, 12, status, failure, retry_after)


def body_of(event: JobWebhookEvent) -> dict[str, dict[str, object]]:
    message = delivery.message_of(event, event_id="e1", at=NOW, public_url="https://telop.example/")
    body: dict[str, dict[str, object]] = json.loads(message.body)
    return body


def test_the_id_depends_on_event_and_endpoint_and_on_nothing_else() -> None:
    assert webhook_id("e1", "ep_1") == webhook_id("e1", "ep_1")
    assert len({webhook_id("e1", "ep_1"), webhook_id("e1", "ep_2"), webhook_id("e2", "ep_1")}) == 3


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_every_body_is_a_webhook_of_the_contract(event: JobWebhookEvent) -> None:
    message = delivery.message_of(event, event_id="e1", at=NOW, public_url="https://telop.example")
    webhook = Webhook.model_validate_json(message.body)
    assert webhook.type == message.type == event.TYPE.removesuffix(".v1")
    assert (webhook.data.job_id, webhook.data.sequence) == ("j1", event.sequence)
    assert webhook.data.links["job"] == "https://telop.example/v1/jobs/j1"


def test_status_follows_the_words_of_the_api() -> None:
    data = [body_of(event)["data"] for event in EVENTS]
    assert [each["status"] for each in data] == ["queued", "running", "succeeded", "failed", "cancelled", None]
    assert data[2]["verdict"] == "warn"
    assert data[2]["counts"] == {"spelling": 2}
    assert data[3]["error"] == {"reason": "empty_file", "detail": "the file has no bytes"}
    assert (data[5]["finding_id"], data[5]["decision"]) == ("f1", "intended")


def test_a_body_never_exceeds_its_limit_and_keeps_the_reason() -> None:
    event = JobFailed(job_id="j1", sequence=3, reason="probe_failed", detail="\x01" * 4096)
    message = delivery.message_of(event, event_id="e1", at=NOW, public_url="https://telop.example")
    assert len(message.body) <= delivery.MAX_BODY_BYTES
    assert json.loads(message.body)["data"]["error"]["reason"] == "probe_failed"


def test_attempts_come_after_the_documented_waits_and_then_end() -> None:
    waits = [judge(answer(500), number=number, only_once=False, jitter=0.0, now=NOW).delay_s for number in range(1, 10)]
    assert waits == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    last = judge(answer(500), number=10, only_once=False, jitter=0.0, now=NOW)
    assert (last.status, last.reason) == ("failed", "http_status")


def test_jitter_makes_a_wait_longer_by_a_tenth_at_most() -> None:
    waits = [judge(answer(500), number=2, only_once=False, jitter=each, now=NOW).delay_s for each in (0.0, 0.5, 1.0)]
    assert waits == pytest.approx([300, 315, 330])


@given(
    number=st.integers(1, 9),
    jitter=st.floats(0, 1, exclude_max=True),
    status=st.sampled_from([None, 301, 400, 404, 429, 500, 503]),
    retry_after=st.none() | st.text(max_size=30) | st.integers(0, 10**9).map(str),
)
def test_no_attempt_is_early_or_later_than_a_day_and_its_jitter(
    number: int, jitter: float, status: int | None, retry_after: str | None
) -> None:
    failure = None if status else "timed_out"
    verdict = judge(
        answer(status, failure=failure, retry_after=retry_after), number=number, only_once=False, jitter=jitter, now=NOW
    )
    assert verdict.status == "pending"
    assert delivery.STEPS_S[number] <= verdict.delay_s <= 86_400 * 1.1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_succeeds(status: int) -> None:
    assert judge(answer(status), number=1, only_once=False, jitter=0.5, now=NOW).status == "succeeded"


@pytest.mark.parametrize(
    ("given_answer", "reason"),
    [
        (answer(302), "redirected"),
        (answer(404), "http_status"),
        (answer(failure="timed_out"), "timed_out"),
        (answer(failure="url_refused"), "url_refused"),
    ],
)
def test_what_is_no_success_is_tried_again_with_its_reason(given_answer: Answer, reason: str) -> None:
    verdict = judge(given_answer, number=1, only_once=False, jitter=0.0, now=NOW)
    assert (verdict.status, verdict.reason, verdict.disables) == ("pending", reason, False)


def test_gone_ends_the_delivery_and_disables_the_endpoint() -> None:
    verdict = judge(answer(410), number=1, only_once=False, jitter=0.0, now=NOW)
    assert (verdict.status, verdict.disables) == ("failed", True)


def test_progress_is_tried_once() -> None:
    assert judge(answer(500), number=1, only_once=True, jitter=0.0, now=NOW).status == "failed"


@pytest.mark.parametrize(
    ("status", "retry_after", "delay"),
    [
        (503, "60", 60.0),
        (429, "60", 60.0),
        (429, "1", 5.0),
        (500, "60", 5.0),
        (429, "99999999999999999999", 86_400.0),
    ],
)
def test_retry_after_counts_for_429_and_503_within_bounds(status: int, retry_after: str, delay: float) -> None:
    verdict = judge(answer(status, retry_after=retry_after), number=1, only_once=False, jitter=0.0, now=NOW)
    assert verdict.delay_s == delay


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("²", 0.0),
        ("120", 120.0),
        ("Sat, 21 Nov 2026 10:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_a_receiver_cannot_ask_for_less_than_the_schedule() -> None:
    earlier = (NOW - timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert judge(answer(503, retry_after=earlier), number=2, only_once=False, jitter=0.0, now=NOW).delay_s == 300
