"""Topics, models, schemas, examples and services say the same, and each disagreement is noticed."""

import dataclasses

import pytest
from telop_contracts.catalogue import EVENTS, MODELS, Topic, load_topics

from contracts import generate
from contracts.tooling import services
from contracts.tooling.agreement import disagreements, orphans, unconnected, unexplained_keys

TOPICS = load_topics()
NAMES = [topic.name for topic in TOPICS]
OUTSIDE = {"upstream"}


def _topic(name: str, producers: tuple[str, ...] = ("ingest",), consumers: tuple[str, ...] = ("ocr",)) -> Topic:
    return Topic(name, "job_id", producers, consumers, partitions=12, retention_days=14, compacted=False)


def test_no_topic_model_schema_or_example_is_an_orphan() -> None:
    found = orphans(
        NAMES,
        models=MODELS,
        schemas=[path.stem for path in (generate.ROOT / "schemas").glob("*.json")],
        examples=[path.name for path in (generate.ROOT / "examples").iterdir() if path.name != "webhooks"],
    )
    assert found == []


def test_every_kind_of_orphan_is_found() -> None:
    assert orphans(["a.done.v1"], schemas=["a.done.v1", "b.done.v1"], examples=[]) == [
        "b.done.v1: in schemas, but no topic",
        "a.done.v1: a topic, but not in examples",
    ]


def test_every_topic_has_a_producer_and_a_consumer() -> None:
    assert unconnected(TOPICS) == []


def test_a_topic_without_producer_or_consumer_is_found() -> None:
    topics = [_topic("a.done.v1", producers=()), _topic("b.done.v1", consumers=())]
    assert unconnected(topics) == ["a.done.v1: no producer", "b.done.v1: no consumer"]


def test_topics_name_only_services_that_exist() -> None:
    named = {service for topic in TOPICS for service in (*topic.producers, *topic.consumers)}
    assert named - OUTSIDE == set(services.SERVICES)


def test_services_subscribe_to_and_publish_what_the_topics_say() -> None:
    built = {name: services.build(name) for name in services.SERVICES}
    found = disagreements(
        TOPICS,
        {name: services.subscribed(service) for name, service in built.items()},
        {name: services.published(service) for name, service in built.items()},
    )
    assert found == []


@pytest.mark.parametrize(
    ("subscribed", "published", "complaint"),
    [
        (set(), {"a.done.v1"}, "ocr is said to consume, but does not subscribe to a.done.v1"),
        ({"a.done.v1"}, set(), "ingest is said to produce, but does not publish a.done.v1"),
    ],
)
def test_a_service_that_does_less_than_the_topics_say_is_found(
    subscribed: set[str], published: set[str], complaint: str
) -> None:
    assert disagreements([_topic("a.done.v1")], {"ocr": subscribed}, {"ingest": published}) == [complaint]


def test_a_service_that_does_more_than_the_topics_say_is_found() -> None:
    found = disagreements([_topic("a.done.v1")], {"asr": {"a.done.v1"}}, {"asr": {"a.done.v1"}})
    assert found == ["asr subscribes to a.done.v1", "asr publishes a.done.v1"]


def test_topics_are_keyed_by_the_field_that_the_model_names() -> None:
    assert unexplained_keys(TOPICS, {event.TYPE: event.KEY for event in EVENTS}) == []
    wrong = dataclasses.replace(_topic("a.done.v1"), key="segment_id")
    assert unexplained_keys([wrong], {"a.done.v1": "job_id"}) == ["a.done.v1: keyed by job_id, not by segment_id"]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_name_is_noun_past_participle_and_major(name: str) -> None:
    noun, participle, major = name.split(".")
    assert noun.isalpha()
    assert participle.endswith("ed") or participle == "read"
    assert major == "v1"
