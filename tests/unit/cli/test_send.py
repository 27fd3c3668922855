"""`telop send` asks the API for what the command line says."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from telop_cli import main
from typer.testing import CliRunner

ENDED: dict[str, Any] = {
    "job_id": "job_1",
    "status": "failed",
    "verdict": None,
    "progress": 0.0,
    "stages": [],
    "trace_id": "t",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The bodies of `POST /v1/jobs` that an API got; its uploads are called by what was in them."""
    bodies: list[dict[str, Any]] = []

    def answer(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/media":
            return httpx.Response(201, json={"media_id": request.read().decode()})
        if request.method == "POST":
            bodies.append(json.loads(request.read()))
        return httpx.Response(200, json=ENDED)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
    return bodies


def test_a_job_may_bring_its_script_its_transcript_and_its_start_timecode(
    asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    for name in ("clip.mp4", "script.txt", "said.SRT"):
        (tmp_path / name).write_text(name)
    documents = ["--script", str(tmp_path / "script.txt"), "--transcript", str(tmp_path / "said.SRT")]
    where = ["--url", "http://ingest.test", "--key", "key"]

    CliRunner().invoke(
        main.build(), ["send", str(tmp_path / "clip.mp4"), *documents, "--start-timecode", "09:59:30;00", *where]
    )

    (body,) = asked
    assert body["media"] == {"media_id": "clip.mp4"}
    assert body["script"] == {"media_id": "script.txt", "format": "txt"}
    assert body["transcript"] == {"media_id": "said.SRT", "format": "srt"}
    assert body["start_timecode"] == "09:59:30;00"
