"""Pages join without gap or repeat, and only our own cursors open them."""

import base64

import httpx
import pytest
from pydantic import SecretStr
from telop_chassis.pagination import Cursors
from telop_chassis.problems import Invalid


async def test_pages_join_without_gap_or_repeat(client: httpx.AsyncClient, reader: dict[str, str]) -> None:
    seen: list[int] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor:
        query = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/things", params=query, headers=reader)).json()
        seen += page["items"]
        cursor, pages = page["next_cursor"], pages + 1
    assert (seen, pages) == (list(range(1, 51)), 3)


async def test_a_page_has_twenty_items_unless_asked(client: httpx.AsyncClient, reader: dict[str, str]) -> None:
    assert len((await client.get("/v1/things", headers=reader)).json()["items"]) == 20


async def test_more_than_a_hundred_are_refused(client: httpx.AsyncClient, reader: dict[str, str]) -> None:
    assert (await client.get("/v1/things?limit=101", headers=reader)).status_code == 422


FORGED = base64.urlsafe_b64encode(b"0" * 16 + b"[40]").decode()


@pytest.mark.parametrize("cursor", [FORGED, "x", "%00", "ä", "=", "a" * 1_025, base64.urlsafe_b64encode(b"1").decode()])
async def test_a_forged_cursor_is_422(client: httpx.AsyncClient, reader: dict[str, str], cursor: str) -> None:
    answer = await client.get("/v1/things", params={"cursor": cursor}, headers=reader)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


def test_a_cursor_opens_only_the_list_it_was_given_for() -> None:
    cursors = Cursors(SecretStr("k" * 32))
    cursor = cursors.sign("/v1/jobs/a/findings", (1.5, "b"))
    assert cursors.read("/v1/jobs/a/findings", cursor) == (1.5, "b")
    with pytest.raises(Invalid):
        cursors.read("/v1/jobs/b/findings", cursor)


def test_a_cursor_of_another_key_is_refused() -> None:
    cursor = Cursors(SecretStr("a" * 32)).sign("/v1/jobs", (1,))
    with pytest.raises(Invalid):
        Cursors(SecretStr("b" * 32)).read("/v1/jobs", cursor)


def test_every_changed_byte_of_a_cursor_is_noticed() -> None:
    cursors = Cursors(SecretStr("k" * 32))
    raw = base64.urlsafe_b64decode(cursors.sign("/v1/jobs", (7, "abcde")) + "==")
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(Invalid):
            cursors.read("/v1/jobs", base64.urlsafe_b64encode(changed).decode().rstrip("="))
