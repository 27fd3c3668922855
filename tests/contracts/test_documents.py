"""What is committed is what the contracts generate."""

import json
from pathlib import Path

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from telop_contracts.catalogue import load_topics

from contracts import generate
from contracts.tooling import asyncapi


def test_the_committed_documents_are_what_the_contracts_generate() -> None:
    assert generate.drift(generate.ROOT, generate.documents()) == []


def test_a_changed_a_missing_and_a_stale_document_are_found_and_mended(tmp_path: Path) -> None:
    wanted = {"schemas/a.json": "1", "schemas/b.json": "2", "asyncapi.json": "3"}
    generate.write(tmp_path, wanted)
    assert generate.drift(tmp_path, wanted) == []
    (tmp_path / "schemas/a.json").write_text("changed")
    (tmp_path / "asyncapi.json").unlink()
    (tmp_path / "schemas/stale.json").write_text("{}")
    assert generate.drift(tmp_path, wanted) == ["asyncapi.json", "schemas/a.json", "schemas/stale.json"]
    generate.write(tmp_path, wanted)
    assert generate.drift(tmp_path, wanted) == []


def test_a_release_freezes_documents_and_examples(tmp_path: Path) -> None:
    wanted = {"schemas/a.json": json.dumps({"type": "object", "properties": {"x": {"type": "string"}}})}
    generate.write(tmp_path, wanted)
    (tmp_path / "examples/a").mkdir(parents=True)
    (tmp_path / "examples/a/one.json").write_text("{}")
    generate.release(tmp_path, wanted)
    assert generate.breaks(tmp_path / "released", wanted) == []
    changed = {"schemas/a.json": json.dumps({"type": "object", "properties": {}})}
    assert generate.breaks(tmp_path / "released", changed) == ["schemas/a.json: /x: removed or renamed"]
    assert generate.breaks(tmp_path / "released", {}) == ["schemas/a.json: removed"]
    assert list(json.loads((tmp_path / "released/examples.json").read_text())) == ["examples/a/one.json"]


def test_the_asyncapi_document_is_one() -> None:
    document = json.loads((generate.ROOT / "asyncapi.json").read_text("utf-8"))
    ApplicationSchema.model_validate(document)
    assert document["asyncapi"] == "3.0.0"


@pytest.mark.parametrize("topic", load_topics(), ids=lambda topic: topic.name)
def test_the_asyncapi_document_tells_of_every_topic_who_sends_and_who_receives(topic: object) -> None:
    document = asyncapi.document(load_topics(), "1.0.0")
    name = getattr(topic, "name", "")
    message = document["components"]["messages"][name]
    assert (generate.ROOT / message["payload"]["schema"]["$ref"]).is_file()
    actions = {
        operation["action"]
        for operation in document["operations"].values()
        if operation["channel"]["$ref"] == f"#/channels/{name}"
    }
    assert actions == {"send", "receive"}
