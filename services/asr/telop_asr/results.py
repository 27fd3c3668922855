"""The transcripts of segments, one each: the first that is recorded stays."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Database, Transaction
from telop_contracts.segment.v1 import SegmentPlanned
from telop_contracts.speech.v1 import SpeechTranscribed

from telop_asr.tables import transcripts


async def is_recorded(database: Database, tenant: str, segment: SegmentPlanned) -> bool:
    """Whether a segment has its transcript."""
    mine = (transcripts.c.tenant == tenant, transcripts.c.job_id == segment.job_id)
    statement = select(exists().where(*mine, transcripts.c.segment_index == segment.index))
    async with database.transaction("look up transcript") as transaction:
        return bool((await transaction.execute(statement)).scalar_one())


async def record(transaction: Transaction, tenant: str, result: SpeechTranscribed) -> bool:
    """Store a segment's transcript; False, and nothing is stored, if it has one."""
    row = {
        "tenant": tenant,
        "job_id": result.job_id,
        "segment_index": result.index,
        "result": result.model_dump(mode="json"),
    }
    statement = insert(transcripts).values(row).on_conflict_do_nothing()
    return (await transaction.execute(statement)).rowcount == 1
