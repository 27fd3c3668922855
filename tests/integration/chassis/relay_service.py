"""A small service over the chassis, built from real contracts, for the chassis' own tests.

It consumes `segment.planned` (its work is counted and may be made to fail) and publishes `telops.read`. It lives in a
module of its own so that tests can also run it as a process and kill it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database, Transaction
from telop_chassis.ended_jobs import JobCancelledHere, JobFailedHere
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome
from telop_chassis.main import main
from telop_chassis.relay import Relay
from telop_chassis.service import Service
from telop_chassis.settings import ServiceSettings
from telop_chassis.worker import Worker
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import Cost, EngineFingerprint

metadata = MetaData()
effects = Table(
    "effects",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("segment_id", Text, nullable=False),
    UniqueConstraint("segment_id", name="effects_segment"),
)
ENGINE = EngineFingerprint(name="fake", version="1", model="none", settings_sha256="0" * 64)
Work = Callable[[Item[SegmentPlanned]], Awaitable[None]]


async def _nothing(item: Item[SegmentPlanned]) -> None:
    """The work of tests that are not about work."""


class ReadSegment(Handler[SegmentPlanned, int]):
    """Records one effect per segment."""

    model = SegmentPlanned

    def __init__(self, work: Work = _nothing) -> None:
        self._work = work

    async def work(self, item: Item[SegmentPlanned]) -> int:
        await self._work(item)
        return item.attempt

    async def record(self, transaction: Transaction, item: Item[SegmentPlanned], result: int) -> Outcome:
        await transaction.execute(insert(effects).values(segment_id=item.data.segment_id))
        cost = Cost(wall_s=0, media_s=0, engine_calls=1, device="cpu")
        planned = item.data
        return Outcome(
            events=[
                TelopsRead(
                    job_id=planned.job_id,
                    segment_id=planned.segment_id,
                    index=planned.index,
                    telops=(),
                    engine=ENGINE,
                    cost=cost,
                )
            ]
        )

    async def give_up(self, transaction: Transaction, item: DeadItem[SegmentPlanned], reason: str) -> Outcome:
        index = item.data.index if item.data else None
        failed = SegmentFailed(job_id=item.subject, stage="ocr", index=index, reason=reason, attempts=item.attempts)
        return Outcome(events=[failed] if item.subject else [])


def build(settings: ServiceSettings, work: Work = _nothing) -> Service:
    """Build the service; opens nothing."""
    return Service(
        name="ocr",
        settings=settings,
        database=Database(settings.database, service="ocr"),
        handlers=(ReadSegment(work), JobFailedHere(), JobCancelledHere(), AccessKeyChanged()),
        publishes=frozenset({TelopsRead, SegmentFailed}),
        migrations="tests.integration.chassis.migrations",
    )


class Faults:
    """Points at which the process stands still while a file is there, so that a test can kill it exactly there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def stand(self, point: str) -> None:
        """Say that the point is reached, and stand there as long as it is held."""
        if (self._folder / f"hold-{point}").exists():
            (self._folder / f"reached-{point}").touch()
            while (self._folder / f"hold-{point}").exists():  # noqa: ASYNC110 - the two share files and nothing else
                await asyncio.sleep(0.01)

    async def work(self, item: Item[SegmentPlanned]) -> None:
        """Note the call of the engine."""
        with (self._folder / "calls").open("a") as calls:
            calls.write(f"{item.data.segment_id}\n")
        await self.stand("work")

    def install(self) -> None:
        """Put the points of relay and record into this process."""
        send, record = Relay._send, Worker._record

        async def send_and_stand(relay: Relay, rows: Sequence[Any]) -> dict[int, str]:
            refused = await send(relay, rows)
            await self.stand("sent")
            return refused

        async def record_and_stand(worker: Worker, *arguments: Any) -> None:
            await record(worker, *arguments)
            await self.stand("recorded")

        setattr(Relay, "_send", send_and_stand)  # noqa: B010 - a fault, not an assignment
        setattr(Worker, "_record", record_and_stand)  # noqa: B010


if __name__ == "__main__":
    faults = Faults(Path(os.environ["TELOP_TEST_FOLDER"]))
    faults.install()
    main("ocr", ServiceSettings, lambda settings: build(settings, faults.work))
