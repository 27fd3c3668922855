"""The demo's client: it reads event streams as the standard says, survives a broken one, and refuses in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from telop_cli.demo.client import ApiRefused, Client, ServerEvent, parse_events
from telop_cli.demo.connection import ANNOUNCED, Connection
from telop_cli.failures import Refused

STREAM = """retry: 1000

: ping

event: job.progressed
id: 3
data: {"progress":
data: 0.5}

id: 4
data: {"progress": 1}

"""
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Client]:
    """A client whose requests are answered by a function."""

    def client(answer: Answer) -> Client:
        monkeypatch.setattr("telop_cli.demo.client.RECONNECT_S", 0)
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: answer(request))
        return Client("http://ingest.test", "key", "http://notifier.test")

    return client


def test_events_are_read_with_ids_types_and_joined_data() -> None:
    assert list(parse_events(iter(STREAM.split("\n")))) == [
        ServerEvent("3", "job.progressed", {"progress": 0.5}),
        ServerEvent("4", "message", {"progress": 1}),
    ]


def test_a_job_is_followed_over_a_broken_stream_from_the_last_event_on(api: Callable[[Answer], Client]) -> None:
    seen_ids: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            seen_ids.append(request.headers.get("last-event-id"))
            return httpx.Response(200, text=STREAM)
        return httpx.Response(200, json={"status": "succeeded" if len(seen_ids) == 2 else "running"})

    states = [job["status"] for job in api(answer).follow("job-1")]

    assert states[-1] == "succeeded"
    assert states[:-1] == ["running"] * (len(states) - 1)
    assert seen_ids == [None, "4"]


def test_every_page_of_a_list_is_read(api: Callable[[Answer], Client]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_second = request.url.params.get("cursor") == "next"
        return httpx.Response(
            200, json={"items": [{"n": int(is_second)}], "next_cursor": None if is_second else "next"}
        )

    assert api(answer).findings("job-1") == [{"n": 0}, {"n": 1}]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (json.dumps({"title": "There is no such thing", "detail": ""}), "HTTP 404 - There is no such thing"),
        (json.dumps({"title": "Refused", "detail": "Why"}), "HTTP 404 - Refused - Why"),
        (
            json.dumps(
                {"title": "Not valid", "detail": "", "errors": [{"pointer": "/language", "message": "Bad tag"}]}
            ),
            "HTTP 404 - Not valid - /language: Bad tag",
        ),
        (
            json.dumps({"title": "Not valid", "detail": "Why", "errors": [{"pointer": "/media", "message": "Why"}]}),
            "HTTP 404 - Not valid - Why",
        ),
        ("<html>", "HTTP 404"),
    ],
)
def test_a_refusal_is_one_line(api: Callable[[Answer], Client], body: str, message: str) -> None:
    client = api(lambda _: httpx.Response(404, text=body))

    with pytest.raises(ApiRefused) as refused:
        client.job("job-1")

    assert str(refused.value) == message


def test_an_api_that_is_not_there_is_named(api: Callable[[Answer], Client]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    with pytest.raises(Refused, match=r"cannot reach http://ingest\.test: nobody listens"):
        api(answer).job("job-1")


def test_a_connection_is_found_in_the_data_folder(tmp_path: Path) -> None:
    announced: dict[str, Any] = {name: name for name in ("ingest_url", "notifier_url", "api_key", "kafka")}
    announced |= {"broker_kind": "apache", "databases": {}, "urls": {}, "data": str(tmp_path)}
    (tmp_path / "run").mkdir()
    (tmp_path / ANNOUNCED).write_text(json.dumps(announced))

    found = Connection.find(None, None, tmp_path)

    assert (found.ingest_url, found.api_key, found.broker_kind) == ("ingest_url", "api_key", "apache")


@pytest.mark.parametrize(
    ("url", "key", "message"), [("http://x", None, "together"), (None, "k", "together"), (None, None, "no stack runs")]
)
def test_half_a_connection_is_refused(tmp_path: Path, url: str | None, key: str | None, message: str) -> None:
    with pytest.raises(Refused, match=message):
        Connection.find(url, key, tmp_path)
