"""Nothing opens by mistake, and a key opens what its scopes say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from telop_chassis.auth import Authenticator, authenticated, new_key, open_routes, operations_with_ids
from telop_chassis.problems import Unauthenticated

from tests.unit.http.example import FakeDeadLetters, FakeKeys, bearer


async def test_a_request_without_a_key_is_401_and_says_how_to_authenticate(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/things")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "https://telopcheck.dev/problems/unauthenticated"


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer telop_x_y", "Bearer " + "a" * 9_000, "Bearer \xff\xfe"]
)
async def test_a_malformed_key_is_401_and_is_not_looked_up(
    client: httpx.AsyncClient, keys: FakeKeys, value: str
) -> None:
    answer = await client.get("/v1/things", headers={b"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert keys.asked == 0


async def test_an_unknown_a_revoked_and_an_expired_key_get_the_same_answer(
    client: httpx.AsyncClient, keys: FakeKeys
) -> None:
    revoked = keys.add("jobs:read")
    keys.revoke(revoked)
    expired = keys.add("jobs:read", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    unknown = new_key().text.get_secret_value()
    answers = [await client.get("/v1/things", headers=bearer(key)) for key in (unknown, revoked, expired)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_a_key_without_the_scope_is_403_and_the_scope_is_named(
    client: httpx.AsyncClient, reader: dict[str, str]
) -> None:
    answer = await client.post("/v1/things", headers=reader, json={"name": "a"})
    assert answer.status_code == 403
    assert "jobs:write" in answer.json()["detail"]
    assert 'scope="jobs:write"' in answer.headers["www-authenticate"]


async def test_access_is_refused_before_the_body_is_judged(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"name": 5})
    assert answer.status_code == 401


async def test_a_revoked_key_is_refused_as_soon_as_the_cache_is_older_than_its_limit(keys: FakeKeys) -> None:
    now = 100.0
    authenticator = Authenticator(keys, cache_s=2.0, clock=lambda: now)
    text = keys.add("jobs:read")
    await authenticator.authenticate(text)
    keys.revoke(text)
    now = 101.9
    assert (await authenticator.authenticate(text)).tenant == "demo"
    assert keys.asked == 1
    now = 102.1
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(text)


def test_no_route_of_the_example_is_open(build: Callable[..., FastAPI]) -> None:
    assert open_routes(build()) == []


def test_a_route_that_names_no_scope_is_found(build: Callable[..., FastAPI]) -> None:
    forgetful = APIRouter()

    @forgetful.get("/v1/open")
    async def get_open() -> None: ...

    @forgetful.get("/v1/half")
    async def get_half(caller: Annotated[object, Depends(authenticated)]) -> None: ...

    assert open_routes(build(routers=[forgetful])) == ["GET /v1/half", "GET /v1/open"]


def test_a_route_that_was_added_beside_the_routers_is_found(build: Callable[..., FastAPI]) -> None:
    app = build()

    @app.get("/v1/beside")
    async def get_beside() -> None: ...

    assert open_routes(app) == ["GET /v1/beside"]


def test_operations_that_take_an_id_are_listed_for_the_tenant_test(build: Callable[..., FastAPI]) -> None:
    found = operations_with_ids(build())
    assert ("GET", "/v1/things/{thing_id}") in found
    assert ("POST", "/v1/dead-letters/{event_id}/requeue") in found
    assert ("GET", "/v1/things") not in found


async def test_dead_letters_are_for_admins_of_their_tenant(
    client: httpx.AsyncClient, keys: FakeKeys, admin: dict[str, str], reader: dict[str, str]
) -> None:
    assert (await client.get("/v1/dead-letters", headers=reader)).status_code == 403
    first = (await client.get("/v1/dead-letters?limit=2", headers=admin)).json()
    assert [row["id"] for row in first["items"]] == [3, 2]
    rest = await client.get("/v1/dead-letters", params={"cursor": first["next_cursor"]}, headers=admin)
    assert [row["id"] for row in rest.json()["items"]] == [1]
    stranger = bearer(keys.add("admin", tenant="other"))
    assert (await client.get("/v1/dead-letters", headers=stranger)).json()["items"] == []
    assert (await client.post("/v1/dead-letters/event-1/requeue", headers=stranger)).status_code == 404


async def test_an_event_id_of_an_outsider_may_hold_a_slash(
    client: httpx.AsyncClient, admin: dict[str, str], dead_letters: FakeDeadLetters
) -> None:
    answer = await client.post("/v1/dead-letters/event-1%2Fpart%20two/requeue", headers=admin)
    assert (answer.status_code, dead_letters.requeued) == (202, ["event-1/part two"])


async def test_requeue_is_202_and_of_an_ended_job_409(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    assert (await client.post("/v1/dead-letters/event-1/requeue", headers=admin)).status_code == 202
    refused = await client.post("/v1/dead-letters/event-3/requeue", headers=admin)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The job has ended")
