"""How long jobs last: once one was kept long enough after its end, the task that deletes it is asked for.

A job that waits for its time costs nothing but its row: tasks are made for those whose time has come, a few at a time.
One whose deletion became a dead letter is not asked for again; requeueing the dead letter is.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, func, select
from telop_chassis.database import Database
from telop_chassis.tables import inbox

from telop_ingest.tables import jobs
from telop_ingest.tasks import DeleteJob

BATCH: Final = 200
_ASKED_FOR: Final = exists().where(
    inbox.c.tenant == jobs.c.tenant, inbox.c.source == "task", inbox.c.event_id == DeleteJob.TYPE + ":" + jobs.c.job_id
)


async def expire(database: Database, *, kept: timedelta) -> int:
    """Ask for the deletion of what ended longer ago than that; return how many jobs it were."""
    over = jobs.c.finished_at < func.clock_timestamp() - kept
    statement = (
        select(jobs.c.job_id, jobs.c.tenant, jobs.c.traceparent)
        .where(over, ~_ASKED_FOR)
        .order_by(jobs.c.finished_at)
        .limit(BATCH)
    )
    asked = 0
    while True:
        async with database.transaction("expire jobs") as transaction:
            rows = (await transaction.execute(statement)).all()
            for row in rows:
                transaction.traceparent = row.traceparent
                await transaction.schedule(DeleteJob(job_id=row.job_id), tenant=row.tenant)
        asked += len(rows)
        if len(rows) < BATCH:
            return asked
