"""The public API: closed by default, the same answer for what is unknown and what is somebody else's, bounded pages."""

import asyncio
import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from io import FileIO
from typing import Any

import httpx
import pytest
from telop_chassis.auth import open_routes, operations_with_ids

from tests.integration.ingest.harness import TENANT, Ingest, a_result, client_of
from tests.support.eventually import eventually

PLAIN = {"media": {"url": "http://127.0.0.1/"}, "language": "en"}


def _code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).rpartition("/")[2]


async def _succeeded(ingest: Ingest, clip: bytes, programme: str | None = None, **result: Any) -> str:
    job_id = await ingest.start(clip, programme=programme)
    await ingest.until(job_id, "running")
    await ingest.checked(job_id, a_result(job_id, **result))
    await ingest.until(job_id, "succeeded")
    return job_id


async def _pages(client: httpx.AsyncClient, path: str, limit: int) -> list[list[dict[str, Any]]]:
    pages, cursor = [], None
    while True:
        answer = await client.get(path, params={"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["items"])
        if (cursor := answer.json()["next_cursor"]) is None:
            return pages


async def _events(answer: httpx.Response) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{}]
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            found[-1][name] = value
        else:
            found.append({})
    return [event for event in found if "data" in event]


def test_no_route_is_open_by_mistake(ingest: Ingest) -> None:
    assert open_routes(ingest.app) == []


async def test_another_tenants_id_gives_the_same_404_as_an_unknown_one(ingest: Ingest, clip: bytes) -> None:
    still = await ingest.put(f"tenants/{TENANT}/stills/a.png", b"\x89PNG")
    job_id = await _succeeded(ingest, clip, programme="Evening News", still=still)
    keys = (await ingest.client.get("/v1/access-keys")).json()["items"]
    await ingest.client.post(f"/v1/findings/{job_id}:f0/decisions", json={"decision": "intended"})
    (silent,) = (await ingest.client.get("/v1/suppressions")).json()["items"]
    own = {"job_id": job_id, "finding_id": f"{job_id}:f0", "key_id": keys[0]["key_id"], "event_id": "task"}
    own |= {"suppression_id": silent["suppression_id"]}
    unknown: dict[str, str] = dict.fromkeys(own, "nothing")
    bodies: dict[tuple[str, str], dict[str, str | None]] = {
        ("POST", "/v1/findings/{finding_id}/decisions"): {"decision": "accepted"}
    }
    bodies |= {("PATCH", "/v1/access-keys/{key_id}"): {"expires_at": None}}
    async with await ingest.stranger() as other:
        for method, path in operations_with_ids(ingest.app):
            answers = [
                await other.request(method, path.format(**ids), json=bodies.get((method, path)))
                for ids in (own, unknown)
            ]
            shown = [{**answer.json(), "request_id": "", "trace_id": ""} for answer in answers]
            assert [answer.status_code for answer in answers] == [404, 404], (method, path)
            assert shown[0] == shown[1], (method, path)
        assert (await other.get("/v1/jobs")).json()["items"] == []
    assert (await ingest.job(job_id))["status"] == "succeeded"


@pytest.mark.parametrize("key", ["", "telop_aaaaaaaa_" + "x" * 43, "nonsense"])
async def test_a_caller_without_a_good_key_gets_401(ingest: Ingest, key: str) -> None:
    async with client_of(ingest.app, key) as client:
        answer = await client.get("/v1/jobs")
    assert (answer.status_code, _code(answer)) == (401, "unauthenticated")


async def test_a_missing_scope_is_named(ingest: Ingest) -> None:
    async with await ingest.stranger("jobs:read") as reader:
        answer = await reader.post("/v1/jobs", json={"media": {"media_id": "a"}, "language": "en"})
    assert answer.status_code == 403
    assert "jobs:write" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"media": {"media_id": "nothing"}, "language": "en"}, "/media/media_id"),
        ({"media": {"object_key": "tenants/other/a"}, "language": "en"}, "/media/object_key"),
        ({"media": {"object_key": f"tenants/{TENANT}/../other/a"}, "language": "en"}, "/media/object_key"),
        ({"media": {"url": "http://127.0.0.1/"}, "language": "xx"}, "/language"),
        ({"media": {"url": "http://127.0.0.1/"}, "language": 5}, "/language"),
        ({"media": {"url": "ftp://127.0.0.1/"}, "language": "en"}, "/media/url"),
        ({"media": {}, "language": "en"}, "/media"),
        ({"media": {"url": "http://127.0.0.1/"}, "language": "en", "secret": 1}, "/secret"),
        ({"media": {"url": "http://127.0.0.1/"}, "language": "en", "roster": [{"text": "a\u0007b"}]}, "/roster/0/text"),
        ({**PLAIN, "earlier_job_id": "job_of_nobody"}, "/earlier_job_id"),
        ({**PLAIN, "policy": {"max_unverified": 1.5}}, "/policy/max_unverified"),
        ({**PLAIN, "policy": {"rules": [{"kinds": ["typo"], "action": "warn"}]}}, "/policy/rules/0/kinds/0"),
        ({**PLAIN, "policy": {"rules": [{"kinds": ["name"], "action": "stop"}]}}, "/policy/rules/0/action"),
        ({**PLAIN, "policy": {"rules": [{"kinds": ["name", "name"], "action": "warn"}]}}, "/policy/rules/0"),
        ({**PLAIN, "policy": {"rules": [{"kinds": ["name"], "action": "warn"}] * 2}}, "/policy/rules"),
    ],
)
async def test_what_is_not_valid_is_a_422_that_names_the_field(
    ingest: Ingest, body: dict[str, Any], pointer: str
) -> None:
    answer = await ingest.client.post("/v1/jobs", json=body)
    assert (answer.status_code, _code(answer)) == (422, "invalid")
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await ingest.scalar("SELECT count(*) FROM jobs") == 0


async def test_a_variety_of_a_supported_language_is_supported(ingest: Ingest, clip: bytes) -> None:
    media_id = await ingest.upload(clip)
    answer = await ingest.client.post("/v1/jobs", json={"media": {"media_id": media_id}, "language": "en-GB"})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['job_id']}"
    assert len(answer.json()["trace_id"]) in {0, 32}


async def test_malformed_json_is_refused(ingest: Ingest) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await ingest.client.post("/v1/jobs", content=b"{not json", headers=headers)
    assert answer.status_code in {400, 422}
    assert _code(answer)


async def test_an_upload_over_the_limit_is_refused_with_and_without_a_length(ingest: Ingest) -> None:
    limit = ingest.service.provides[2]
    object.__setattr__(limit, "max_media_bytes", 1000)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 400

    for content in (b"x" * 1001, chunks()):
        answer = await ingest.client.post("/v1/media", content=content)
        assert (answer.status_code, _code(answer)) == (413, "too_large")
    assert (await ingest.client.post("/v1/media", content=b"x" * 1000)).status_code == 201
    assert await ingest.scalar("SELECT count(*) FROM media") == 1


async def test_an_upload_that_finds_no_room_is_told_when_to_come_back(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telop_chassis.objects.tempfile.NamedTemporaryFile", lambda **_: FileIO("/dev/full", "w"))

    answer = await ingest.client.post("/v1/media", content=b"abc")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"].endswith("/unavailable")


async def test_an_upload_says_what_was_stored(ingest: Ingest) -> None:
    answer = await ingest.client.post("/v1/media", content=b"abc")
    assert answer.json()["bytes"] == 3
    assert answer.json()["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


async def test_jobs_come_in_pages_the_newest_first_without_gap_or_repetition(ingest: Ingest) -> None:
    made = []
    media_id = await ingest.upload(b"text")
    for _ in range(5):
        body = {"media": {"media_id": media_id}, "language": "en"}
        made.append((await ingest.client.post("/v1/jobs", json=body)).json()["job_id"])
    pages = await _pages(ingest.client, "/v1/jobs", 2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [job["job_id"] for page in pages for job in page] == made[::-1]
    assert (await ingest.client.get("/v1/jobs", params={"cursor": "AAAA"})).status_code == 422
    assert (await ingest.client.get("/v1/jobs", params={"limit": 101})).status_code == 422


async def test_findings_come_in_order_of_time_with_timecodes_and_links(ingest: Ingest, clip: bytes) -> None:
    job_id = await _succeeded(ingest, clip, findings=5)
    pages = await _pages(ingest.client, f"/v1/jobs/{job_id}/findings", 2)
    found = [finding for page in pages for finding in page]
    assert [finding["start_s"] for finding in found] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert found[0]["timecode_in"] == "00:00:01:00"
    assert found[0]["written"] == "teh 4\u0000"
    assert "still" not in found[0]["links"]
    assert found[0]["decision"] is None


async def test_a_job_says_that_its_timecodes_count_from_zero_or_from_the_one_that_came_with_it(
    ingest: Ingest, clip: bytes
) -> None:
    plain = await ingest.until(await ingest.start(clip), "running", "succeeded")
    supplied = await ingest.until(await ingest.start(clip, start_timecode="10:00:00:00"), "running", "succeeded")
    shown = [(job["media"]["timecode_source"], job["media"]["start_timecode"]) for job in (plain, supplied)]
    assert shown == [("zero", None), ("supplied", "10:00:00:00")]


@pytest.mark.parametrize("start_timecode", ["10:00:00", "25:00:00:00", "10:00:00:00\n", ""])
async def test_a_start_timecode_that_is_none_is_refused_at_once(ingest: Ingest, start_timecode: str) -> None:
    body = {"media": {"media_id": "med-1"}, "language": "en", "start_timecode": start_timecode}
    assert (await ingest.client.post("/v1/jobs", json=body)).status_code == 422


async def test_a_start_timecode_that_the_medium_cannot_have_fails_the_job(ingest: Ingest, clip: bytes) -> None:
    job = await ingest.until(await ingest.start(clip, start_timecode="10:00:00;25"), "failed")
    assert job["error"]["reason"] == "timecode_impossible"


@pytest.mark.parametrize(("path", "first", "kind"), [("telops", "telop 0", "ticker"), ("transcript", "word0", None)])
async def test_what_was_read_and_heard_comes_in_pages_or_as_one_stream(
    ingest: Ingest, clip: bytes, path: str, first: str, kind: str | None
) -> None:
    job_id = await _succeeded(ingest, clip, pieces=2_500)
    pages = await _pages(ingest.client, f"/v1/jobs/{job_id}/{path}", 100)
    listed = [each for page in pages for each in page]
    streamed = await ingest.client.get(f"/v1/jobs/{job_id}/{path}", headers={"Accept": "application/x-ndjson"})
    assert streamed.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in streamed.text.splitlines()] == listed
    assert (len(listed), listed[0]["text"]) == (2_500, first)
    assert listed[0].get("kind") == kind


async def test_the_report_comes_in_all_formats_once_the_job_has_ended(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")
    path = f"/v1/jobs/{job_id}/report"
    early = await ingest.client.get(path)
    assert (early.status_code, _code(early)) == (409, "job_not_ended")
    image = b"\x89PNG\r\n\x1a\nimage"
    await ingest.checked(job_id, a_result(job_id, still=await ingest.put(f"tenants/{TENANT}/stills/a.png", image)))
    await ingest.until(job_id, "succeeded")
    report = (await ingest.client.get(path)).json()
    assert (report["job"]["verdict"], len(report["findings"])) == ("warn", 2)
    table = list(csv.DictReader(io.StringIO((await ingest.client.get(path, params={"format": "csv"})).text[1:])))
    assert [row["wrong"] for row in table] == ["teh", "teh"]
    page = await ingest.client.get(path, params={"format": "html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    style = base64.b64encode(hashlib.sha256(re.findall("<style>(.*)</style>", page.text)[0].encode()).digest()).decode()
    assert f"style-src 'sha256-{style}'" in page.headers["content-security-policy"]
    assert base64.b64encode(image).decode() in page.text
    assert report["job"]["media"]["sha256"] in page.text
    for name in ("edl", "avid", "fcpxml", "srt", "vtt"):
        assert "teh" in (await ingest.client.get(path, params={"format": name})).text
    assert (await ingest.client.get(path, params={"format": "pdf"})).status_code == 422


async def test_a_still_is_the_stored_image(ingest: Ingest, clip: bytes) -> None:
    image = b"\x89PNG\r\n\x1a\nimage"
    still = await ingest.put(f"tenants/{TENANT}/stills/a.png", image)
    job_id = await _succeeded(ingest, clip, still=still)
    answer = await ingest.client.get(f"/v1/findings/{job_id}:f0/still")
    assert (answer.content, answer.headers["content-type"]) == (image, "image/png")


async def test_decisions_are_a_history_whose_newest_entry_counts(ingest: Ingest, clip: bytes) -> None:
    job_id = await _succeeded(ingest, clip)
    path = f"/v1/findings/{job_id}:f0/decisions"
    for decision in ("unsure", "false_alarm"):
        answer = await ingest.client.post(path, json={"decision": decision, "note": "a note"})
        assert (answer.status_code, answer.json()["decision"]) == (201, decision)
    history = (await ingest.client.get(path)).json()["items"]
    assert [entry["decision"] for entry in history] == ["false_alarm", "unsure"]
    findings = (await ingest.client.get(f"/v1/jobs/{job_id}/findings")).json()["items"]
    assert [each["decision"] for each in findings if each["finding_id"] == f"{job_id}:f0"] == ["false_alarm"]
    announced = await ingest.published("finding.decided.v1")
    assert [each["decision"] for each in announced] == ["unsure", "false_alarm"]
    assert announced[0]["sequence"] < announced[1]["sequence"]
    assert (await ingest.client.post(path, json={"decision": "maybe"})).status_code == 422


async def test_events_are_followed_live_up_to_the_end(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")

    async def follow() -> list[dict[str, str]]:
        async with ingest.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            return await _events(answer)

    following = asyncio.create_task(follow())
    await ingest.checked(job_id, a_result(job_id))
    events = await following
    assert [event["event"] for event in events] == ["job.accepted", "job.progressed", "job.completed"]
    last = json.loads(events[-1]["data"])
    assert (last["status"], last["verdict"], last["progress"]) == ("succeeded", "warn", 1.0)
    assert [event["id"] for event in events] == ["1", "2", "3"]


async def test_events_after_the_last_one_seen_are_replayed(ingest: Ingest, clip: bytes) -> None:
    job_id = await _succeeded(ingest, clip)
    headers = {"Last-Event-ID": "2"}
    async with ingest.client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert [event["event"] for event in await _events(answer)] == ["job.completed"]


async def test_a_watcher_holds_no_connection(ingest: Ingest, clip: bytes) -> None:
    job_id = await ingest.start(clip)
    await ingest.until(job_id, "running")

    async def follow() -> int:
        async with ingest.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
            return len(await _events(answer))

    watchers = [asyncio.create_task(follow()) for _ in range(40)]
    pool = ingest.service.database.engine.pool

    async def quiet() -> bool:
        assert (await ingest.client.get("/v1/jobs")).status_code == 200
        return bool(pool.checkedout() <= 3)  # type: ignore[attr-defined]  # the pool that an engine has by default

    await eventually(quiet)
    await ingest.client.delete(f"/v1/jobs/{job_id}")
    assert set(await asyncio.gather(*watchers)) == {3}


async def test_an_access_key_is_shown_once_and_refused_once_revoked(ingest: Ingest) -> None:
    answer = await ingest.client.post("/v1/access-keys", json={"name": "playout", "scopes": ["jobs:read"]})
    made = answer.json()
    assert answer.status_code == 201
    listed = (await ingest.client.get("/v1/access-keys")).json()["items"]
    assert next((key["name"], key["prefix"]) for key in listed) == ("playout", made["prefix"])
    assert made["key"] not in json.dumps(listed)
    async with client_of(ingest.app, made["key"]) as client:
        assert (await client.get("/v1/jobs")).status_code == 200
        assert (await client.get("/v1/access-keys")).status_code == 403
        assert (await ingest.client.delete(f"/v1/access-keys/{made['key_id']}")).status_code == 204

        async def refused() -> bool:
            return (await client.get("/v1/jobs")).status_code == 401

        await eventually(refused)
    announced = [each for each in await ingest.published("access.changed.v1") if each["key_id"] == made["key_id"]]
    assert [(each["sequence"], each["revoked"]) for each in announced] == [(1, False), (2, True)]
    assert made["key"] not in json.dumps(announced)


async def test_the_expiry_of_a_key_can_be_set_and_lifted(ingest: Ingest) -> None:
    made = (await ingest.client.post("/v1/access-keys", json={"name": "a", "scopes": ["jobs:read"]})).json()
    path = f"/v1/access-keys/{made['key_id']}"
    answer = await ingest.client.patch(path, json={"expires_at": "2020-01-01T00:00:00Z"})
    assert answer.json()["expires_at"] == "2020-01-01T00:00:00Z"
    async with client_of(ingest.app, made["key"]) as client:
        assert (await client.get("/v1/jobs")).status_code == 401
    assert (await ingest.client.patch(path, json={"expires_at": None})).json()["expires_at"] is None


async def test_a_scope_that_does_not_exist_is_refused(ingest: Ingest) -> None:
    answer = await ingest.client.post("/v1/access-keys", json={"name": "a", "scopes": ["jobs:read", "root"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/scopes/1")


async def test_the_seed_key_is_announced_at_each_start_as_it_is(ingest: Ingest) -> None:
    seed = ingest.service.resources[1]
    await seed.start()
    announced = await ingest.published("access.changed.v1")
    assert len(announced) == 2
    assert announced[0] == announced[1]
    assert (await ingest.client.delete(f"/v1/access-keys/{announced[0]['key_id']}")).status_code == 204
    await seed.start()
    assert (await ingest.published("access.changed.v1"))[-1]["revoked"] is True


async def test_names_texts_and_secrets_reach_no_log_line(ingest: Ingest, clip: bytes) -> None:
    marker = "MARKER4711"
    job_id = await ingest.start(clip, programme=marker, roster=[{"text": marker}], ng_words=[{"text": marker}])
    await ingest.until(job_id, "running")
    result = a_result(job_id)
    finding = result.findings[0].model_copy(update={"written": marker, "heard": marker})
    await ingest.checked(job_id, result.model_copy(update={"findings": (finding,)}))
    await ingest.until(job_id, "succeeded")
    note = {"decision": "accepted", "note": marker}
    assert (await ingest.client.post(f"/v1/findings/{finding.finding_id}/decisions", json=note)).status_code == 201
    refused: dict[str, Any] = {"media": {"url": f"http://10.0.0.1/{marker}"}, "language": marker}
    assert marker not in (await ingest.client.post("/v1/jobs", json=refused)).text
    refused["language"] = "en"
    failing = (await ingest.client.post("/v1/jobs", json=refused)).json()["job_id"]
    await ingest.until(failing, "failed")
    damaged = await ingest.start(marker.encode() * 100)
    await ingest.until(damaged, "failed")
    written = ingest.log.getvalue()
    assert job_id in written
    assert failing in written
    assert marker not in written
    assert ingest.client.headers["authorization"].removeprefix("Bearer ") not in written
