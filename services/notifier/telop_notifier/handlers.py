"""What the notifier consumes: the life of a job and decisions on findings, and its own tasks.

Everything here outlives its job: the webhook that announces an end is sent after that end. Deliveries themselves are
no tasks: the dispatcher claims them where they stand.
"""

from typing import Any, Generic, TypeVar

from telop_chassis.database import Transaction
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome, Recorder
from telop_chassis.tasks import Scheduled
from telop_contracts.endpoint.v1 import EndpointDisabled, EndpointWarned
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobProgressed

from telop_notifier import ledger
from telop_notifier.clock import Clock
from telop_notifier.delivery import JobWebhookEvent, disabled_message, message_of, warning_message
from telop_notifier.health import DISABLE_AFTER
from telop_notifier.ledger import Ledger
from telop_notifier.tasks import RemoveEndpoint, SendMissed, SwitchOff, WarnOwner

E = TypeVar("E", bound=JobWebhookEvent)


class Announce(Recorder[E], Generic[E]):
    """Makes an event one message and one delivery per endpoint that wants it."""

    outlives_job = True

    def __init__(self, model: type[E], *, public_url: str, deliver: Ledger, clock: Clock) -> None:
        self.model = model
        self._public_url = public_url
        self._ledger = deliver
        self._clock = clock

    async def record(self, transaction: Transaction, item: Item[E], result: None) -> Outcome:
        """Freeze the body and queue the deliveries."""
        message = message_of(item.data, event_id=item.event_id, at=item.time, public_url=self._public_url)
        await self._ledger.announce(transaction, message, tenant=item.tenant, now=self._clock())
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[E], reason: str) -> Outcome:
        """Nothing depends on it: the dead letter can be requeued."""
        return Outcome()


def announcements(*, public_url: str, deliver: Ledger, clock: Clock) -> list[Handler[Any, None]]:
    """Return a handler for each event that becomes a webhook."""
    models = (JobAccepted, JobProgressed, JobCompleted, JobFailed, JobCancelled, FindingDecided)
    return [Announce(model, public_url=public_url, deliver=deliver, clock=clock) for model in models]


class CatchUp(Recorder[SendMissed]):
    """Sends what an endpoint missed, batch after batch."""

    model = SendMissed
    outlives_job = True

    def __init__(self, *, deliver: Ledger, clock: Clock) -> None:
        self._ledger = deliver
        self._clock = clock

    async def record(self, transaction: Transaction, item: Item[SendMissed], result: None) -> Outcome:
        """Queue one batch."""
        now = self._clock()
        return Outcome(tasks=await self._ledger.send_missed(transaction, item.data, tenant=item.tenant, now=now))

    async def give_up(self, transaction: Transaction, item: DeadItem[SendMissed], reason: str) -> Outcome:
        """Nothing depends on it: the owner can ask again."""
        return Outcome()


class Warn(Recorder[WarnOwner]):
    """Says that an endpoint has been failing for long, while there is time to mend it."""

    model = WarnOwner

    def __init__(self, *, deliver: Ledger, clock: Clock) -> None:
        self._ledger = deliver
        self._clock = clock

    async def record(self, transaction: Transaction, item: Item[WarnOwner], result: None) -> Outcome:
        """Tell the operators and the tenant's other endpoints."""
        endpoint_id, since, now = item.data.endpoint_id, item.data.failing_since, self._clock()
        message = warning_message(endpoint_id, event_id=f"endpoint.warned:{item.event_id}", now=now)
        await self._ledger.announce(transaction, message, tenant=item.tenant, now=now)
        disabled_from = max(since + DISABLE_AFTER, now)
        event = EndpointWarned(endpoint_id=endpoint_id, failing_since=since, disabled_from=disabled_from)
        return Outcome(events=[event])

    async def give_up(self, transaction: Transaction, item: DeadItem[WarnOwner], reason: str) -> Outcome:
        """Nothing depends on it."""
        return Outcome()


class Disable(Recorder[SwitchOff]):
    """Disables an endpoint, says so once, and fails what waits for it."""

    model = SwitchOff

    def __init__(self, *, deliver: Ledger, clock: Clock) -> None:
        self._ledger = deliver
        self._clock = clock

    async def record(self, transaction: Transaction, item: Item[SwitchOff], result: None) -> Outcome:
        """Disable with the first batch; go on until nothing waits."""
        task, now, events = item.data, self._clock(), []
        if task.batch == 0:
            if not await ledger.switch_off(transaction, task.endpoint_id, task.reason, now=now):
                return Outcome()
            message = disabled_message(task.endpoint_id, event_id=f"endpoint.disabled:{task.dedup_key}", now=now)
            await self._ledger.announce(transaction, message, tenant=item.tenant, now=now)
            events.append(EndpointDisabled(endpoint_id=task.endpoint_id, reason=task.reason, disabled_at=now))
        more = await ledger.fail_waiting(transaction, task.endpoint_id, now=now)
        following = [Scheduled(task.model_copy(update={"batch": task.batch + 1}))] if more else []
        return Outcome(events=events, tasks=following)

    async def give_up(self, transaction: Transaction, item: DeadItem[SwitchOff], reason: str) -> Outcome:
        """Nothing depends on it."""
        return Outcome()


class Remove(Recorder[RemoveEndpoint]):
    """Deletes what a deleted endpoint was sent: there may be a hundred thousand deliveries."""

    model = RemoveEndpoint

    async def record(self, transaction: Transaction, item: Item[RemoveEndpoint], result: None) -> Outcome:
        """Delete one batch."""
        more = await ledger.remove_some(transaction, item.data.endpoint_id)
        following = item.data.model_copy(update={"batch": item.data.batch + 1})
        return Outcome(tasks=[Scheduled(following)] if more else [])

    async def give_up(self, transaction: Transaction, item: DeadItem[RemoveEndpoint], reason: str) -> Outcome:
        """Nothing depends on it: the endpoint is out of use, and the dead letter can be requeued."""
        return Outcome()
