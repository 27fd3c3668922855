"""The worker: claims rows of the inbox, works on them, and records what came of it in one short transaction.

Rows whose handler only records have slots of their own, so that a cancellation never waits behind the work it
cancels. Work is cancelled when its job ends, when its lease is lost or cannot be prolonged for half its length, and
when the process stops: then its lease goes back uncounted. What `work` returned is recorded once, or not at all.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from opentelemetry.metrics import get_meter
from pydantic import AwareDatetime, TypeAdapter
from telop_contracts.codec import REASON_INVALID
from telop_contracts.telemetry import ATTEMPT, EVENT_ID, EVENT_TYPE, TENANT
from telop_contracts.values import ID_PATTERN

from telop_chassis import ended_jobs, inbox, inbox_writes
from telop_chassis.database import Database, Transaction, is_passing
from telop_chassis.failures import GiveUp, PermanentError, Retry, decide, describe
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome
from telop_chassis.inbox import Lease
from telop_chassis.settings import WorkSettings
from telop_chassis.telemetry import consumer_span, mark_failed
from telop_chassis.version import VERSION
from telop_chassis.work_guard import InterruptedWork, Interruption, guarded

Handlers = Mapping[str, Handler[Any, Any]]
Held = Callable[[], Sequence[str]]
RECORD_RETRY_S: Final = 0.2
_JOB_ID: Final = re.compile(ID_PATTERN)
_TIME: Final = TypeAdapter(AwareDatetime)
_log = structlog.get_logger(__name__)


class Worker:
    """Works on the rows of some handlers, at most `concurrency` at a time."""

    def __init__(
        self, database: Database, handlers: Handlers, settings: WorkSettings, *, concurrency: int, held: Held = tuple
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._settings = settings
        self._concurrency = concurrency
        self._held = held
        self._signal = database.notifications.signal(inbox_writes.CHANNEL)
        self._running: set[asyncio.Task[None]] = set()
        self._interrupts: dict[asyncio.Task[None], Interruption] = {}
        database.notifications.listen(ended_jobs.CHANNEL, self._job_ended)
        self._failures = get_meter("telopcheck", VERSION).create_counter(
            "telop.work.failures", description="Attempts that failed, by what was worked on and reason."
        )
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Claim and work until `stop`."""
        while not self._stopping.is_set():
            self._signal.clear()
            try:
                leases = await self._claim()
            except Exception as error:  # noqa: BLE001 - the queue is durable: wait until the database answers again
                _log.warning("claim_failed", error=describe(error))
                leases = []
                await asyncio.sleep(RECORD_RETRY_S)
            if self._stopping.is_set():
                await self._return(leases)
                return
            for lease in leases:
                self._start(lease)
            if not leases:
                await self._wait()

    async def stop(self) -> None:
        """Let running work finish for the drain time, then return its leases."""
        self._stopping.set()
        self._signal.set()
        if self._running:
            await asyncio.wait(self._running, timeout=self._settings.drain_s)
        for interruption in self._interrupts.values():
            interruption.interrupt(InterruptedWork.RETURNED)
        if self._running:
            await asyncio.wait(self._running, timeout=self._settings.lease_s)

    async def _return(self, leases: Sequence[Lease]) -> None:
        """Give back what was claimed in the moment of the stop."""
        async with self._database.driver() as connection:
            for lease in leases:
                await inbox.give_back(connection, lease)

    def _start(self, lease: Lease) -> None:
        interruption = Interruption(lease.subject)
        task = asyncio.create_task(self._handle(lease, interruption), name=f"work {lease.type}")
        self._running.add(task)
        self._interrupts[task] = interruption
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._interrupts.pop(task, None)
        self._signal.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("work_lost", error=describe(error))  # the lease runs out, and another takes over

    def _job_ended(self, job_id: str) -> None:
        for interruption in self._interrupts.values():
            if job_id and interruption.subject == job_id:
                interruption.look()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll_s):
                await self._signal.wait()
        except TimeoutError:
            pass

    async def _claim(self) -> list[Lease]:
        free = self._concurrency - len(self._running)
        if free <= 0:
            return []
        async with self._database.driver() as connection:
            return await inbox.claim(
                connection,
                types=list(self._handlers),
                held=self._held(),
                limit=free,
                lease_s=self._settings.lease_s,
            )

    async def _handle(self, lease: Lease, interruption: Interruption) -> None:
        handler = self._handlers[lease.type]
        attributes: dict[str, str | int] = {
            EVENT_TYPE: lease.type,
            EVENT_ID: lease.event_id,
            TENANT: lease.tenant,
            ATTEMPT: lease.attempts,
        }
        with consumer_span(f"{lease.type} process", lease.traceparent, lease.subject, attributes):
            try:
                if lease.reason is not None:
                    await self._bury(handler, lease, GiveUp(lease.reason, ""))
                elif lease.ended and not handler.outlives_job:
                    await self._close(lease)
                else:
                    await self._work(handler, lease, interruption)
            except InterruptedWork as interrupted:
                await self._interrupted(lease, interrupted)

    async def _interrupted(self, lease: Lease, interrupted: InterruptedWork) -> None:
        _log.info("work_interrupted", type=lease.type, cause=interrupted.cause)
        if interrupted.cause == InterruptedWork.RETURNED:
            async with self._database.driver() as connection:
                await inbox.give_back(connection, lease)
        elif interrupted.cause == InterruptedWork.ENDED:
            await self._close(lease)

    async def _close(self, lease: Lease) -> None:
        async with self._database.transaction("close row") as transaction:
            await inbox.finish(transaction, lease, "closed")

    async def _work(self, handler: Handler[Any, Any], lease: Lease, interruption: Interruption) -> None:
        try:
            item = _item(handler, lease)
            beat = self._heartbeat(lease, outlives_job=handler.outlives_job)
            result = await guarded(handler.work(item), beat, interruption, self._settings.lease_s)
            await self._record(handler, lease, item, result)
        except InterruptedWork:
            raise
        except Exception as error:  # noqa: BLE001 - the failure policy knows every error
            await self._failed(handler, lease, error)

    def _heartbeat(self, lease: Lease, *, outlives_job: bool) -> Callable[[], Any]:
        async def beat() -> str | None:
            async with self._database.driver() as connection:
                ended = await inbox.heartbeat(connection, lease, self._settings.lease_s)
            if ended is None:
                return InterruptedWork.LOST
            return InterruptedWork.ENDED if ended and not outlives_job else None

        return beat

    async def _record(self, handler: Handler[Any, Any], lease: Lease, item: Item[Any], result: object) -> None:
        while True:
            try:
                async with self._database.transaction(f"record {lease.type}") as transaction:
                    if not await inbox.finish(transaction, lease, "done"):
                        raise InterruptedWork(InterruptedWork.LOST)
                    await _apply(transaction, await handler.record(transaction, item, result), lease.tenant)
                return
            except Exception as error:
                if not is_passing(error):
                    raise
                # The finished work is kept: recording it again is safe, for the token is spent with the first commit.
                _log.warning("record_delayed", type=lease.type, error=describe(error))
                await asyncio.sleep(RECORD_RETRY_S)

    async def _failed(self, handler: Handler[Any, Any], lease: Lease, error: Exception) -> None:
        decision = decide(error, lease.attempts)
        mark_failed(decision.reason)
        _log.warning(
            "work_failed",
            type=lease.type,
            reason=decision.reason,
            detail=decision.detail,
            attempt=lease.attempts,
            place=describe(error),
            retry_in_s=round(decision.delay_s, 1) if isinstance(decision, Retry) else None,
        )
        self._failures.add(1, {"type": lease.type, "reason": decision.reason})
        if isinstance(decision, Retry):
            async with self._database.driver() as connection:
                await inbox.retry(connection, lease, decision.delay_s, f"{decision.reason}: {decision.detail}")
        else:
            await self._bury(handler, lease, decision)

    async def _bury(self, handler: Handler[Any, Any], lease: Lease, decision: GiveUp) -> None:
        mark_failed(decision.reason)
        _log.error("dead_letter", type=lease.type, reason=decision.reason, attempts=lease.attempts)
        item: DeadItem[Any] = DeadItem(
            data=_decoded(handler, lease.payload),
            tenant=lease.tenant,
            type=lease.type,
            event_id=lease.event_id,
            source=lease.source,
            subject=lease.subject,
            key=_printable(lease.key),
            attempts=lease.attempts,
        )
        try:
            async with self._database.transaction(f"give up {lease.type}") as transaction:
                held = await inbox.finish(transaction, lease, "dead", decision.reason, decision.detail)
                # A record that tells neither payload nor job can end nothing: its job ends as stalled.
                if held and (item.data is not None or _JOB_ID.fullmatch(item.subject)):
                    await _apply(transaction, await handler.give_up(transaction, item, decision.reason), lease.tenant)
        except Exception as error:
            if is_passing(error):
                raise
            # The row must not come back for ever; its job ends as stalled.
            _log.error("give_up_failed", type=lease.type, error=describe(error))
            async with self._database.transaction(f"give up {lease.type}") as transaction:
                await inbox.finish(transaction, lease, "dead", decision.reason, decision.detail)


def _item(handler: Handler[Any, Any], lease: Lease) -> Item[Any]:
    data = _decoded(handler, lease.payload)
    if data is None:
        raise PermanentError(REASON_INVALID)
    return Item(
        data=data,
        tenant=lease.tenant,
        type=lease.type,
        event_id=lease.event_id,
        source=lease.source,
        subject=lease.subject,
        attempt=lease.attempts,
        traceparent=lease.traceparent,
        time=_time(lease),
    )


def _time(lease: Lease) -> datetime:
    try:
        return _TIME.validate_python(lease.time)
    except ValueError:
        return lease.received_at


def _decoded(handler: Handler[Any, Any], payload: bytes) -> object | None:
    try:
        data: object = handler.model.model_validate_json(payload, strict=True, extra="ignore")
        return data
    except ValueError:
        return None


def _printable(key: bytes | None) -> str | None:
    try:
        return key.decode() if key is not None else None
    except UnicodeDecodeError:
        return None


async def _apply(transaction: Transaction, outcome: Outcome, tenant: str) -> None:
    for event in outcome.events:
        await transaction.append(event, tenant=tenant)
    for scheduled in outcome.tasks:
        await transaction.schedule(scheduled.task, tenant=tenant, due_at=scheduled.due_at)
