"""JSON Schemas of events and webhooks, generated from the models."""

from typing import Any, Final, get_args

from telop_contracts.envelope import Event
from telop_contracts.webhook.v1 import Webhook, WebhookType

BASE: Final = "https://telopcheck.dev/contracts"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
WEBHOOK_TYPES: Final[tuple[str, ...]] = get_args(WebhookType)

Schema = dict[str, Any]


def event_schema(model: type[Event]) -> Schema:
    """Return the schema of an event's payload."""
    return {"$schema": DIALECT, "$id": f"{BASE}/schemas/{model.TYPE}.json", **model.model_json_schema()}


def webhook_schema(kind: str) -> Schema:
    """Return the schema of the body of one type of webhook."""
    schema = Webhook.model_json_schema()
    schema["properties"]["type"] = {"const": kind, "title": "Type", "type": "string"}
    return {"$schema": DIALECT, "$id": f"{BASE}/webhooks/{kind}.json", **schema}


def resolve(schema: Schema, root: Schema) -> Schema:
    """Return what a schema refers to inside its document, with what stands beside the reference."""
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def branches(schema: Schema, root: Schema) -> list[Schema]:
    """Return the alternatives of a schema, references followed; one that has none is its own only alternative."""
    resolved = resolve(schema, root)
    for word in ("anyOf", "oneOf"):
        if word in resolved:
            return [branch for each in resolved[word] for branch in branches(each, root)]
    if len(resolved.get("allOf", ())) == 1:
        return branches(resolved["allOf"][0], root)
    return [resolved]
