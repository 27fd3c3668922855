"""What breaks a released contract is noticed, and nothing that was released is broken."""

import copy
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field
from telop_contracts.catalogue import EVENTS

from contracts import generate
from contracts.tooling import schemas
from contracts.tooling.compatibility import api_incompatibilities, incompatibilities

Schema = dict[str, Any]


class Part(BaseModel):
    name: str = Field(max_length=10)


class Old(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(max_length=64, pattern="^[a-z]+$")
    count: int = Field(ge=0, le=10)
    verdict: Literal["pass", "warn", "fail"]
    note: str | None = None
    parts: tuple[Part, ...] = Field(max_length=5)
    choice: Part | int = 0


def _changed(*path: str, **values: Any) -> Schema:
    """Return Old's schema with one place changed; a value of `...` removes the key."""
    schema = copy.deepcopy(Old.model_json_schema())
    place = schema
    for step in path:
        place = place[step]
    for key, value in values.items():
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return schema


def test_nothing_changed_is_compatible() -> None:
    assert incompatibilities(Old.model_json_schema(), Old.model_json_schema()) == []


def test_a_new_optional_field_is_compatible() -> None:
    assert incompatibilities(Old.model_json_schema(), _changed("properties", extra={"type": "string"})) == []


def test_a_wider_bound_and_a_wider_enum_are_compatible() -> None:
    assert incompatibilities(Old.model_json_schema(), _changed("properties", "count", maximum=11)) == []
    wider = _changed("properties", "verdict", enum=["pass", "warn", "fail", "unknown"])
    assert incompatibilities(Old.model_json_schema(), wider) == []


FIELDS = Old.model_json_schema()["properties"]
BREAKING = {
    "removed": (_changed("properties", note=...), "/note: removed or renamed"),
    "renamed": (
        _changed(properties={("remark" if k == "note" else k): v for k, v in FIELDS.items()}),
        "/note: removed or renamed",
    ),
    "retyped": (_changed("properties", "count", type="string"), "/count: retyped from Count to Count"),
    "no longer null": (_changed("properties", note={"type": "string", "title": "Note"}), "/note: retyped"),
    "newly null": (
        _changed("properties", verdict={"anyOf": [FIELDS["verdict"], {"type": "null"}]}),
        "/verdict: retyped, null is now possible",
    ),
    "an alternative gone": (_changed("properties", choice={"$ref": "#/$defs/Part"}), "/choice: retyped"),
    "newly required": (
        _changed(required=["id", "count", "verdict", "parts", "note"]),
        "/note: newly required",
    ),
    "narrowed enum": (
        _changed("properties", "verdict", enum=["pass", "fail"]), "/verdict: narrowed enum, no longer warn"
    ),
    "an enum that was open": (_changed("properties", "id", enum=["a"]), "/id: narrowed enum, no longer open"),
    "narrowed maximum": (_changed("properties", "count", maximum=9), "/count: narrowed maximum from 10 to 9"),
    "narrowed length": (_changed("properties", "id", maxLength=63), "/id: narrowed maxLength from 64 to 63"),
    "new bound": (_changed("properties", "parts", minItems=1), "/parts: narrowed minItems from none to 1"),
    "another pattern": (_changed("properties", "id", pattern="^[a-y]+$"), "/id: pattern changed"),
    "inside a list": (_changed("$defs", "Part", "properties", name={"type": "integer"}), "/parts/[]/name: retyped"),
    "required inside": (_changed("$defs", "Part", required=["name", "kind"]), "/parts/[]/kind: newly required"),
}  # fmt: skip


@pytest.mark.parametrize("case", BREAKING)
def test_a_breaking_change_is_found_and_its_place_named(case: str) -> None:
    changed, complaint = BREAKING[case]
    found = incompatibilities(Old.model_json_schema(), changed)
    assert any(each.startswith(complaint) for each in found), found


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_losing_any_field_of_any_event_is_found(event: Any) -> None:
    old = schemas.event_schema(event)
    for name in old["properties"]:
        new = copy.deepcopy(old)
        del new["properties"][name]
        assert f"/{name}: removed or renamed" in incompatibilities(old, new)


def test_what_was_released_is_not_broken() -> None:
    assert generate.breaks(generate.RELEASED, generate.documents()) == []


def test_every_event_is_released() -> None:
    released = {path.stem for path in (generate.RELEASED / "schemas").glob("*.json")}
    assert released == {event.TYPE for event in EVENTS}


def _api(**changes: Any) -> Schema:
    operation: Schema = {
        "operationId": "create_thing",
        "parameters": [
            {"in": "query", "name": "limit", "required": False, "schema": {"type": "integer", "maximum": 9}}
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
        "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
    }
    thing = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}}
    return {
        "paths": {"/v1/things": {"post": operation | changes.get("operation", {})}} if "paths" not in changes else {},
        "components": {"schemas": {"Thing": thing | changes.get("thing", {})}},
    }


BREAKING_API = {
    "operation removed": (_api(paths={}), "POST /v1/things: removed"),
    "operation renamed": (_api(operation={"operationId": "make"}), "POST /v1/things: operationId"),
    "parameter removed": (_api(operation={"parameters": []}), "POST /v1/things query limit: removed"),
    "parameter newly required": (
        _api(operation={"parameters": [*_api()["paths"]["/v1/things"]["post"]["parameters"],
                                       {"in": "header", "name": "X", "required": True, "schema": {}}]}),
        "POST /v1/things header X: newly required",
    ),
    "answer gone": (_api(operation={"responses": {"200": {}}}), "POST /v1/things 201: removed"),
    "content gone": (_api(operation={"responses": {"201": {}}}), "POST /v1/things 201: application/json removed"),
    "field gone": (_api(thing={"properties": {"name": {"type": "string"}}}), "POST /v1/things 201/size: removed"),
    "field newly required": (_api(thing={"required": ["size"]}), "POST /v1/things body/size: newly required"),
    "body newly required": (
        _api(operation={"requestBody": {**_api()["paths"]["/v1/things"]["post"]["requestBody"], "required": True}}),
        "POST /v1/things body: newly required",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BREAKING_API)
def test_a_breaking_change_of_an_api_is_found(case: str) -> None:
    changed, complaint = BREAKING_API[case]
    found = api_incompatibilities(_api(), changed)
    assert any(each.startswith(complaint) for each in found), found


def test_an_unchanged_and_a_grown_api_are_compatible() -> None:
    grown = _api()
    grown["paths"]["/v1/others"] = {"get": {}}
    assert api_incompatibilities(_api(), _api()) == []
    assert api_incompatibilities(_api(), grown) == []
