"""The notifier's own tasks beside its deliveries: sending again, warning an owner, the end of an endpoint."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime
from telop_chassis.tasks import Task


class SendMissed(Task):
    """Send again what failed since a time and, unless `what` is `failed`, what was never made.

    It goes through the messages in batches; `after` is the last message of the batch before.
    """

    TYPE: ClassVar[str] = "send_missed"

    run: str
    endpoint_id: str
    since: AwareDatetime
    what: Literal["failed", "failed_and_missed"] = "failed_and_missed"
    after: int = 0

    @property
    def dedup_key(self) -> str:
        """One batch of one request is one task."""
        return f"{self.run}:{self.after}"


class WarnOwner(Task):
    """Tell the tenant's other endpoints, and the operators, that this one has been failing for long."""

    TYPE: ClassVar[str] = "warn_owner"

    endpoint_id: str
    failing_since: AwareDatetime

    @property
    def dedup_key(self) -> str:
        """One warning for one time of failing."""
        return f"{self.endpoint_id}:{self.failing_since.isoformat()}"


class RemoveEndpoint(Task):
    """Delete what a deleted endpoint was sent, batch after batch, and then the endpoint."""

    TYPE: ClassVar[str] = "remove_endpoint"

    endpoint_id: str
    batch: int = 0

    @property
    def dedup_key(self) -> str:
        """An endpoint is deleted once."""
        return f"{self.endpoint_id}:{self.batch}"


class SwitchOff(Task):
    """Disable an endpoint because of what became of a delivery, and fail what waits for it, batch after batch."""

    TYPE: ClassVar[str] = "switch_off"

    endpoint_id: str
    cause: str
    reason: str
    batch: int = 0

    @property
    def dedup_key(self) -> str:
        """One delivery disables its endpoint once."""
        return f"{self.endpoint_id}:{self.cause}:{self.batch}"
