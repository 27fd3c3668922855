"""Bad input: refused at the door with a problem document, or ended with a reason code that somebody can act on."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from telop_cli.demo import upstream
from telop_cli.demo.client import ApiRefused, Client
from telop_cli.demo.connection import Connection
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth

from tests.end_to_end import variants
from tests.integration.media import broken_files, broken_streams

truth = Truth.read(ASSETS / TRUTH)


@pytest.fixture(scope="module")
def media_id(client: Client) -> str:
    return client.upload(ASSETS / CLIP)


def end_of_job(client: Client, media: dict[str, str]) -> dict[str, Any]:
    job_id = client.start({"media": media, **truth.request})["job_id"]
    *_, job = client.follow(job_id)
    return job


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (variants.empty, "media_empty"),
        (variants.text, "media_not_recognised"),
        (variants.truncated, "media_truncated"),
        (variants.no_seconds, "media_zero_duration"),
        (variants.twelve_hours, "media_too_long"),
        (broken_streams.encrypted_pictures, "media_encrypted"),
        (broken_streams.a_thousand_tracks, "media_too_many_tracks"),
        (broken_streams.picture_of_16000_by_16000, "media_picture_too_large"),
    ],
)
def test_a_medium_that_cannot_be_checked_ends_its_job_with_the_reason(
    client: Client, tmp_path: Path, write: Callable[[Path], object], reason: str
) -> None:
    path = tmp_path / "bad.mp4"
    write(path)

    job = end_of_job(client, {"media_id": client.upload(path)})

    assert (job["status"], job["verdict"]) == ("failed", None)
    assert job["error"]["reason"] == reason
    assert job["error"]["detail"]


@pytest.mark.parametrize(
    "write",
    [
        broken_files.mp4_with_flipped_bits_in_its_pictures,
        broken_files.wav_of_numbers_that_are_none,
        broken_streams.picture_that_changes_its_size,
        broken_streams.clock_that_wraps,
    ],
)
def test_a_damaged_medium_that_can_be_decoded_is_checked_as_far_as_it_goes(
    client: Client, tmp_path: Path, write: Callable[[Path], object]
) -> None:
    write(tmp_path / "damaged.mp4")

    job = end_of_job(client, {"media_id": client.upload(tmp_path / "damaged.mp4")})

    assert job["status"] == "succeeded", job["error"]
    assert all(stage["done"] + stage["failed"] == stage["expected"] for stage in job["stages"])


def test_a_clip_without_sound_is_still_read(client: Client, tmp_path: Path) -> None:
    variants.only("video")(tmp_path / "silent.mp4")

    job = end_of_job(client, {"media_id": client.upload(tmp_path / "silent.mp4")})

    assert (job["status"], job["verdict"] in ("warn", "fail")) == ("succeeded", True)
    assert {(each["stage"], each["reason"]) for each in job["unchecked"]} == {("asr", "no_audio_track")}
    assert {each["detail"] for each in job["unchecked"]} == {"The medium has no sound."}
    kinds = {finding["kind"] for finding in client.findings(job["job_id"])}
    assert kinds >= {"duplicate", "ng_word"}
    assert "wrong_word" not in kinds


def test_a_clip_without_a_picture_is_still_heard(client: Client, tmp_path: Path) -> None:
    variants.only("audio")(tmp_path / "dark.mp4")

    job = end_of_job(client, {"media_id": client.upload(tmp_path / "dark.mp4")})

    assert (job["status"], job["verdict"]) == ("succeeded", "warn")
    assert {(each["stage"], each["reason"]) for each in job["unchecked"]} == {("ocr", "no_video_track")}
    assert len(client.transcript(job["job_id"])) > 60
    assert client.telops(job["job_id"]) == []


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken and never answers: bound, but not listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_host_that_cannot_be_reached_ends_the_job(client: Client, closed_port: int) -> None:
    job = end_of_job(client, {"url": f"http://127.0.0.1:{closed_port}/clip.mp4"})

    assert (job["status"], job["error"]["reason"]) == ("failed", "url_unreachable")


def test_an_address_that_is_not_public_ends_the_job(client: Client) -> None:
    job = end_of_job(client, {"url": "http://169.254.169.254/latest/meta-data/clip.mp4"})

    assert (job["status"], job["error"]["reason"]) == ("failed", "url_refused")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"media": {"media_id": "med_unknown"}}, "media_unknown"),
        ({"media": {"object_key": "tenants/somebody/else.mp4"}}, "media_unknown"),
        ({"media": {"url": "file:///etc/passwd"}}, None),
        ({"language": "tlh"}, "language_unsupported"),
        ({"language": "no language"}, None),
        ({"engine": "unknown"}, None),
        ({"roster": [{"text": "bell\u0007"}]}, None),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_at_the_door(
    client: Client, media_id: str, changes: dict[str, Any], code: str | None
) -> None:
    with pytest.raises(ApiRefused) as refused:
        client.start({"media": {"media_id": media_id}, **truth.request, **changes})

    problem = refused.value.problem
    assert (refused.value.http_status, problem["status"]) == (422, 422)
    assert problem["trace_id"]
    assert problem["errors"]
    if code:
        assert [error["code"] for error in problem["errors"]] == [code]


def test_the_same_idempotency_key_is_the_same_job_and_never_another_one(client: Client) -> None:
    key, nothing = str(uuid4()), {"media": {"url": "http://169.254.169.254/a.mp4"}, "language": "en"}

    first, again = (client.start(nothing, idempotency_key=key) for _ in range(2))
    with pytest.raises(ApiRefused) as refused:
        client.start(nothing | {"programme": "Another"}, idempotency_key=key)

    assert first["job_id"] == again["job_id"]
    assert refused.value.http_status == 409
    assert refused.value.problem["type"].endswith("/idempotency_key_reused")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_oversized_body_is_refused(connection: Connection, is_chunked: bool) -> None:
    body = json.dumps({"programme": "x" * 1_100_000}).encode()
    content = iter([body[:600_000], body[600_000:]]) if is_chunked else body

    answer = post(connection, content)

    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"media": ' + b"[" * 100_000])
def test_a_body_that_is_no_request_is_refused(connection: Connection, body: bytes) -> None:
    answer = post(connection, body)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"]


def post(connection: Connection, content: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {connection.api_key}", "content-type": "application/json"}
    return httpx.post(f"{connection.ingest_url}/v1/jobs", content=content, headers=headers, timeout=30)


def test_an_event_that_claims_another_tenant_than_its_topic_has_ends_as_failed_and_as_a_dead_letter(
    client: Client, connection: Connection, media_id: str
) -> None:
    request = {"media": {"media_id": media_id}, **truth.request}

    job_id = upstream.start(connection, client, request, tenant="somebody-else")

    *_, job = client.follow(job_id)
    assert (job["status"], job["error"]["reason"]) == ("failed", "unknown_tenant")
    newest = next(client.dead_letters())
    assert (newest["type"], newest["reason"]) == ("media.published.v1", "unknown_tenant")


def test_bad_media_that_came_over_kafka_end_their_job_too(client: Client, connection: Connection) -> None:
    job_id = upstream.start(connection, client, {"media": {"media_id": "med_unknown"}, "language": "en"})

    *_, job = client.follow(job_id)

    assert (job["status"], job["error"]["reason"]) == ("failed", "media_unknown")


@pytest.mark.parametrize("service", ["ocr", "asr"])
def test_a_service_with_an_unknown_engine_names_the_setting_and_the_engines_there_are(service: str) -> None:
    setting = f"TELOP_{service.upper()}__ENGINE"
    settings = {
        "TELOP_DATABASE__URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "TELOP_KAFKA__BOOTSTRAP": "127.0.0.1:1",
        "TELOP_OBJECTS__URL": "file:///nowhere",
        "TELOP_HTTP__CURSOR_KEY": "0" * 43,
        setting: "unknown",
    }
    command = [sys.executable, "-m", f"telop_{service}"]

    ended = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"setting {setting}: ")
    assert "there are: " in ended.stderr
    assert ended.stderr.count("\n") == 1
