"""What the matcher consumes: plans, results and failures to join, second looks, and the judging of a complete job.

Each record of a join is one short transaction on the job's locked row; judging itself runs in a thread.
"""

import asyncio
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from telop_chassis import telemetry
from telop_chassis.database import Database, Transaction
from telop_chassis.ended_jobs import JobCancelledHere, JobFailedHere
from telop_chassis.failures import PermanentError
from telop_chassis.handlers import DeadItem, Handler, Item, Outcome, Recorder
from telop_chassis.objects import ObjectStore
from telop_contracts.check.v1 import Memory, Rules
from telop_contracts.job.v1 import JobCancelled, JobEvent, JobFailed, JobPlanned
from telop_contracts.media.v1 import ScriptLine
from telop_contracts.recheck.v1 import RecheckAnswered
from telop_contracts.segment.v1 import SegmentFailed
from telop_contracts.speech.v1 import SpeechTranscribed
from telop_contracts.telops.v1 import TelopsRead
from telop_contracts.values import STAGE_ASR, STAGE_OCR

from telop_matcher import joining
from telop_matcher.joining import Joined, Part
from telop_matcher.judgement import Asked, Judgement, judge_job
from telop_matcher.lexicons import Lexicons
from telop_matcher.settings import MatcherSettings
from telop_matcher.tasks import EndSecondLooks, JudgeJob

T = TypeVar("T", bound=JobEvent)
_SCRIPT: Final = TypeAdapter(tuple[ScriptLine, ...])


class _Join(Recorder[T]):
    """What joins a job: without it the job cannot be judged."""

    async def give_up(self, transaction: Transaction, item: DeadItem[T], reason: str) -> Outcome:
        """End the job: it waits for this."""
        return await joining.fail(transaction, item.tenant, item.subject, reason)


class JoinPlan(_Join[JobPlanned]):
    """Stores what a job needs before it can be judged."""

    model = JobPlanned

    async def record(self, transaction: Transaction, item: Item[JobPlanned], result: None) -> Outcome:
        """Store it."""
        return await joining.store_plan(transaction, item.tenant, item.data, item.traceparent)


class JoinTelops(_Join[TelopsRead]):
    """Stores what was read in a segment."""

    model = TelopsRead

    async def record(self, transaction: Transaction, item: Item[TelopsRead], result: None) -> Outcome:
        """Store it."""
        part = Part(STAGE_OCR, item.data.index, item.data.model_dump_json().encode(), None, item.traceparent)
        return await joining.store_part(transaction, item.tenant, item.data.job_id, part)


class JoinSpeech(_Join[SpeechTranscribed]):
    """Stores what was heard in a segment."""

    model = SpeechTranscribed

    async def record(self, transaction: Transaction, item: Item[SpeechTranscribed], result: None) -> Outcome:
        """Store it."""
        part = Part(STAGE_ASR, item.data.index, item.data.model_dump_json().encode(), None, item.traceparent)
        return await joining.store_part(transaction, item.tenant, item.data.job_id, part)


class JoinFailure(_Join[SegmentFailed]):
    """Stores that a stage gave up on a segment; a stage that gave up on the whole job ends it."""

    model = SegmentFailed

    async def record(self, transaction: Transaction, item: Item[SegmentFailed], result: None) -> Outcome:
        """Store it."""
        failed = item.data
        if failed.index is None:
            return await joining.fail(transaction, item.tenant, failed.job_id, failed.reason)
        part = Part(failed.stage, failed.index, None, failed.reason, item.traceparent)
        return await joining.store_part(transaction, item.tenant, failed.job_id, part)


class LookedAgain(Recorder[RecheckAnswered]):
    """Stores what a second look gave."""

    model = RecheckAnswered

    async def record(self, transaction: Transaction, item: Item[RecheckAnswered], result: None) -> Outcome:
        """Store it."""
        return await joining.store_look(transaction, item.tenant, item.data, item.traceparent)

    async def give_up(self, transaction: Transaction, item: DeadItem[RecheckAnswered], reason: str) -> Outcome:
        """The job does not wait for it for ever."""
        return Outcome()


class StopLooking(Recorder[EndSecondLooks]):
    """Judges with the second looks that were answered in time."""

    model = EndSecondLooks

    async def record(self, transaction: Transaction, item: Item[EndSecondLooks], result: None) -> Outcome:
        """Stop waiting."""
        return await joining.stop_looking(transaction, item.tenant, item.data.job_id)

    async def give_up(self, transaction: Transaction, item: DeadItem[EndSecondLooks], reason: str) -> Outcome:
        """End the job, which would wait for ever."""
        return await joining.fail(transaction, item.tenant, item.subject, reason)


class Judge(Handler[JudgeJob, Judgement | None]):
    """Judges a job as it stood at a revision; the judgement of the newest revision is the verdict."""

    model = JudgeJob

    def __init__(self, database: Database, objects: ObjectStore, lexicons: Lexicons, settings: MatcherSettings) -> None:
        self._database = database
        self._objects = objects
        self._lexicons = lexicons
        self._settings = settings

    async def work(self, item: Item[JudgeJob]) -> Judgement | None:
        """Judge, unless something was stored since; a verdict's result is written before it is recorded."""
        async with self._database.transaction("load parts") as transaction:
            joined = await joining.load(transaction, item.tenant, item.data)
        if joined is None:
            return None
        telemetry.link_current_span(joined.traceparents)
        asked = await self._asked(joined)
        judge = self._lexicons.judge_of(joined.plan.language)
        judgement = await asyncio.to_thread(judge_job, joined, asked, judge)
        if judgement.in_doubt:
            return judgement
        return judgement.stored(await self._objects.put_bytes(judgement.key(item.tenant), judgement.document))

    async def _asked(self, joined: Joined) -> Asked:
        """Load what the job is judged by."""
        plan = joined.plan
        try:
            return Asked(
                rules=Rules.model_validate_json(await self._objects.get_bytes(plan.rules), strict=True, extra="ignore"),
                script=_SCRIPT.validate_json(await self._objects.get_bytes(plan.script)) if plan.script else (),
                memory=Memory.model_validate_json(
                    await self._objects.get_bytes(plan.memory) if plan.memory else b"{}", extra="ignore"
                ),
                second_looks=0 if joined.looked_again else self._settings.second_looks,
                second_listens=0 if joined.looked_again else self._settings.second_listens,
            )
        except ValidationError:
            raise PermanentError("rules_malformed") from None

    async def record(self, transaction: Transaction, item: Item[JudgeJob], result: Judgement | None) -> Outcome:
        """Announce the verdict, or ask for second looks first; what is not of the newest revision counts for
        nothing.
        """
        job_id = item.data.job_id
        if result is None or not await joining.is_newest(transaction, item.tenant, item.data):
            return Outcome()
        if result.in_doubt:
            wait_s = self._settings.second_look_s
            return await joining.ask_for_looks(transaction, item.tenant, result.in_doubt, wait_s)
        checked = result.checked()
        key = checked.result.key
        await joining.end(transaction, item.tenant, job_id, verdict=checked.verdict, result_key=key)
        return Outcome(events=[checked])

    async def give_up(self, transaction: Transaction, item: DeadItem[JudgeJob], reason: str) -> Outcome:
        """End the job, unless another judgement of it is under way."""
        if item.data and not await joining.is_newest(transaction, item.tenant, item.data):
            return Outcome()
        return await joining.fail(transaction, item.tenant, item.subject, reason)


class ForgetFailed(JobFailedHere):
    """Stops the work of a job that failed, and forgets its parts."""

    async def record(self, transaction: Transaction, item: Item[JobFailed], result: None) -> Outcome:
        """Forget it."""
        await joining.forget(transaction, item.tenant, item.data.job_id)
        return await super().record(transaction, item, result)


class ForgetCancelled(JobCancelledHere):
    """Stops the work of a job that was cancelled, and forgets its parts."""

    async def record(self, transaction: Transaction, item: Item[JobCancelled], result: None) -> Outcome:
        """Forget it."""
        await joining.forget(transaction, item.tenant, item.data.job_id)
        return await super().record(transaction, item, result)
