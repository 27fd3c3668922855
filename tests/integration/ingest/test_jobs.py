"""A job is accepted once, planned once, ended once, and shown as it is."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from telop_chassis import middleware, telemetry
from telop_contracts.check.v1 import CheckFailed
from telop_contracts.job.v1 import JobChecked
from telop_contracts.media.v1 import MediaPublished, MediaSource
from telop_contracts.segment.v1 import SegmentFailed
from telop_contracts.values import ObjectRef

from tests.integration.ingest.harness import COST, ENGINE, TENANT, TRACE_ID, Ingest, a_result
from tests.support.eventually import eventually
from tests.unit.ingest.media_files import write

DEAD = "SELECT count(*) FROM inbox WHERE status = 'dead'"


async def _sequences(ingest: Ingest, job_id: str) -> list[int]:
    async with ingest.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        return [int(line[4:]) async for line in answer.aiter_lines() if line.startswith("id: ")]


async def test_a_job_goes_from_upload_to_verdict(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip, programme="News", roster=[{"text": "Jane Doe"}])
    job = await ingest.until(job_id, "running")
    assert job["media"]["duration_s"] == pytest.approx(1.0, abs=0.1)
    assert [stage["expected"] for stage in job["stages"]] == [1, 1]
    (planned,) = await ingest.published("job.planned.v1")
    (segment,) = await ingest.published("segment.planned.v1")
    assert segment["segment_id"] == f"{job_id}:0"
    assert segment["stages"] == ["ocr", "asr"]
    assert planned["media"]["object"]["sha256"] == job["media"]["sha256"]
    await ingest.read(job_id)
    await ingest.heard(job_id)
    await ingest.checked(job_id, a_result(job_id))
    job = await ingest.until(job_id, "succeeded")
    await ingest.until_idle()
    job = await ingest.job(job_id)
    assert (job["verdict"], job["progress"], job["error"]) == ("warn", 1.0, None)
    assert [stage["done"] for stage in job["stages"]] == [1, 1]
    assert [each["verdict"] for each in await ingest.published("job.completed.v1")] == ["warn"]


async def test_the_rules_of_a_job_lie_in_the_store(ingest: Ingest, clip: bytes, tmp_path: Path) -> None:
    lines = [{"start_s": 0, "end_s": 1, "text": "Hello"}]
    job_id = await ingest.start(clip, ng_words=[{"text": "damn"}], transcript=lines)
    await ingest.until(job_id, "running")
    folder = tmp_path / "objects" / "tenants" / TENANT / "jobs" / job_id
    assert json.loads((folder / "rules.json").read_text())["ng_words"] == [{"text": "damn", "exceptions": []}]
    assert json.loads((folder / "transcript.json").read_text()) == lines


async def test_a_subtitle_file_becomes_the_transcript(ingest: Ingest, clip: bytes, tmp_path: Path) -> None:
    media_id = await ingest.upload(b"1\n00:00:00,100 --> 00:00:00,900\nHello\n")
    job_id = await ingest.start(clip, transcript={"media_id": media_id, "format": "srt"})
    await ingest.until(job_id, "running")
    stored = tmp_path / "objects" / "tenants" / TENANT / "jobs" / job_id / "transcript.json"
    assert json.loads(stored.read_text()) == [{"start_s": 0.1, "end_s": 0.9, "text": "Hello"}]


async def test_a_transcript_of_another_format_ends_the_job(ingest: Ingest, clip: bytes) -> None:
    media_id = await ingest.upload(b"no subtitles")
    job_id = await ingest.start(clip, transcript={"media_id": media_id, "format": "vtt"})
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "transcript_malformed"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "media_empty"), (b"text", "media_not_recognised"), (None, "media_truncated")],
)
async def test_what_is_no_medium_ends_the_job_with_its_reason(
    ingest: Ingest, clip: bytes, content: bytes | None, reason: str
) -> None:
    job_id = await ingest.start(clip[: len(clip) // 2] if content is None else content)
    job = await ingest.until(job_id, "failed")
    assert job["error"]["reason"] == reason
    assert job["error"]["detail"]
    (failed,) = await ingest.published("job.failed.v1")
    assert (failed["reason"], failed["sequence"]) == (reason, 2)
    assert await ingest.scalar("SELECT count(*) FROM ended_jobs") == 1
    assert await ingest.scalar(DEAD) == 0


async def test_a_medium_without_sound_is_checked_as_far_as_it_can_be(ingest: Ingest, tmp_path: Path) -> None:
    silent = write(tmp_path / "silent.mp4", "mp4", audio=None).read_bytes()
    job = await ingest.until(await ingest.start(silent), "running")
    assert [(stage["stage"], stage["skipped"]) for stage in job["stages"]] == [("ocr", None), ("asr", "no_audio_track")]
    (segment,) = await ingest.published("segment.planned.v1")
    assert segment["stages"] == ["ocr"]


@pytest.mark.parametrize(
    ("url", "reason", "dead"),
    [
        ("http://10.0.0.1/clip.mp4", "url_refused", 0),
        ("http://127.0.0.1:1/clip.mp4", "url_unreachable", 1),
        ("http://user:pass@127.0.0.1/clip.mp4", "url_refused", 0),
    ],
)
async def test_a_url_that_cannot_be_fetched_ends_the_job_and_is_for_the_operators_only_if_it_may_be_their_network(
    ingest: Ingest, url: str, reason: str, dead: int
) -> None:
    answer = await ingest.client.post("/v1/jobs", json={"media": {"url": url}, "language": "en"})
    job = await ingest.until(answer.json()["job_id"], "failed")
    assert job["error"]["reason"] == reason
    assert await ingest.scalar(DEAD) == dead


async def test_an_object_of_the_own_prefix_is_checked(ingest: Ingest, clip: bytes) -> None:
    ref = await ingest.put(f"tenants/{TENANT}/inbox/clip.mp4", clip)
    body = {"media": {"object_key": ref.key}, "language": "en"}
    answer = await ingest.client.post("/v1/jobs", json=body)
    job = await ingest.until(answer.json()["job_id"], "running")
    assert job["media"]["sha256"] == ref.sha256


async def test_an_object_that_is_not_there_ends_the_job(ingest: Ingest) -> None:
    body = {"media": {"object_key": f"tenants/{TENANT}/nothing"}, "language": "en"}
    answer = await ingest.client.post("/v1/jobs", json=body)
    assert (await ingest.until(answer.json()["job_id"], "failed"))["error"]["reason"] == "media_unknown"


async def test_an_upstream_event_makes_one_job_however_often_it_comes(ingest: Ingest, clip: bytes) -> None:
    ref = await ingest.put(f"tenants/demo/inbox/{TENANT}.mp4", clip)
    event = MediaPublished(media=MediaSource(object_key=ref.key), language="en")
    for _ in range(2):
        await ingest.publish(event, tenant="demo", event_id="upstream-1")
    await ingest.until_idle()
    assert await ingest.scalar("SELECT count(*) FROM jobs WHERE tenant = 'demo' AND status = 'running'") == 1
    trace = await ingest.scalar("SELECT trace_id FROM jobs")
    assert len(await ingest.published("job.accepted.v1")) == 1
    assert trace is not None


@pytest.mark.parametrize(
    ("media", "language", "reason"),
    [
        ({"media_id": "nothing"}, "en", "media_unknown"),
        ({"object_key": "tenants/other/inbox/a.mp4"}, "en", "media_unknown"),
        ({"media_id": "nothing"}, "xx", "language_unsupported"),
    ],
)
async def test_what_the_door_refuses_ends_a_job_that_came_over_kafka(
    ingest: Ingest, media: dict[str, str], language: str, reason: str
) -> None:
    await ingest.publish(MediaPublished(media=MediaSource(**media), language=language), tenant="demo")
    await ingest.until_idle()
    assert await ingest.scalar("SELECT status || ':' || error_reason FROM jobs") == f"failed:{reason}"


async def test_only_the_first_end_of_a_job_stands(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    assert (await ingest.client.delete(f"/v1/jobs/{job_id}")).status_code == 202
    await ingest.checked(job_id, a_result(job_id))
    await ingest.publish(CheckFailed(job_id=job_id, reason="too_late"))
    await ingest.until_idle()
    job = await ingest.job(job_id)
    assert (job["status"], job["error"]["reason"], job["verdict"]) == ("cancelled", "cancelled_by_user", "warn")
    assert len(await ingest.published("job.cancelled.v1")) == 1
    assert await ingest.published("job.completed.v1") == []
    assert await ingest.published("job.failed.v1") == []
    answer = await ingest.client.get(f"/v1/jobs/{job_id}/findings")
    assert len(answer.json()["items"]) == 2


async def test_cancel_and_verdict_at_the_same_instant_give_one_end(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    _, cancelled = await asyncio.gather(
        ingest.checked(job_id, a_result(job_id)), ingest.client.delete(f"/v1/jobs/{job_id}")
    )
    await ingest.until_idle()
    status = (await ingest.job(job_id))["status"]
    assert (status, cancelled.status_code) in {("cancelled", 202), ("succeeded", 409)}
    ends = [len(await ingest.published(f"job.{end}.v1")) for end in ("completed", "cancelled", "failed")]
    assert sum(ends) == 1


async def test_an_ended_job_cannot_be_cancelled(ingest: Ingest) -> None:
    job_id = await ingest.start(b"text")
    await ingest.until(job_id, "failed")
    answer = await ingest.client.delete(f"/v1/jobs/{job_id}")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "job_already_ended")


async def test_a_second_verdict_changes_nothing(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    await ingest.checked(job_id, a_result(job_id))
    await ingest.until(job_id, "succeeded")
    await ingest.checked(job_id, a_result(job_id, findings=1), verdict="fail")
    await ingest.until_idle()
    assert (await ingest.job(job_id))["verdict"] == "warn"
    assert len(await ingest.published("job.completed.v1")) == 1


async def test_a_failed_segment_is_counted_until_a_success_replaces_it(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    failed = SegmentFailed(job_id=job_id, stage="ocr", index=0, reason="child_died", attempts=3)
    await ingest.publish(failed)
    await ingest.until_idle()
    assert (await ingest.job(job_id))["stages"][0] == {
        "stage": "ocr",
        "expected": 1,
        "done": 0,
        "failed": 1,
        "skipped": None,
        "engines": [],
        "not_biased": [],
    }
    await ingest.read(job_id)
    await ingest.until_idle()
    await ingest.publish(failed)
    await ingest.until_idle()
    stage = (await ingest.job(job_id))["stages"][0]
    assert (stage["done"], stage["failed"]) == (1, 0)


async def test_a_job_tells_which_engine_recognised_it_on_what_and_how_fast(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")

    await ingest.heard(job_id, not_biased=("李",))
    await ingest.heard(job_id, not_biased=("李",))  # the same segment again, as after a crash
    free = COST.model_copy(update={"wall_s": 0.0, "engine_calls": 0})
    await ingest.heard(job_id, 1, cost=free, not_biased=("李",))  # taken from an earlier job
    await ingest.until_idle()

    ocr, asr = (await ingest.job(job_id))["stages"]
    assert ocr["engines"] == []
    about = {"name": ENGINE.name, "version": ENGINE.version, "model": ENGINE.model, "device": COST.device}
    cost = {"wall_s": COST.wall_s, "media_s": COST.media_s, "x_real_time": round(COST.media_s / COST.wall_s, 2)}
    assert asr["engines"] == [about | cost]
    assert asr["not_biased"] == ["李"]


async def test_a_stage_that_gives_up_on_the_job_ends_it(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    await ingest.publish(SegmentFailed(job_id=job_id, stage="asr", index=None, reason="model_missing", attempts=1))
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "model_missing"


async def test_a_record_that_is_no_event_ends_the_job_that_it_names(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    headers = {"ce_specversion": "1.0", "ce_id": "x", "ce_source": "/services/ocr", "ce_type": "telops.read.v1"}
    headers |= {"ce_time": "2026-01-01T00:00:00Z", "ce_subject": job_id, "ce_tenantid": TENANT}
    headers |= {"content-type": "application/json"}
    raw = tuple((name, value.encode()) for name, value in headers.items())
    await ingest.publish_raw("telops.read.v1", job_id.encode(), raw, b"{not json")
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "not_json"


async def test_a_result_that_is_gone_ends_the_job(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    gone = ObjectRef(key=f"tenants/{TENANT}/jobs/{job_id}/gone.json", sha256="0" * 64, bytes=1)
    await ingest.publish(JobChecked(job_id=job_id, verdict="pass", counts={}, unchecked=(), result=gone))
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "object_missing"


async def test_the_results_of_another_tenant_change_nothing(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    await ingest.publish(CheckFailed(job_id=job_id, reason="not_yours"), tenant="other")
    await ingest.until_idle()
    assert (await ingest.job(job_id))["status"] == "running"


async def test_progress_only_moves_forward_and_sequences_grow(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    await ingest.read(job_id)
    await ingest.until_idle()
    middle = (await ingest.job(job_id))["progress"]
    assert 0.05 < middle < 0.95
    await ingest.read(job_id)
    await ingest.heard(job_id)
    await ingest.until_idle()
    assert (await ingest.job(job_id))["progress"] == 0.95
    await ingest.checked(job_id, a_result(job_id))
    await ingest.until(job_id, "succeeded")
    sequences = await _sequences(ingest, job_id)
    assert sequences == list(range(1, len(sequences) + 1))


async def test_an_idempotency_key_gives_one_job_also_at_the_same_instant(ingest: Ingest, clip: bytes) -> None:
    body: dict[str, Any] = {"media": {"media_id": await ingest.upload(clip)}, "language": "en"}
    headers = {"Idempotency-Key": "order-1"}
    answers = await asyncio.gather(*(ingest.client.post("/v1/jobs", json=body, headers=headers) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert await ingest.scalar("SELECT count(*) FROM jobs") == 1
    reused = await ingest.client.post("/v1/jobs", json=body | {"programme": "Other"}, headers=headers)
    assert (reused.status_code, reused.json()["type"].rpartition("/")[2]) == (409, "idempotency_key_reused")
    async with await ingest.stranger() as other:
        assert (await other.post("/v1/jobs", json=body, headers=headers)).status_code == 422


async def test_a_write_whose_outbox_insert_fails_leaves_nothing(ingest: Ingest) -> None:
    media_id = await ingest.upload(b"x")
    await _forbid(ingest)
    body = {"media": {"media_id": media_id}, "language": "en"}
    answer = await ingest.client.post("/v1/jobs", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 500
    for table in ("jobs", "job_events"):
        assert await ingest.scalar(f"SELECT count(*) FROM {table}") == 0
    assert await ingest.scalar("SELECT count(*) FROM inbox") == 0


async def _forbid(ingest: Ingest) -> None:
    async with ingest.service.database.driver() as connection:
        await connection.execute("ALTER TABLE outbox ADD CONSTRAINT never CHECK (topic <> 'job.accepted.v1')")


async def test_a_job_that_does_not_move_is_given_up(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    looked = "UPDATE inbox SET due_at = clock_timestamp() WHERE type = 'ingest.stall_check' RETURNING 1"
    await ingest.scalar(looked)

    async def rescheduled() -> bool:
        return bool(await ingest.scalar("SELECT count(*) FROM inbox WHERE type = 'ingest.stall_check'") == 2)

    await eventually(rescheduled)
    assert (await ingest.job(job_id))["status"] == "running"
    await ingest.scalar("UPDATE jobs SET moved_at = moved_at - interval '2 hours' RETURNING 1")
    await ingest.scalar(looked)
    assert (await ingest.until(job_id, "failed"))["error"]["reason"] == "stalled"


async def test_everything_that_a_job_sets_off_is_in_its_own_trace(
    ingest: Ingest, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = TracerProvider()
    for module in (telemetry, middleware):
        monkeypatch.setattr(module, "tracer", provider.get_tracer("test"))
    body = {"media": {"media_id": await ingest.upload(clip)}, "language": "en"}
    caller = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
    accepted = (await ingest.client.post("/v1/jobs", json=body, headers=caller)).json()
    await ingest.until(accepted["job_id"], "running")
    assert (await ingest.client.delete(f"/v1/jobs/{accepted['job_id']}", headers=caller)).status_code == 202
    sent = "SELECT split_part(headers->>'traceparent', '-', 2) AS trace FROM outbox WHERE topic NOT LIKE 'access.%'"
    found = f"SELECT array_agg(DISTINCT trace) FROM ({sent} UNION SELECT split_part(traceparent, '-', 2) FROM inbox) t"
    assert await ingest.scalar(found) == [accepted["trace_id"]]
    assert accepted["trace_id"] != TRACE_ID
