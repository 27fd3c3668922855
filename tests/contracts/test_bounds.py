"""Whatever comes from outside has an explicit bound."""

from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter
from telop_contracts.media.v1 import MediaPublished

from contracts.tooling import services
from contracts.tooling.bounds import unbounded


def http_inputs(document: dict[str, Any]) -> list[str]:
    """Return the parameters and JSON bodies of an OpenAPI document that have a part without a bound."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            place = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", ()):
                found += [f"{place} {parameter['name']}{each}" for each in unbounded(parameter["schema"], document)]
            for kind, media in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    found += [f"{place} body{each}" for each in unbounded(media["schema"], document)]
    return found


def test_every_part_of_media_published_is_bounded() -> None:
    assert unbounded(MediaPublished.model_json_schema()) == []


@pytest.mark.parametrize("name", services.SERVICES)
def test_every_http_input_is_bounded(name: str) -> None:
    assert http_inputs(services.openapi(services.build(name))) == []


@pytest.mark.parametrize(
    "kind",
    [
        str,
        int,
        float,
        Annotated[int, Field(ge=0)],
        list[bool],
        dict[str, bool],
        Annotated[dict[str, bool], Field(max_length=3)],
        Any,
        str | None,
        Annotated[list[str], Field(max_length=3)],
        Annotated[str, StringConstraints(pattern="^[a-z]+$")],
        Annotated[str, StringConstraints(pattern="[a-z]{1,3}")],
        Annotated[str, StringConstraints(pattern=r"^a{2,}$")],
    ],
    ids=str,
)
def test_what_is_not_bounded_is_found(kind: Any) -> None:
    assert unbounded(TypeAdapter(kind).json_schema()) != []


@pytest.mark.parametrize(
    "kind",
    [
        bool,
        Annotated[str, Field(max_length=3)],
        Annotated[str, StringConstraints(pattern=r"^[a-z+*]{1,3}\+x?$")],
        Annotated[float, Field(gt=0, lt=1)] | None,
        Annotated[dict[Annotated[str, Field(max_length=9)], bool], Field(max_length=3)],
    ],
    ids=str,
)
def test_what_is_bounded_is_not_found(kind: Any) -> None:
    assert unbounded(TypeAdapter(kind).json_schema()) == []


class Nested(BaseModel):
    name: str
    parts: Annotated[list["Nested"], Field(max_length=3)] = []


def test_places_inside_are_named_and_recursion_ends() -> None:
    assert unbounded(Nested.model_json_schema()) == ["/name: a string without maxLength"]


def test_an_unbounded_parameter_and_body_are_found() -> None:
    app = FastAPI()

    @app.post("/things")
    async def create(q: str, body: Nested) -> None: ...

    assert http_inputs(app.openapi()) == [
        "POST /things q/: a string without maxLength",
        "POST /things body/name: a string without maxLength",
    ]
