"""Our records are CloudEvents to somebody else's library too, and theirs are to us."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from telop_contracts.catalogue import MODELS
from telop_contracts.codec import decode_attributes, decode_payload, encode, require_type
from telop_contracts.envelope import Envelope

from contracts import generate

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EXAMPLES = sorted(path for path in (generate.ROOT / "examples").rglob("*.json") if path.parent.name != "webhooks")


def _first(name: str) -> Path:
    return next(path for path in EXAMPLES if path.parent.name == name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cloudevents_sdk_reads_our_records(path: Path) -> None:
    model = MODELS[path.parent.name]
    data = decode_payload(model, path.read_bytes())
    time = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
    envelope = Envelope("01JD3Z", "/services/ingest", model.TYPE, time, data.subject, "demo", TRACEPARENT, data)
    record = encode(envelope)
    event = from_binary(KafkaMessage(dict(record.headers), record.key, record.value), JSONFormat())
    assert isinstance(event, CloudEvent)  # its constructor validates every attribute
    assert (event.get_id(), event.get_source(), event.get_type()) == ("01JD3Z", "/services/ingest", model.TYPE)
    assert (event.get_time(), event.get_subject()) == (time, data.subject)
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("tenantid") == "demo"
    assert event.get_extension("partitionkey") == data.key
    assert event.get_data() == data.model_dump(mode="json")
    assert record.topic == model.TYPE


def test_the_cloudevents_sdk_refuses_what_is_none() -> None:
    with pytest.raises(Exception, match="source"):
        from_binary(KafkaMessage({"ce_id": b"1", "ce_type": b"x", "ce_specversion": b"1.0"}, None, b"{}"), JSONFormat())


def test_we_read_what_the_cloudevents_sdk_writes() -> None:
    path = _first("media.published.v1")
    model = MODELS["media.published.v1"]
    data = decode_payload(model, path.read_bytes()).model_dump(mode="json", exclude_unset=True)
    attributes = {
        "id": "ext-1",
        "source": "https://mam.example",
        "type": model.TYPE,
        "datacontenttype": "application/json",
    }
    message = to_binary(CloudEvent(attributes=attributes, data=data), JSONFormat())
    found = decode_attributes(message.headers.items())
    require_type(found, model)
    assert (found.id, found.source, found.tenant) == ("ext-1", "https://mam.example", None)
    assert decode_payload(model, message.value, from_outside=True) == decode_payload(model, path.read_bytes())
