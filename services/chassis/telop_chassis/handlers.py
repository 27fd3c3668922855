"""What a service does to an event or task: `work`, `record`, `give_up`.

`work` runs without a transaction and may take minutes; it is cancelled when the job ended, the lease was lost or the
process stops. `record` and `give_up` run in one short transaction and return what is to be published and scheduled:
a handler never publishes and never commits.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from telop_contracts.envelope import Event
from telop_contracts.values import Value

from telop_chassis.database import Transaction
from telop_chassis.tasks import Scheduled, Task


@dataclass(frozen=True)
class Outcome:
    """What a recorded or abandoned piece of work sets off."""

    events: Sequence[Event] = ()
    tasks: Sequence[Scheduled] = ()


__all__ = ["DeadItem", "Handler", "Item", "Outcome", "Recorder", "Scheduled", "Task"]

T = TypeVar("T", bound=Value)
R = TypeVar("R")


@dataclass(frozen=True)
class Item(Generic[T]):
    """One piece of work. `subject` is the job id where there is one; `attempt` counts from 1.

    `time` is when the event happened, or when the task was asked for.
    """

    data: T
    tenant: str
    type: str
    event_id: str
    source: str
    subject: str
    attempt: int
    traceparent: str | None
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class DeadItem(Generic[T]):
    """A piece of work that was given up. `data` is None where the record could not be decoded."""

    data: T | None
    tenant: str
    type: str
    event_id: str
    source: str
    subject: str
    key: str | None
    attempts: int


class Handler(ABC, Generic[T, R]):
    """What a service does to one type of event or task."""

    model: type[T]
    outlives_job: bool = False
    """Whether it still runs after its job failed or was cancelled."""

    @abstractmethod
    async def work(self, item: Item[T]) -> R:
        """Do the slow part; raises `TransientError` or `PermanentError`."""

    @abstractmethod
    async def record(self, transaction: Transaction, item: Item[T], result: R) -> Outcome:
        """Write the result and say what follows."""

    @abstractmethod
    async def give_up(self, transaction: Transaction, item: DeadItem[T], reason: str) -> Outcome:
        """Say what ends because this work will never be done."""


class Recorder(Handler[T, None]):
    """A handler whose work is only to record."""

    async def work(self, item: Item[T]) -> None:
        """Nothing is slow here."""
