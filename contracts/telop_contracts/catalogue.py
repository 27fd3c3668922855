"""Every event of Telopcheck, and what `topics.toml` says of its topic.

An event, its topic, its schema file and its examples folder share one name; a test compares them all.
"""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from telop_contracts.access.v1 import AccessChanged
from telop_contracts.check.v1 import CheckFailed
from telop_contracts.delivery.v1 import DeliveryExhausted
from telop_contracts.endpoint.v1 import EndpointDisabled, EndpointWarned
from telop_contracts.envelope import Event
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import (
    JobAccepted,
    JobCancelled,
    JobChecked,
    JobCompleted,
    JobFailed,
    JobPlanned,
    JobProgressed,
)
from telop_contracts.media.v1 import MediaPublished
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned
from telop_contracts.speech.v1 import SpeechTranscribed
from telop_contracts.telops.v1 import TelopsRead

EVENTS: Final[tuple[type[Event], ...]] = (
    MediaPublished,
    AccessChanged,
    JobAccepted,
    JobPlanned,
    SegmentPlanned,
    TelopsRead,
    SpeechTranscribed,
    SegmentFailed,
    RecheckRequested,
    RecheckAnswered,
    JobChecked,
    CheckFailed,
    JobProgressed,
    JobCompleted,
    JobFailed,
    JobCancelled,
    FindingDecided,
    DeliveryExhausted,
    EndpointWarned,
    EndpointDisabled,
)

MODELS: Final = {event.TYPE: event for event in EVENTS}


@dataclass(frozen=True)
class Topic:
    """What `topics.toml` says of a topic."""

    name: str
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    partitions: int
    retention_days: int
    compacted: bool


def load_topics() -> tuple[Topic, ...]:
    """Return every topic of `topics.toml`, in its order."""
    table = tomllib.loads(resources.files("telop_contracts").joinpath("topics.toml").read_text("utf-8"))
    defaults = table.pop("defaults")
    return tuple(
        Topic(
            name=name,
            key=entry["key"],
            producers=tuple(entry["producers"]),
            consumers=tuple(entry["consumers"]),
            partitions=entry.get("partitions", defaults["partitions"]),
            retention_days=entry.get("retention_days", defaults["retention_days"]),
            compacted=entry.get("compacted", False),
        )
        for name, entry in table.items()
    )
