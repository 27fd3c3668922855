"""Ended jobs: a tombstone stops all work of a job that failed or was cancelled.

Waiting rows are closed in the transaction that writes the tombstone, running work sees it with its next heartbeat and
is killed, and what arrives later is closed on insert. Types that outlive their job are not touched.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from sqlalchemy.dialects.postgresql import insert
from telop_contracts.job.v1 import JobCancelled, JobEvent, JobFailed

from telop_chassis import inbox
from telop_chassis.database import Transaction
from telop_chassis.handlers import DeadItem, Item, Outcome, Recorder
from telop_chassis.tables import ended_jobs

CHANNEL: Final = "telop_ended_jobs"
"""Notified with the job's id, so that running work need not wait for its next heartbeat."""
T = TypeVar("T", bound=JobEvent)


async def end_job(transaction: Transaction, job_id: str, outliving: Sequence[str] = ()) -> None:
    """Write the tombstone and close what waits."""
    await transaction.execute(insert(ended_jobs).values(job_id=job_id).on_conflict_do_nothing())
    await inbox.close_job(transaction, job_id, outliving)
    transaction.notify(CHANNEL, job_id)


class _JobEnded(Recorder[T]):
    outlives_job = True

    async def record(self, transaction: Transaction, item: Item[T], result: None) -> Outcome:
        await end_job(transaction, item.data.job_id)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[T], reason: str) -> Outcome:
        return Outcome()


class JobFailedHere(_JobEnded[JobFailed]):
    """Stops the work of a job that failed."""

    model = JobFailed


class JobCancelledHere(_JobEnded[JobCancelled]):
    """Stops the work of a job that was cancelled."""

    model = JobCancelled
