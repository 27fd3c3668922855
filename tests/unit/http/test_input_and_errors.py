"""Input is read strictly, and every refusal is a problem document that repeats nothing."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field, ValidationError
from telop_chassis.http import provided
from telop_chassis.input_errors import invalid

from tests.unit.http.example import UPLOAD_LIMIT, Things, connect

MARKER = "marker-4711"


async def test_a_good_body_is_taken_with_lists_and_times(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    body = {"name": "a", "size": 3, "tags": ["x"], "seen_at": "2026-11-21T10:00:00Z"}
    answer = await client.post("/v1/things", headers=writer, json=body)
    assert (answer.status_code, answer.json()) == (201, body)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"name": "a", "size": "3"}, "/size", "int_type"),
        ({"name": "a", "size": 3.0}, "/size", "int_type"),
        ({"name": "a", "size": True}, "/size", "int_type"),
        ({"name": 5}, "/name", "string_type"),
        ({"name": MARKER * 9}, "/name", "string_too_long"),
        ({"name": "a", "tags": [MARKER]}, "/tags/0", "string_too_long"),
        ({"name": "a", "extra_field": MARKER}, "/extra_field", "extra_forbidden"),
        ({"name": "a", "odd " + MARKER: 1}, "/?", "extra_forbidden"),
        ({"name": "a", "seen_at": MARKER}, "/seen_at", "datetime_parsing"),
        ({}, "/name", "missing"),
        ([MARKER], "", "model_type"),
        (None, "", "missing"),
    ],
)
async def test_a_wrong_field_is_422_with_pointer_and_code_and_without_the_value(
    client: httpx.AsyncClient, writer: dict[str, str], body: object, pointer: str, code: str
) -> None:
    answer = await client.post("/v1/things", headers=writer, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert MARKER not in answer.text


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"name": "marker-4711', 422, "invalid"),
        (b'{"name": "\\ud800"}', 400, "bad_request"),
        (b'{"name": "a", "size": NaN}', 422, "invalid"),
        (b'{"name": "\xff"}', 400, "bad_request"),
        (b"[" * 100_000, 400, "bad_request"),
        (b"", 422, "invalid"),
    ],
)
async def test_malformed_json_is_refused(
    client: httpx.AsyncClient, writer: dict[str, str], content: bytes, status: int, code: str
) -> None:
    headers = {**writer, "Content-Type": "application/json"}
    answer = await client.post("/v1/things", headers=headers, content=content)
    assert answer.status_code == status
    assert answer.json()["type"].endswith(f"/{code}")
    assert MARKER not in answer.text


async def test_a_body_of_another_content_type_is_415(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    headers = {**writer, "Content-Type": "text/xml"}
    answer = await client.post("/v1/things", headers=headers, content=b"<name/>")
    assert (answer.status_code, answer.json()["type"]) == (
        415,
        "https://telopcheck.dev/problems/unsupported_media_type",
    )


async def _chunks(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_json_body_above_a_mebibyte_is_413(
    client: httpx.AsyncClient, writer: dict[str, str], chunked: bool
) -> None:
    size = 2 * 1024 * 1024
    headers = {**writer, "Content-Type": "application/json"}
    answer = await client.post("/v1/things", headers=headers, content=_chunks(size) if chunked else b" " * size)
    assert (answer.status_code, answer.json()["type"]) == (413, "https://telopcheck.dev/problems/too_large")
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


async def test_an_upload_has_the_limit_of_its_route(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    taken = await client.put("/v1/things/a/data", headers=writer, content=_chunks(UPLOAD_LIMIT))
    assert (taken.status_code, taken.json()) == (200, UPLOAD_LIMIT)
    refused = await client.put("/v1/things/a/data", headers=writer, content=_chunks(UPLOAD_LIMIT + 65_536))
    assert refused.status_code == 413


async def test_a_domain_error_keeps_its_code_and_title(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    answer = await client.post("/v1/things", headers=writer, json={"name": "taken"})
    body = answer.json()
    assert (answer.status_code, body["type"], body["title"]) == (
        409,
        "https://telopcheck.dev/problems/thing_taken",
        "The name is taken",
    )
    assert set(body) == {"type", "title", "status", "detail", "request_id", "trace_id"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/things/", 404, "not_found"),
        ("DELETE", "/v1/things", 405, "method_not_allowed"),
        ("GET", "/v1/things/unknown", 404, "not_found"),
        ("GET", "/v1/things?limit=0", 422, "invalid"),
        ("GET", "/v1/things?limit=marker-4711", 422, "invalid"),
    ],
)
async def test_every_refusal_is_a_problem_document(
    client: httpx.AsyncClient, reader: dict[str, str], method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path, headers=reader)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["type"], body["status"]) == (f"https://telopcheck.dev/problems/{code}", status)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert MARKER not in answer.text


@pytest.mark.parametrize(("thing", "status"), [("broken", 500), ("unreachable", 503)])
async def test_a_server_error_says_nothing(
    client: httpx.AsyncClient, reader: dict[str, str], thing: str, status: int
) -> None:
    answer = await client.get(f"/v1/things/{thing}", headers=reader)
    body = answer.json()
    assert (answer.status_code, body["detail"]) == (status, "")
    assert "marker" not in answer.text
    assert "Error" not in answer.text


async def test_what_a_service_provides_can_be_swapped(client: httpx.AsyncClient, reader: dict[str, str]) -> None:
    class NoThings(Things):
        def rows(self, after: int, limit: int) -> list[int]:
            return []

    app = client._transport.app  # type: ignore[attr-defined]
    assert isinstance(app, FastAPI)
    app.dependency_overrides[provided(Things)] = NoThings
    async with connect(app) as swapped:
        assert (await swapped.get("/v1/things", headers=reader)).json() == {"items": [], "next_cursor": None}


def test_what_only_follows_from_an_error_inside_is_not_told() -> None:
    class Line(BaseModel):
        text: Annotated[str, Field(min_length=1)]

    class File(BaseModel):
        media_id: str

    class Body(BaseModel):
        transcript: Annotated[tuple[Line, ...], Field(min_length=1)] | File | None

    with pytest.raises(ValidationError) as wrong:
        Body.model_validate({"transcript": [{"text": ""}]})

    told = invalid(wrong.value.errors()).errors
    assert [(each.pointer, each.code) for each in told] == [("/transcript/0/text", "string_too_short")]


def test_a_list_that_is_too_short_by_itself_is_told() -> None:
    class Body(BaseModel):
        kinds: Annotated[tuple[str, ...], Field(min_length=1)]

    with pytest.raises(ValidationError) as wrong:
        Body.model_validate({"kinds": []})

    assert [each.pointer for each in invalid(wrong.value.errors()).errors] == ["/kinds"]


def test_a_value_of_another_form_is_told_in_words_and_not_by_a_regular_expression() -> None:
    class Form(BaseModel):
        code: Annotated[str, Field(pattern=r"^[a-z]{2}$")]

    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"code": MARKER})
    (error,) = invalid(refused.value.errors()).errors
    assert error.code == "string_pattern_mismatch"
    assert "[a-z]" not in error.message
    assert MARKER not in error.message


def test_who_misses_a_word_by_a_letter_is_told_the_words_that_are_allowed() -> None:
    class Subscription(BaseModel):
        event: Literal["job.completed", "job.failed"]

    with pytest.raises(ValidationError) as caught:
        Subscription.model_validate({"event": "job.complete"})
    told = invalid(caught.value.errors())
    assert [error.message for error in told.errors] == ["Input should be 'job.completed' or 'job.failed'"]
