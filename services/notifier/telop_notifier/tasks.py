"""The notifier's own work: one attempt of a delivery, and sending again what an endpoint missed."""

from typing import ClassVar

from pydantic import AwareDatetime
from telop_chassis.tasks import Task


class DeliverAttempt(Task):
    """The `number`-th attempt (from 1) of a delivery. A replay begins a new round; older rounds do nothing more."""

    TYPE: ClassVar[str] = "deliver_attempt"

    delivery_id: str
    round: int
    number: int

    @property
    def dedup_key(self) -> str:
        """One attempt is one task."""
        return f"{self.delivery_id}:{self.round}:{self.number}"


class SendMissed(Task):
    """Send what an endpoint missed since a time: what was held back, what was never made, and, if asked, what failed.

    It goes through the messages in batches; `after` is the last message of the batch before.
    """

    TYPE: ClassVar[str] = "send_missed"

    run: str
    endpoint_id: str
    since: AwareDatetime
    failed_too: bool
    after: int = 0

    @property
    def dedup_key(self) -> str:
        """One batch of one request is one task."""
        return f"{self.run}:{self.after}"
