"""The golden examples are events, say everything that an event can say, and never change once released."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel
from telop_contracts.catalogue import MODELS
from telop_contracts.codec import decode_payload
from telop_contracts.webhook.v1 import Webhook

from contracts import generate
from contracts.tooling import schemas

EXAMPLES = generate.ROOT / "examples"
OF_EVENTS = sorted(path for path in EXAMPLES.rglob("*.json") if path.parent.name != "webhooks")
OF_WEBHOOKS = sorted((EXAMPLES / "webhooks").glob("*.json"))
WEBHOOK_LIMIT = 20_000


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _schema(folder: str, name: str) -> Any:
    return json.loads((generate.ROOT / folder / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("path", OF_EVENTS, ids=_name)
def test_an_example_is_decoded_validates_and_survives_a_round_trip(path: Path) -> None:
    model = MODELS[path.parent.name]
    event = decode_payload(model, path.read_bytes(), from_outside=True)
    assert decode_payload(model, event.model_dump_json().encode(), from_outside=True) == event
    jsonschema.validate(
        json.loads(path.read_text("utf-8")), _schema("schemas", model.TYPE), cls=jsonschema.Draft202012Validator
    )


def test_a_wrong_example_does_not_validate() -> None:
    example = json.loads((EXAMPLES / "job.failed.v1" / "unreachable.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example | {"reason": "Not A Code"}, _schema("schemas", "job.failed.v1"))


@pytest.mark.parametrize("kind", schemas.WEBHOOK_TYPES)
def test_every_webhook_type_has_an_example_that_validates_and_is_small(kind: str) -> None:
    raw = (EXAMPLES / "webhooks" / f"{kind}.json").read_bytes()
    webhook = Webhook.model_validate_json(raw, strict=True)
    assert webhook.type == kind
    assert len(webhook.model_dump_json()) <= WEBHOOK_LIMIT
    jsonschema.validate(json.loads(raw), _schema("webhooks", kind))


def test_a_webhook_of_another_type_does_not_validate() -> None:
    example = json.loads((EXAMPLES / "webhooks" / "job.failed.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, _schema("webhooks", "job.completed"))


def unsaid(model: type[BaseModel], examples: list[dict[str, Any]]) -> list[str]:
    """Return the fields of a model that no example gives a value other than null."""
    return [name for name in model.model_fields if all(example.get(name) is None for example in examples)]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_examples_of_an_event_use_every_field_of_it(name: str) -> None:
    texts = [path.read_text("utf-8") for path in sorted((EXAMPLES / name).glob("*.json"))]
    assert unsaid(MODELS[name], [json.loads(text) for text in texts]) == []


def test_a_field_that_no_example_uses_is_found() -> None:
    assert unsaid(MODELS["job.cancelled.v1"], [{"job_id": "j", "sequence": 1, "reason": None}]) == ["reason"]


def thawed(frozen: dict[str, str], present: dict[str, str]) -> list[str]:
    """Return the released examples that changed or went."""
    return sorted(path for path, digest in frozen.items() if present.get(path) != digest)


def test_released_examples_are_frozen() -> None:
    frozen = json.loads((generate.RELEASED / "examples.json").read_text("utf-8"))
    assert len(frozen) > len(MODELS)
    assert thawed(frozen, generate.digests(generate.ROOT)) == []


def test_a_changed_and_a_missing_example_are_found() -> None:
    assert thawed({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}) == ["b", "c"]
