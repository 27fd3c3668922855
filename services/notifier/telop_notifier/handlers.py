"""What the notifier consumes: the life of a job and decisions on findings, and its own tasks.

Everything here outlives its job: the webhook that announces an end is sent after that end.
"""

import random
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Row
from telop_chassis.database import Database, Transaction
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome, Recorder
from telop_chassis.sealing import Sealer
from telop_chassis.tasks import Scheduled
from telop_chassis.telemetry import links_to
from telop_contracts.delivery.v1 import DeliveryExhausted
from telop_contracts.endpoint.v1 import EndpointDisabled
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobProgressed

from telop_notifier import ledger
from telop_notifier.clock import Clock
from telop_notifier.delivery import (
    PROGRESS,
    REASON_ENDPOINT_OFF,
    Answer,
    JobWebhookEvent,
    disabled_message,
    judge,
    message_of,
)
from telop_notifier.ledger import Skip
from telop_notifier.sending import Sender
from telop_notifier.signing import signed_headers
from telop_notifier.tasks import DeliverAttempt, SendMissed

E = TypeVar("E", bound=JobWebhookEvent)


class Announce(Recorder[E], Generic[E]):
    """Makes an event one message and one delivery per endpoint that wants it."""

    outlives_job = True

    def __init__(self, model: type[E], *, public_url: str, clock: Clock) -> None:
        self.model = model
        self._public_url = public_url
        self._clock = clock

    async def record(self, transaction: Transaction, item: Item[E], result: None) -> Outcome:
        """Freeze the body and schedule the first attempts."""
        message = message_of(item.data, event_id=item.event_id, now=self._clock(), public_url=self._public_url)
        return Outcome(tasks=await ledger.announce(transaction, message, tenant=item.tenant))

    async def give_up(self, transaction: Transaction, item: DeadItem[E], reason: str) -> Outcome:
        """Nothing depends on it: the dead letter can be requeued."""
        return Outcome()


def announcements(*, public_url: str, clock: Clock) -> list[Handler[Any, None]]:
    """Return a handler for each event that becomes a webhook."""
    models = (JobAccepted, JobProgressed, JobCompleted, JobFailed, JobCancelled, FindingDecided)
    return [Announce(model, public_url=public_url, clock=clock) for model in models]


class Deliver(Handler[DeliverAttempt, Answer | Skip]):
    """Makes one attempt of a delivery, and schedules the next or ends the delivery."""

    model = DeliverAttempt
    outlives_job = True

    def __init__(self, *, database: Database, sender: Sender, sealer: Sealer, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._sealer = sealer
        self._clock = clock

    async def work(self, item: Item[DeliverAttempt]) -> Answer | Skip:
        """Send, unless there is nothing to send any more."""
        now = self._clock()
        async with self._database.transaction("prepare attempt") as transaction:
            request = await ledger.prepare(transaction, item.data, sealer=self._sealer, now=now)
        if isinstance(request, str):
            return request
        headers = signed_headers(request.webhook_id, request.body, request.keys, now=now)
        links = links_to([request.traceparent]) if item.data.round > 1 else []
        return await self._sender.send(request.url, request.body, headers, links=links)

    async def record(self, transaction: Transaction, item: Item[DeliverAttempt], result: Answer | Skip) -> Outcome:
        """Write the attempt down; what was deleted or begun anew meanwhile is left alone."""
        delivery = await ledger.lock(transaction, item.data)
        if delivery is None or result == "stale":
            return Outcome()
        if isinstance(result, Answer):
            return await self._judge(transaction, item, delivery, result)
        if result == "endpoint_off":
            await ledger.end(transaction, delivery.id, "failed", reason=REASON_ENDPOINT_OFF)
        else:
            await ledger.end(transaction, delivery.id, result)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[DeliverAttempt], reason: str) -> Outcome:
        """End the delivery as failed: no other attempt will come."""
        delivery = await ledger.lock(transaction, item.data) if item.data else None
        if delivery is None:
            return Outcome()
        await ledger.end(transaction, delivery.id, "failed", reason=reason)
        return Outcome(events=[_exhausted(delivery, delivery.attempts, reason)])

    async def _judge(
        self, transaction: Transaction, item: Item[DeliverAttempt], delivery: Row[Any], answer: Answer
    ) -> Outcome:
        task, now = item.data, self._clock()
        jitter = random.random()  # noqa: S311 - spreads retries, no secret
        verdict = judge(answer, number=task.number, only_once=delivery.type == PROGRESS, jitter=jitter, now=now)
        if verdict.status == "pending":
            due_at = now + timedelta(seconds=verdict.delay_s)
            await ledger.note(transaction, delivery, answer, verdict, next_at=due_at)
            return Outcome(tasks=[Scheduled(task.model_copy(update={"number": task.number + 1}), due_at)])
        await ledger.note(transaction, delivery, answer, verdict, next_at=None)
        if verdict.disables:
            return await self._disable(transaction, item.tenant, delivery, verdict.reason or "", now)
        if verdict.status == "succeeded" or delivery.type == PROGRESS:
            return Outcome()
        return Outcome(events=[_exhausted(delivery, delivery.attempts + 1, verdict.reason or "")])

    async def _disable(
        self, transaction: Transaction, tenant: str, delivery: Row[Any], reason: str, now: datetime
    ) -> Outcome:
        endpoint_id = delivery.endpoint_id
        if not await ledger.disable(transaction, endpoint_id, reason, now=now):
            return Outcome()
        message = disabled_message(endpoint_id, event_id=f"endpoint.disabled:{delivery.id}", now=now)
        tasks = await ledger.announce(transaction, message, tenant=tenant)
        event = EndpointDisabled(endpoint_id=endpoint_id, reason=reason, disabled_at=now)
        return Outcome(events=[event], tasks=tasks)


class CatchUp(Recorder[SendMissed]):
    """Sends what an endpoint missed, batch after batch."""

    model = SendMissed
    outlives_job = True

    async def record(self, transaction: Transaction, item: Item[SendMissed], result: None) -> Outcome:
        """Start one batch."""
        return Outcome(tasks=await ledger.send_missed(transaction, item.data, tenant=item.tenant))

    async def give_up(self, transaction: Transaction, item: DeadItem[SendMissed], reason: str) -> Outcome:
        """Nothing depends on it: the owner can ask again."""
        return Outcome()


def _exhausted(delivery: Row[Any], attempts: int, reason: str) -> DeliveryExhausted:
    return DeliveryExhausted(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.id,
        job_id=delivery.job_id,
        event_type=delivery.type,
        attempts=attempts,
        reason=reason,
    )
