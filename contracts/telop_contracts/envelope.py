"""The CloudEvents 1.0 envelope of every event, and the base class of event payloads.

An event type is its topic name, `<noun>.<past participle>.v<major>`; each payload class carries it as `TYPE` and
names the field that becomes the Kafka key. The envelope is transport-free: `codec` turns it into Kafka records.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from telop_contracts.values import Value


class Event(Value):
    """A payload of one topic. `TYPE` is topic name and `ce_type`; `KEY` names the field that keys the record."""

    TYPE: ClassVar[str]
    KEY: ClassVar[str] = "job_id"

    @property
    def key(self) -> str:
        """The Kafka key: records of one key keep their order as far as Kafka keeps any."""
        return str(getattr(self, self.KEY))

    @property
    def subject(self) -> str:
        """The job that the event belongs to, or its key where there is no job (`ce_subject`)."""
        return str(getattr(self, "job_id", None) or self.key)


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Envelope(Generic[E_co]):
    """One event with its CloudEvents attributes. `(tenant, source, id)` identifies it for ever."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    tenant: str
    traceparent: str | None
    data: E_co
