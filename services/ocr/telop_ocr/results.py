"""The results of segments, one each: the first that is recorded stays."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Database, Transaction
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.telops.v1 import TelopsRead

from telop_ocr.tables import readings


async def is_recorded(database: Database, tenant: str, segment: SegmentPlanned) -> bool:
    """Whether a segment has its result."""
    mine = (readings.c.tenant == tenant, readings.c.job_id == segment.job_id)
    statement = select(exists().where(*mine, readings.c.segment_index == segment.index))
    async with database.transaction("look up reading") as transaction:
        return bool((await transaction.execute(statement)).scalar_one())


async def record(transaction: Transaction, tenant: str, result: TelopsRead) -> bool:
    """Store a segment's result; False, and nothing is stored, if it has one."""
    row = {
        "tenant": tenant,
        "job_id": result.job_id,
        "segment_index": result.index,
        "result": result.model_dump(mode="json"),
    }
    statement = insert(readings).values(row).on_conflict_do_nothing()
    return (await transaction.execute(statement)).rowcount == 1
