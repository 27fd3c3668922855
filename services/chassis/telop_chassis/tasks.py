"""Tasks: work that no event asks for (fetch and probe, judge, a deadline, the end of an endpoint).

A task is a row of the inbox like an event, with a type, a deduplication key and a due time, written in the
transaction that wants it. There is no other scheduler.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from telop_contracts.values import Value


class Task(Value):
    """A unit of work without an incoming event. Equal dedup keys of one tenant and type run once."""

    TYPE: ClassVar[str]
    job_id: str | None = None

    @property
    def dedup_key(self) -> str:
        """What makes this task the same as another; by default one per job."""
        return self.job_id or ""


@dataclass(frozen=True)
class Scheduled:
    """A task and the time from which it is due; now, if None."""

    task: Task
    due_at: datetime | None = None
