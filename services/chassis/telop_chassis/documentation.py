"""The OpenAPI document, and a page that shows it without loading anything from anywhere.

Broadcasters' networks are closed and the pages of a service run no script, so the usual viewers do not work here: the
page is plain HTML made from the document, which can also be opened in any viewer.
"""

import html
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from telop_chassis.problems import PROBLEM_SCHEMA

_METHODS = ("get", "post", "put", "patch", "delete")


def install(app: FastAPI, *, page: bool) -> None:
    """Complete the application's OpenAPI document, and serve the page if it is wanted."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = PROBLEM_SCHEMA
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents to extend it

    if page:

        async def get_documentation(_request: Request) -> Response:
            return HTMLResponse(render(app.openapi()))

        app.add_route("/docs", get_documentation, include_in_schema=False)


def render(document: dict[str, Any]) -> str:
    """Return the page of a document: each operation with its scopes, parameters and answers."""
    title = html.escape(document["info"]["title"])
    operations = "".join(
        _operation(method, path, item[method])
        for path, item in sorted(document["paths"].items())
        for method in _METHODS
        if method in item
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>"
        f'<p>The whole document: <a href="openapi.json">openapi.json</a></p>{operations}</body></html>'
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    scopes = sorted({scope for need in operation.get("security", ()) for each in need.values() for scope in each})
    parameters = [f"{each['name']} ({each['in']})" for each in operation.get("parameters", ())]
    facts = {
        "Scope": ", ".join(scopes),
        "Parameters": ", ".join(parameters),
        "Answers": ", ".join(sorted(operation["responses"])),
    }
    listed = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in facts.items() if text)
    heading = html.escape(f"{method.upper()} {path}")
    summary = html.escape(operation.get("summary", ""))
    name = html.escape(operation["operationId"])
    return f'<h2 id="{name}"><code>{heading}</code></h2><p>{summary}</p><dl>{listed}</dl>'
