"""The AsyncAPI 3.0 document: every topic, what travels on it, and which service sends or receives it."""

from typing import Any, Final

from telop_contracts.catalogue import MODELS, Topic
from telop_contracts.codec import CONTENT_TYPE

from contracts.tooling.schemas import DIALECT

DAY_MS: Final = 24 * 60 * 60 * 1000
OUTSIDERS: Final = frozenset({"upstream"})

_HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "maxLength": 256, "description": "Unique per source and tenant, for ever."},
        "ce_source": {"type": "string", "maxLength": 256},
        "ce_type": {"type": "string", "description": "The name of the topic."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The job id where there is one, else the key."},
        "ce_tenantid": {
            "type": "string",
            "description": "The tenant; a topic of outsiders is mapped to it by setting.",
        },
        "content-type": {"const": CONTENT_TYPE},
        "traceparent": {"type": "string", "description": "W3C trace context."},
    },
}


def document(topics: tuple[Topic, ...], version: str) -> dict[str, Any]:
    """Return the document of all topics; payloads are references to the committed schemas."""
    operations: dict[str, Any] = {}
    for topic in topics:
        for action, services in (("send", topic.producers), ("receive", topic.consumers)):
            for service in services:
                operations[f"{service}.{action}.{topic.name}"] = _operation(topic.name, action, service)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Telopcheck events",
            "version": version,
            "description": "CloudEvents 1.0 in Kafka's binary mode. Records carry ids, times and text, never media.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": operations,
        "components": {
            "messages": {topic.name: _message(topic) for topic in topics},
            "schemas": {"CloudEventHeaders": _HEADERS},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": ["compact"]} if topic.compacted else {
        "cleanup.policy": ["delete"],
        "retention.ms": topic.retention_days * DAY_MS,
    }  # fmt: skip
    return {
        "address": topic.name,
        "messages": {topic.name: {"$ref": f"#/components/messages/{topic.name}"}},
        "bindings": {
            "kafka": {"topic": topic.name, "partitions": topic.partitions, "topicConfiguration": configuration}
        },
    }


def _message(topic: Topic) -> dict[str, Any]:
    summary = (MODELS[topic.name].__doc__ or "").partition("\n")[0]
    return {
        "name": topic.name,
        "summary": summary,
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
        "payload": {
            "schemaFormat": f"application/schema+json;version={DIALECT.split('/')[-2]}",
            "schema": {"$ref": f"./schemas/{topic.name}.json"},
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
    }


def _operation(topic: str, action: str, service: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{topic}"}],
        "tags": [{"name": service}],
    }
