"""A small application on the chassis, with every kind of route, and fakes for what it needs."""

import io
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Path, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr
from telop_chassis.auth import JobsRead, JobsWrite, KnownKey, Principal, hash_key, new_key
from telop_chassis.dead_letter_routes import DeadLetter
from telop_chassis.health import AppLife
from telop_chassis.http import Json, limit_body, provided
from telop_chassis.logs import get_logger
from telop_chassis.pagination import Page, PageQuery
from telop_chassis.problems import Conflict, NotFound, problem_responses
from telop_chassis.settings import HttpSettings

UPLOAD_LIMIT = 3 * 1024 * 1024


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=20)]
    size: Annotated[int, Field(ge=0, le=100)] = 0
    tags: Annotated[tuple[Annotated[str, Field(max_length=10)], ...], Field(max_length=5)] = ()
    seen_at: AwareDatetime | None = None


class ThingTaken(Conflict):
    code = "thing_taken"
    title = "The name is taken"


class Things:
    """The use case of the example: 50 things, numbered."""

    def rows(self, after: int, limit: int) -> list[int]:
        return [number for number in range(1, 51) if number > after][:limit]


router = APIRouter(prefix="/v1/things", tags=["things"])
ThingsUseCase = Annotated[Things, Depends(provided(Things))]
ThingId = Annotated[str, Path(max_length=64)]


@router.post("", status_code=201, response_model=Thing, summary="Make", responses=problem_responses(409))
async def create_thing(body: Json[Thing], principal: JobsWrite) -> Thing:
    if body.name == "taken":
        raise ThingTaken
    return body


@router.get("", status_code=200, response_model=Page[int], summary="List")
async def list_things(principal: JobsRead, query: PageQuery, things: ThingsUseCase) -> Page[int]:
    rows = things.rows(int(query.after[0]) if query.after else 0, query.limit + 1)
    return query.page(rows, position=lambda row: (row,), item=lambda row: row)


@router.get("/{thing_id}", status_code=200, response_model=Thing, summary="Show")
async def get_thing(thing_id: ThingId, principal: JobsRead) -> Thing:
    if thing_id == "broken":
        raise RuntimeError("the marker-secret is here")
    if thing_id == "unreachable":
        raise ConnectionRefusedError("marker-secret")
    if thing_id == "long":
        return Thing.model_construct(name="x" * 5_000)
    get_logger("telop_example").info("thing_shown", count=1)
    raise NotFound("No thing with this id")


@router.put("/{thing_id}/data", status_code=200, response_model=int, summary="Upload")
async def upload_thing(thing_id: ThingId, principal: JobsWrite, request: Request) -> int:
    limit_body(request, UPLOAD_LIMIT)
    return sum([len(chunk) async for chunk in request.stream()])


@router.get("/{thing_id}/events", response_class=EventSourceResponse, summary="Follow")
async def follow_thing(thing_id: ThingId, principal: JobsRead, life: AppLife) -> AsyncIterator[ServerSentEvent]:
    async def source() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(data="x" * 4_000, id="1")
        if thing_id == "forever":
            await life.wait_closing()
            await life.stream(source()).__anext__()

    async for event in life.stream(source()):
        yield event


class FakeKeys:
    """A key source whose keys a test can change."""

    def __init__(self) -> None:
        self.known: dict[str, KnownKey] = {}
        self.asked = 0

    def add(self, *scopes: str, tenant: str = "demo", expires_at: datetime | None = None) -> str:
        key = new_key()
        principal = Principal(tenant=tenant, key_id=key.prefix, scopes=frozenset(scopes))
        self.known[key.sha256] = KnownKey(principal=principal, expires_at=expires_at, revoked=False)
        return key.text.get_secret_value()

    def revoke(self, text: str) -> None:
        known = self.known[hash_key(text)]
        self.known[hash_key(text)] = KnownKey(known.principal, known.expires_at, revoked=True)

    async def find(self, sha256: str) -> KnownKey | None:
        self.asked += 1
        return self.known.get(sha256)


class FakeDeadLetters:
    """Three dead rows; the last belongs to an ended job."""

    def __init__(self) -> None:
        self.requeued: list[str] = []

    async def newest(self, tenant: str, *, limit: int, before: int | None) -> list[DeadLetter]:
        now = datetime.now(UTC)
        rows = [
            DeadLetter(
                id=number,
                event_id=f"event-{number}",
                source="/services/ocr",
                type="telops.read.v1",
                subject="job-1",
                reason="not_json",
                detail="",
                attempts=1,
                received_at=now,
                died_at=now,
            )
            for number in (3, 2, 1)
        ]
        return [row for row in rows if before is None or row.id < before][:limit] if tenant == "demo" else []

    async def requeue(self, tenant: str, event_id: str) -> None:
        if tenant != "demo" or not event_id.startswith("event-"):
            raise NotFound
        if event_id == "event-3":
            raise Conflict("The job has ended")
        self.requeued.append(event_id)


def settings(**changes: Any) -> HttpSettings:
    return HttpSettings(cursor_key=SecretStr("k" * 32), **changes)


def connect(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service.test")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


class Lines:
    """The log lines that were written, as the JSON objects they are."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (json.loads(line) for line in self.text.splitlines())

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self if line["event"] == event]
