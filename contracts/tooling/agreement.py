"""Whether topics, models, schemas, examples and services name the same things.

Every function returns its complaints, one line each; an empty list means that all agree.
"""

from collections.abc import Collection, Iterable, Mapping

from telop_contracts.catalogue import Topic


def orphans(topics: Collection[str], **others: Collection[str]) -> list[str]:
    """Return what exists without its topic, and topics that lack something; `others` are models, schemas, examples."""
    found = []
    for kind, names in others.items():
        found += [f"{name}: in {kind}, but no topic" for name in sorted(set(names) - set(topics))]
        found += [f"{name}: a topic, but not in {kind}" for name in sorted(set(topics) - set(names))]
    return found


def unconnected(topics: Iterable[Topic]) -> list[str]:
    """Return the topics that nobody writes or nobody reads."""
    return [f"{topic.name}: no producer" for topic in topics if not topic.producers] + [
        f"{topic.name}: no consumer" for topic in topics if not topic.consumers
    ]


def disagreements(
    topics: Iterable[Topic], subscribed: Mapping[str, Collection[str]], published: Mapping[str, Collection[str]]
) -> list[str]:
    """Return where `topics.toml` and what the services (by name) really subscribe to and publish differ."""
    found = []
    for topic in topics:
        for service, names in subscribed.items():
            if (service in topic.consumers) != (topic.name in names):
                verb = (
                    "is said to consume, but does not subscribe to" if service in topic.consumers else "subscribes to"
                )
                found.append(f"{service} {verb} {topic.name}")
        for service, names in published.items():
            if (service in topic.producers) != (topic.name in names):
                verb = "is said to produce, but does not publish" if service in topic.producers else "publishes"
                found.append(f"{service} {verb} {topic.name}")
    return found


def unexplained_keys(topics: Iterable[Topic], keys: Mapping[str, str]) -> list[str]:
    """Return the topics whose key in `topics.toml` is not the field that the model names as its key."""
    return [
        f"{topic.name}: keyed by {keys[topic.name]}, not by {topic.key}"
        for topic in topics
        if topic.key != keys[topic.name] and " " not in topic.key
    ]
