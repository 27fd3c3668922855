"""The results of segments, one each: the first that is recorded stays. A tenant's result serves its later jobs too."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Database, Transaction
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.telops.v1 import Telop, TelopsRead

from telop_ocr.tables import readings


async def is_recorded(database: Database, tenant: str, segment: SegmentPlanned) -> bool:
    """Whether a segment has its result."""
    mine = (readings.c.tenant == tenant, readings.c.job_id == segment.job_id)
    statement = select(exists().where(*mine, readings.c.segment_index == segment.index))
    async with database.transaction("look up reading") as transaction:
        return bool((await transaction.execute(statement)).scalar_one())


async def of_same_work(database: Database, tenant: str, key: str) -> TelopsRead | None:
    """The newest result of the tenant with this work key, for whatever job it was computed."""
    mine = (readings.c.tenant == tenant, readings.c.work_key == key)
    statement = select(readings.c.result).where(*mine).order_by(readings.c.read_at.desc()).limit(1)
    async with database.transaction("look up same work") as transaction:
        found = (await transaction.execute(statement)).scalar_one_or_none()
    return None if found is None else TelopsRead.model_validate(found)


def for_segment(done: TelopsRead, segment: SegmentPlanned, telops: tuple[Telop, ...]) -> TelopsRead:
    """A result as that of another job's segment, for which nothing had to be read; `telops` are its own copies."""
    cost = done.cost.model_copy(update={"wall_s": 0.0, "engine_calls": 0})
    own = {"job_id": segment.job_id, "segment_id": segment.segment_id, "index": segment.index}
    return done.model_copy(update={**own, "telops": telops, "cost": cost})


async def record(transaction: Transaction, tenant: str, result: TelopsRead, key: str) -> bool:
    """Store a segment's result; False, and nothing is stored, if it has one."""
    row = {
        "tenant": tenant,
        "job_id": result.job_id,
        "segment_index": result.index,
        "result": result.model_dump(mode="json"),
        "work_key": key,
    }
    statement = insert(readings).values(row).on_conflict_do_nothing()
    return (await transaction.execute(statement)).rowcount == 1
