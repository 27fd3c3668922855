"""The transcripts of segments, one each: the first recorded stays. A tenant's transcript serves its later jobs."""

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


async def of_same_work(database: Database, tenant: str, key: str) -> SpeechTranscribed | None:
    """The newest transcript of the tenant with this work key, for whatever job it was made."""
    mine = (transcripts.c.tenant == tenant, transcripts.c.work_key == key)
    statement = select(transcripts.c.result).where(*mine).order_by(transcripts.c.heard_at.desc()).limit(1)
    async with database.transaction("look up same work") as transaction:
        found = (await transaction.execute(statement)).scalar_one_or_none()
    return None if found is None else SpeechTranscribed.model_validate(found)


def for_segment(done: SpeechTranscribed, segment: SegmentPlanned) -> SpeechTranscribed:
    """A transcript as that of another job's segment, for which nothing had to be heard."""
    cost = done.cost.model_copy(update={"wall_s": 0.0, "engine_calls": 0})
    own = {"job_id": segment.job_id, "segment_id": segment.segment_id, "index": segment.index, "cost": cost}
    return done.model_copy(update=own)


async def record(transaction: Transaction, tenant: str, result: SpeechTranscribed, key: str | None) -> bool:
    """Store a segment's transcript; False, and nothing is stored, if it has one. Without a key it is not reused."""
    row = {
        "tenant": tenant,
        "job_id": result.job_id,
        "segment_index": result.index,
        "result": result.model_dump(mode="json"),
        "work_key": key,
    }
    statement = insert(transcripts).values(row).on_conflict_do_nothing()
    return (await transaction.execute(statement)).rowcount == 1
