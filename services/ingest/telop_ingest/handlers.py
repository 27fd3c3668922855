"""What ingest consumes: events of the other services and of upstream systems, and its own tasks.

Whatever is given up ends its job with the reason. That a medium, a URL or a transcript is no good is an answer, not
something given up: it leaves no dead letter. Only `job.checked` outlives its job: a verdict that comes after
another end is stored, and announced to nobody.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Transaction
from telop_chassis.failures import PermanentError
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome, Recorder, Scheduled
from telop_chassis.inbox_writes import REASON_ID_REUSED
from telop_chassis.objects import ObjectStore
from telop_contracts.check.v1 import CheckFailed, CheckResult
from telop_contracts.delivery.v1 import DeliveryExhausted
from telop_contracts.endpoint.v1 import EndpointDisabled, EndpointWarned
from telop_contracts.job.v1 import JobChecked, JobPlanned, MediaFacts, SegmentRange, StagePlan
from telop_contracts.media.v1 import MediaPublished
from telop_contracts.segment.v1 import SegmentFailed, SegmentPlanned, segment_id
from telop_contracts.speech.v1 import SpeechTranscribed
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR, ObjectRef, Value

from telop_ingest import jobs, progress
from telop_ingest.preparing import Preparation, Prepared
from telop_ingest.progress import Report, Work
from telop_ingest.reasons import is_of_what_was_sent
from telop_ingest.tables import delivery_incidents
from telop_ingest.tasks import DeleteJob, FetchMedia, ProbeAndPlan, StallCheck

T = TypeVar("T", bound=Value)
R = TypeVar("R")


class _OfJob(Handler[T, R]):
    """Work of one job, which ends the job when it is given up."""

    async def give_up(self, transaction: Transaction, item: DeadItem[T], reason: str) -> Outcome:
        """End the job that the record names, if it is this tenant's."""
        await jobs.fail(transaction, item.subject, item.tenant, reason)
        return Outcome()


class _RecordedOfJob(_OfJob[T, None], Recorder[T]):
    """An event of one job that is only recorded."""


class MediaPublishedHandler(Recorder[MediaPublished]):
    """An upstream system announces media: a job, once per event."""

    model = MediaPublished

    def __init__(self, stall_after: timedelta) -> None:
        self._stall_after = stall_after

    async def record(self, transaction: Transaction, item: Item[MediaPublished], result: None) -> Outcome:
        """Accept the job."""
        origin = jobs.Origin(item.tenant, f"kafka:{item.source}", item.event_id)
        try:
            await jobs.accept(transaction, item.data, origin, self._stall_after)
        except jobs.IdempotencyKeyReused:
            raise PermanentError(REASON_ID_REUSED) from None
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[MediaPublished], reason: str) -> Outcome:
        """Leave a failed job behind, where the event says enough to make one."""
        if item.data is not None and reason != REASON_ID_REUSED:
            origin = jobs.Origin(item.tenant, f"kafka:{item.source}", item.event_id)
            accepted = await jobs.accept(transaction, item.data, origin, self._stall_after)
            await jobs.fail(transaction, accepted.job_id, item.tenant, reason)
        return Outcome()


@dataclass(frozen=True)
class Refused:
    """What was sent cannot be checked."""

    reason: str


class FetchMediaHandler(_OfJob[FetchMedia, ObjectRef | Refused]):
    """Bring the medium into the store."""

    model = FetchMedia

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation

    async def work(self, item: Item[FetchMedia]) -> ObjectRef | Refused:
        """Fetch it."""
        return await _answered(self._preparation.medium(item.tenant, item.data.job_id, item.attempt))

    async def record(self, transaction: Transaction, item: Item[FetchMedia], result: ObjectRef | Refused) -> Outcome:
        """Have it probed."""
        if isinstance(result, Refused):
            return await _refuse(transaction, item, result)
        return Outcome(tasks=[Scheduled(ProbeAndPlan(job_id=item.data.job_id, media=result))])


class ProbeAndPlanHandler(_OfJob[ProbeAndPlan, Prepared | Refused]):
    """Probe the medium and hand out its segments."""

    model = ProbeAndPlan

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation

    async def work(self, item: Item[ProbeAndPlan]) -> Prepared | Refused:
        """Probe and plan."""
        task = item.data
        return await _answered(self._preparation.plan(item.tenant, task.job_id, task.media, item.attempt))

    async def record(self, transaction: Transaction, item: Item[ProbeAndPlan], result: Prepared | Refused) -> Outcome:
        """Announce the plan and its segments."""
        if isinstance(result, Refused):
            return await _refuse(transaction, item, result)
        planned, parts = _events(item.data, result)
        await progress.planned(transaction, item.tenant, planned, parts)
        return Outcome()


class StallCheckHandler(_RecordedOfJob[StallCheck]):
    """The backstop: no job stands still for ever."""

    model = StallCheck

    def __init__(self, stall_after: timedelta) -> None:
        self._stall_after = stall_after

    async def record(self, transaction: Transaction, item: Item[StallCheck], result: None) -> Outcome:
        """Fail the job, or look again when it could have stalled next."""
        job_id, count = item.data.job_id, item.data.round
        due_at = await jobs.check_stall(transaction, job_id, item.tenant, self._stall_after)
        return Outcome(tasks=[Scheduled(StallCheck(job_id=job_id, round=count + 1), due_at)] if due_at else ())


class DeleteJobHandler(Handler[DeleteJob, None]):
    """Nothing of a job is kept for ever: deletes one whose time has come."""

    model = DeleteJob
    outlives_job = True

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def work(self, item: Item[DeleteJob]) -> None:
        """Delete its objects."""
        await self._objects.delete_folder(f"tenants/{item.tenant}/jobs/{item.data.job_id}/")

    async def record(self, transaction: Transaction, item: Item[DeleteJob], result: None) -> Outcome:
        """Delete its rows."""
        await jobs.delete(transaction, item.data.job_id, item.tenant)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[DeleteJob], reason: str) -> Outcome:
        """The dead letter says so: somebody has to look why the store refuses."""
        return Outcome()


class TelopsReadHandler(_RecordedOfJob[TelopsRead]):
    """A segment was read."""

    model = TelopsRead

    async def record(self, transaction: Transaction, item: Item[TelopsRead], result: None) -> Outcome:
        """Count it."""
        work = Work(item.data.engine, item.data.cost)
        report = Report(item.data.job_id, STAGE_OCR, item.data.index, work=work)
        await progress.segment_reported(transaction, item.tenant, report)
        return Outcome()


class SpeechTranscribedHandler(_RecordedOfJob[SpeechTranscribed]):
    """A segment was transcribed."""

    model = SpeechTranscribed

    async def record(self, transaction: Transaction, item: Item[SpeechTranscribed], result: None) -> Outcome:
        """Count it."""
        work = Work(item.data.engine, item.data.cost, item.data.not_biased)
        report = Report(item.data.job_id, STAGE_ASR, item.data.index, work=work)
        await progress.segment_reported(transaction, item.tenant, report)
        return Outcome()


class SegmentFailedHandler(_RecordedOfJob[SegmentFailed]):
    """A stage gave up on a segment, or on the whole job."""

    model = SegmentFailed

    async def record(self, transaction: Transaction, item: Item[SegmentFailed], result: None) -> Outcome:
        """Count it as failed; without an index the job ends."""
        data = item.data
        if data.index is None:
            await jobs.fail(transaction, data.job_id, item.tenant, data.reason)
        else:
            report = Report(data.job_id, data.stage, data.index, data.reason)
            await progress.segment_reported(transaction, item.tenant, report)
        return Outcome()


class JobCheckedHandler(_OfJob[JobChecked, CheckResult]):
    """The matcher's verdict."""

    model = JobChecked
    outlives_job = True

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def work(self, item: Item[JobChecked]) -> CheckResult:
        """Load the result."""
        document = await self._objects.get_bytes(item.data.result)
        # A long programme's result takes seconds to parse: others are served meanwhile.
        return await asyncio.to_thread(CheckResult.model_validate_json, document, extra="ignore")

    async def record(self, transaction: Transaction, item: Item[JobChecked], result: CheckResult) -> Outcome:
        """Store it and end the job."""
        await progress.checked(transaction, item.tenant, item.data, result)
        return Outcome()


class CheckFailedHandler(_RecordedOfJob[CheckFailed]):
    """The matcher cannot judge the job."""

    model = CheckFailed

    async def record(self, transaction: Transaction, item: Item[CheckFailed], result: None) -> Outcome:
        """End the job."""
        await jobs.fail(transaction, item.data.job_id, item.tenant, item.data.reason)
        return Outcome()


class DeliveryExhaustedHandler(Recorder[DeliveryExhausted]):
    """Nobody took a delivery: for the operators."""

    model = DeliveryExhausted

    async def record(self, transaction: Transaction, item: Item[DeliveryExhausted], result: None) -> Outcome:
        """Remember it."""
        data = item.data
        details = {"delivery_id": data.delivery_id, "job_id": data.job_id}
        await _remember(transaction, item, endpoint_id=data.endpoint_id, reason=data.reason, **details)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[DeliveryExhausted], reason: str) -> Outcome:
        """No job depends on it."""
        return Outcome()


class EndpointWarnedHandler(Recorder[EndpointWarned]):
    """An endpoint has been failing for long: for the operators, while there is time."""

    model = EndpointWarned

    async def record(self, transaction: Transaction, item: Item[EndpointWarned], result: None) -> Outcome:
        """Remember it."""
        await _remember(transaction, item, endpoint_id=item.data.endpoint_id, reason="endpoint_failing")
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[EndpointWarned], reason: str) -> Outcome:
        """No job depends on it."""
        return Outcome()


class EndpointDisabledHandler(Recorder[EndpointDisabled]):
    """An endpoint was switched off: for the operators."""

    model = EndpointDisabled

    async def record(self, transaction: Transaction, item: Item[EndpointDisabled], result: None) -> Outcome:
        """Remember it."""
        await _remember(transaction, item, endpoint_id=item.data.endpoint_id, reason=item.data.reason)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[EndpointDisabled], reason: str) -> Outcome:
        """No job depends on it."""
        return Outcome()


async def _answered(work: Awaitable[R]) -> R | Refused:
    try:
        return await work
    except PermanentError as error:
        if not is_of_what_was_sent(error.reason):
            raise
        return Refused(error.reason)


async def _refuse(transaction: Transaction, item: Item[T], refused: Refused) -> Outcome:
    await jobs.fail(transaction, item.subject, item.tenant, refused.reason)
    return Outcome()


async def _remember(transaction: Transaction, item: Item[T], **values: str | None) -> None:
    row = {"incident_id": item.event_id, "tenant": item.tenant, "type": item.type} | values
    await transaction.execute(insert(delivery_incidents).values(row).on_conflict_do_nothing())


def _events(task: ProbeAndPlan, found: Prepared) -> tuple[JobPlanned, list[SegmentPlanned]]:
    facts = MediaFacts(object=task.media, **vars(found.media))
    briefed = found.briefed
    shared = {"job_id": task.job_id, "language": found.language, "media": facts}
    shared |= {"rules": briefed.rules, "transcript": briefed.transcript}
    ranges = tuple(
        SegmentRange(index=each.index, start_s=each.start_s, end_s=each.end_s) for each in found.plan.segments
    )
    stages = tuple(
        StagePlan(stage=each.name, segments=each.segments, skipped=each.skipped) for each in found.plan.stages
    )
    parts = [
        SegmentPlanned(segment_id=segment_id(task.job_id, each.index), stages=found.plan.wanted, **vars(each), **shared)
        for each in found.plan.segments
    ]
    known = {"script": briefed.script, "memory": briefed.memory}
    return JobPlanned(segments=ranges, stages=stages, **shared, **known), parts
