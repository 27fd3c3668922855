"""A stage of recognition: what ocr and asr do alike to segments, and to places in doubt.

A segment has one result for each stage: the first that is recorded stays, and only that one is announced. A tenant's
result serves its later jobs on the same medium too, found by its work key. What is given up is announced as failed.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import BigInteger, Column, DateTime, MetaData, PrimaryKeyConstraint, Table, Text, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from telop_contracts.recheck.v1 import RecheckAnswered, RecheckRequested
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned
from telop_contracts.speech.v1 import SpeechTranscribed
from telop_contracts.telops.v1 import TelopsRead

from telop_chassis.database import Database, Transaction
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome

E = TypeVar("E", TelopsRead, SpeechTranscribed)


def results_table(metadata: MetaData, name: str, *, recorded_at: str) -> Table:
    """A stage's table of results (created by its service's migrations); `recorded_at` is what its time is called."""
    return Table(
        name,
        metadata,
        Column("tenant", Text, nullable=False),
        Column("job_id", Text, nullable=False),
        Column("segment_index", BigInteger, nullable=False),
        Column("result", JSONB, nullable=False),
        Column("work_key", Text),
        Column(
            recorded_at,
            DateTime(timezone=True),
            key="recorded_at",
            nullable=False,
            server_default=func.clock_timestamp(),
        ),
        PrimaryKeyConstraint("tenant", "job_id", "segment_index"),
    )


@dataclass(frozen=True, slots=True)
class Recognised(Generic[E]):
    """What is announced of a segment, and the key of the work behind it; without one it serves no other job."""

    event: E
    key: str | None


def for_segment(done: E, segment: SegmentPlanned, **own: Any) -> E:
    """A result as that of another job's segment, which cost nothing; `own` are fields that it does not share."""
    cost = done.cost.model_copy(update={"wall_s": 0.0, "engine_calls": 0})
    names = {"job_id": segment.job_id, "segment_id": segment.segment_id, "index": segment.index}
    return done.model_copy(update={**names, "cost": cost, **own})


class SegmentResults(Generic[E]):
    """The results of a stage in their table."""

    def __init__(self, database: Database, table: Table, model: type[E]) -> None:
        self._database = database
        self._table = table
        self._model: type[E] = model

    async def has(self, tenant: str, segment: SegmentPlanned) -> bool:
        """Whether a segment has its result."""
        columns = self._table.c
        mine = (columns.tenant == tenant, columns.job_id == segment.job_id, columns.segment_index == segment.index)
        async with self._database.transaction("look up result") as transaction:
            return bool((await transaction.execute(select(exists().where(*mine)))).scalar_one())

    async def of_same_work(self, tenant: str, key: str) -> E | None:
        """The newest result of the tenant with this work key, for whatever job it was computed."""
        columns = self._table.c
        mine = (columns.tenant == tenant, columns.work_key == key)
        statement = select(columns.result).where(*mine).order_by(columns.recorded_at.desc()).limit(1)
        async with self._database.transaction("look up same work") as transaction:
            found = (await transaction.execute(statement)).scalar_one_or_none()
        return None if found is None else self._model.model_validate(found)

    async def record(self, transaction: Transaction, tenant: str, result: Recognised[E]) -> bool:
        """Store a segment's result; False, and nothing is stored, if it has one."""
        row = {
            "tenant": tenant,
            "job_id": result.event.job_id,
            "segment_index": result.event.index,
            "result": result.event.model_dump(mode="json"),
            "work_key": result.key,
        }
        statement = insert(self._table).values(row).on_conflict_do_nothing()
        return (await transaction.execute(statement)).rowcount == 1


class SegmentHandler(Handler[SegmentPlanned, Recognised[E] | None]):
    """Recognises a segment once, however often it is planned; a stage says how."""

    model = SegmentPlanned
    stage: ClassVar[str]

    def __init__(self, results: SegmentResults[E]) -> None:
        self._results: SegmentResults[E] = results

    @abstractmethod
    async def recognise(self, tenant: str, segment: SegmentPlanned) -> Recognised[E] | None:
        """Recognise it, or take what another job of the tenant has of it; None where there is nothing to recognise."""

    async def work(self, item: Item[SegmentPlanned]) -> Recognised[E] | None:
        """Recognise it, unless nobody wants it or it has been done."""
        if self.stage not in item.data.stages or await self._results.has(item.tenant, item.data):
            return None
        return await self.recognise(item.tenant, item.data)

    async def record(
        self, transaction: Transaction, item: Item[SegmentPlanned], result: Recognised[E] | None
    ) -> Outcome:
        """Store and announce the result, unless there is one."""
        if result is None or not await self._results.record(transaction, item.tenant, result):
            return Outcome()
        return Outcome(events=[result.event])

    async def give_up(self, transaction: Transaction, item: DeadItem[SegmentPlanned], reason: str) -> Outcome:
        """Tell that the range has no result; where the record does not even tell the range, the whole job."""
        if item.data is not None and self.stage not in item.data.stages:
            return Outcome()
        index = None if item.data is None else item.data.index
        failed = SegmentFailed(
            job_id=item.subject, stage=self.stage, index=index, reason=reason, attempts=item.attempts
        )
        return Outcome(events=[failed])


class RecheckHandler(Handler[RecheckRequested, RecheckAnswered | None]):
    """Answers what is asked about a place in doubt; a stage says how."""

    model = RecheckRequested
    stage: ClassVar[str]

    @abstractmethod
    async def answer(self, tenant: str, request: RecheckRequested) -> RecheckAnswered:
        """Recognise the place a second time."""

    async def work(self, item: Item[RecheckRequested]) -> RecheckAnswered | None:
        """Answer, if it is about this stage."""
        return await self.answer(item.tenant, item.data) if item.data.stage == self.stage else None

    async def record(
        self, transaction: Transaction, item: Item[RecheckRequested], result: RecheckAnswered | None
    ) -> Outcome:
        """Announce the answer."""
        return Outcome() if result is None else Outcome(events=[result])

    async def give_up(self, transaction: Transaction, item: DeadItem[RecheckRequested], reason: str) -> Outcome:
        """Answer that there will be no answer, if it can be told to what."""
        request = item.data
        if request is None or request.stage != self.stage:
            return Outcome()
        answer = RecheckAnswered(job_id=request.job_id, recheck_id=request.recheck_id, stage=self.stage, failed=reason)
        return Outcome(events=[answer])
