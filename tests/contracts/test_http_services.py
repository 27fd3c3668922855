"""What every HTTP service promises, read from the applications as they are built."""

from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from telop_chassis.auth import OPEN_PATHS, open_routes, routes

from contracts.tooling import services

WITHOUT_BODY = {202, 204}


@pytest.fixture(scope="module", params=services.SERVICES)
def app(request: pytest.FixtureRequest) -> FastAPI:
    return services.build(request.param).app()


def _operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    paths = app.openapi()["paths"].items()
    return [(f"{method.upper()} {path}", path, each) for path, item in paths for method, each in item.items()]


def test_no_route_is_open_by_mistake(app: FastAPI) -> None:
    assert open_routes(app) == []


def test_every_service_answers_health_readiness_metrics_and_dead_letters(app: FastAPI) -> None:
    wanted = {"/healthz", "/readyz", "/metrics", "/v1/dead-letters", "/v1/dead-letters/{event_id}/requeue"}
    assert wanted <= {route.path_format for route in routes(app)}


def test_operation_ids_are_unique(app: FastAPI) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(app)]
    assert sorted(names) == sorted(set(names))


def test_every_operation_has_a_tag_a_summary_and_its_problems(app: FastAPI) -> None:
    for name, path, operation in _operations(app):
        assert operation["tags"], name
        assert operation["summary"], name
        if path not in OPEN_PATHS:
            assert {"401", "403", "422", "500"} <= operation["responses"].keys(), name
            assert "{" not in path or "404" in operation["responses"], name


def test_every_route_but_streams_and_files_declares_status_and_model(app: FastAPI) -> None:
    for route in routes(app):
        original = route.original_route
        if not isinstance(original, APIRoute) or isinstance(original.response_class, type):
            continue
        assert original.status_code is not None, original.name
        assert original.response_model is not None or original.status_code in WITHOUT_BODY, original.name


def test_every_json_body_has_an_example_that_validates(app: FastAPI) -> None:
    document = app.openapi()
    for name, _, operation in _operations(app):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None:
            continue
        schema = {**media["schema"], "components": document["components"]}
        for example in _examples(media, document):
            jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)
        assert _examples(media, document), name


def _examples(media: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    named = [each["value"] for each in media.get("examples", {}).values()]
    reference = media["schema"].get("$ref", "")
    model = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return [*named, *media["schema"].get("examples", ()), *model.get("examples", ())]
