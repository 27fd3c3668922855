"""The dispatcher: claims attempts, sends them side by side, and records them in batches.

It takes turns: each turn records whatever came back and then claims for the slots that are free, so that batches grow
with the load. An attempt is in flight until it is recorded. It is made only while its lease surely holds, so nobody
makes it a second time meanwhile; its lease outlasts the timeout of one request, hence it needs no heartbeat. What was
sent is kept until it is recorded, also while the database is away: what waits in memory is bounded by the slots.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.metrics import get_meter
from telop_chassis.database import Database, is_passing
from telop_chassis.failures import REASON_INTERNAL, WorkError, describe
from telop_chassis.sealing import Sealer
from telop_chassis.settings import WorkSettings
from telop_chassis.telemetry import consumer_span, current_trace_id, current_traceparent, links_to
from telop_chassis.version import VERSION
from telop_contracts.telemetry import ATTEMPT, EVENT_ID, EVENT_TYPE, TENANT

from telop_notifier import claiming, lanes, measures, recording
from telop_notifier.claiming import Claimed
from telop_notifier.clock import Clock
from telop_notifier.delivery import PROGRESS, Answer, judge, request_head, response_head
from telop_notifier.endpoints import HEADERS
from telop_notifier.formats import content_type
from telop_notifier.recording import Result
from telop_notifier.sending import Sender
from telop_notifier.signing import signed_headers

LEASE_MARGIN_S: Final = 10.0
RETRY_S: Final = 0.2
SLOW_SHARE: Final = 0.5
"""The part of a process that slow endpoints may fill, all together."""
_log = structlog.get_logger(__name__)


class Dispatcher:
    """Delivers, at most `work.concurrency` at a time. Creating it opens nothing."""

    def __init__(
        self,
        database: Database,
        *,
        sender: Sender,
        sealer: Sealer,
        clock: Clock,
        work: WorkSettings,
        timeout_s: float,
    ) -> None:
        self._database = database
        self._sender = sender
        self._sealer = sealer
        self._clock = clock
        self._work = work
        self._lease_s = timeout_s + LEASE_MARGIN_S
        self._wake = database.notifications.signal(lanes.CHANNEL)
        self._running: dict[asyncio.Task[None], Claimed] = {}
        self._results: list[Result] = []
        self._measures = measures.Measures(get_meter("telopcheck", VERSION))
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Deliver until `stop`."""
        keeping = asyncio.create_task(self._keep())
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                await self._record_all()
                try:
                    found = await self._claim()
                except Exception as error:  # noqa: BLE001 - the queue is durable: wait until the database answers again
                    _log.warning("claim_failed", error=describe(error))
                    await asyncio.sleep(RETRY_S)
                    continue
                for each in found.attempts if found else ():
                    self._start(each)
                if found is None or found.exhausted:
                    await self._wait(found)
            while self._running:
                self._wake.clear()
                await self._record_all()
                await self._wake.wait()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._record_all()  # what was being recorded just now is refused the second time

    async def stop(self) -> None:
        """Let attempts under way finish for the drain time, then give the others back."""
        self._stopping.set()
        self._wake.set()
        running = set(self._running)
        if running:
            await asyncio.wait(running, timeout=self._work.drain_s)
        left = {task: claimed for task, claimed in self._running.items() if not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
            await recording.give_back(self._database, list(left.values()), now=self._clock())

    async def _claim(self) -> claiming.Claim | None:
        """Claim for the free slots; None if there is none."""
        held = len(self._running) + len(self._results)
        free = self._work.concurrency - held
        if free <= 0:
            return None
        slow = sum(each.slow for each in self._running.values())
        slow_free = max(0, int(self._work.concurrency * SLOW_SHARE) - slow)
        found = await claiming.claim(
            self._database, limit=free, slow_free=slow_free, lease_s=self._lease_s, now=self._clock()
        )
        if self._stopping.is_set() and found.attempts:
            await recording.give_back(self._database, found.attempts, now=self._clock())
            return None
        return found

    async def _wait(self, found: claiming.Claim | None) -> None:
        wait_s = self._work.poll_s
        if found and found.next_due:
            wait_s = min(wait_s, max(0.0, (found.next_due - self._clock()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()

    def _start(self, claimed: Claimed) -> None:
        send_before = asyncio.get_running_loop().time() + LEASE_MARGIN_S / 2
        task = asyncio.create_task(self._attempt(claimed, send_before), name="webhook attempt")
        self._running[task] = claimed
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("attempt_lost", error=describe(error))  # its lease runs out, and it is made again

    async def _attempt(self, claimed: Claimed, send_before: float) -> None:
        """Make one attempt. A replay is a trace of its own, linked to that of the event."""
        attributes: dict[str, str | int] = {
            EVENT_TYPE: claimed.type,
            EVENT_ID: claimed.id,
            TENANT: claimed.tenant,
            ATTEMPT: claimed.tries + 1,
        }
        again = claimed.round > 1
        parent = claimed.replayed_from if again else claimed.traceparent
        with consumer_span("webhook attempt", parent, claimed.job_id or "", attributes) as span:
            for link in links_to([claimed.traceparent]) if again else ():
                span.add_link(link.context)
            if asyncio.get_running_loop().time() < send_before:
                self._results.append(await self._send(claimed, span))

    async def _send(self, claimed: Claimed, span: trace.Span) -> Result:
        loop, now = asyncio.get_running_loop(), self._clock()
        started, own = loop.time(), dict[str, str]()
        headers = {"content-type": content_type(claimed.format)}
        try:
            keys, own = self._opened(claimed)
            headers |= own | signed_headers(claimed.id, claimed.body, keys, now=now)
            links = links_to([claimed.traceparent]) if claimed.round > 1 else []
            answer = await self._sender.send(
                claimed.url, claimed.body, headers, endpoint=claimed.endpoint_id, links=links
            )
        except WorkError as error:
            answer = Answer(now, 0, failure=error.reason, trace_id=current_trace_id())
        except Exception as error:  # noqa: BLE001 - an error of ours fails one attempt, never the dispatcher
            _log.error("attempt_failed", error=describe(error))
            answer = Answer(now, 0, failure=REASON_INTERNAL, trace_id=current_trace_id())
        now = self._clock()
        jitter = random.random()  # noqa: S311 - spreads retries, no secret
        only_once = claimed.type == PROGRESS
        verdict = judge(answer, number=claimed.tries + 1, only_once=only_once, jitter=jitter, now=now)
        next_at = now + timedelta(seconds=verdict.delay_s) if verdict.status == "pending" else None
        request = request_head(claimed.url, headers, custom=own)
        took_ms = round((loop.time() - started) * 1000)
        response = response_head(answer)
        return Result(claimed, answer, verdict, next_at, took_ms, request, response, current_traceparent())

    def _opened(self, claimed: Claimed) -> tuple[list[str], dict[str, str]]:
        """Return the secrets that sign and the endpoint's own headers; raises `TransientError` if a key is missing."""
        bound_to = (claimed.tenant, claimed.endpoint_id)
        keys = [self._sealer.open(each, *bound_to) for each in claimed.sealed_secrets]
        if claimed.sealed_headers is None:
            return keys, {}
        headers: dict[str, str] = json.loads(self._sealer.open(claimed.sealed_headers, *bound_to, HEADERS))
        return keys, headers

    async def _record_all(self) -> None:
        """Record whatever has come back since the last time."""
        if batch := list(self._results):
            await self._record(batch)
            del self._results[: len(batch)]

    async def _record(self, batch: Sequence[Result]) -> None:
        while True:
            try:
                await recording.record(self._database, batch, now=self._clock())
                for each in batch:
                    self._measures.count(each.verdict.status)
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the other results must not be lost with it
                if is_passing(error):
                    # Recording again is safe: a result is refused once its lease is spent.
                    _log.warning("record_delayed", error=describe(error))
                    await asyncio.sleep(RETRY_S)
                    continue
                _log.error("record_failed", results=len(batch), error=describe(error))
            if len(batch) > 1:
                for each in batch:
                    await self._record([each])
            return  # alone it is lost: its lease runs out, and the attempt is repeated

    async def _keep(self) -> None:
        """Take back what dead processes held, and measure."""
        loop, measured = asyncio.get_running_loop(), -measures.EVERY_S
        while True:
            try:
                await recording.take_back(self._database, now=self._clock())
                if loop.time() - measured > measures.EVERY_S:
                    await self._measures.measure(self._database, now=self._clock())
                    measured = loop.time()
            except Exception as error:  # noqa: BLE001 - it goes on when the database is back
                _log.warning("keeping_failed", error=describe(error))
            await asyncio.sleep(self._work.poll_s)
