"""Second readings within the budget: a job's calls are counted in the database, before each is made.

So neither more workers nor a second attempt of a range make more calls than the job's media time allows.
"""

from sqlalchemy.dialects.postgresql import insert
from telop_chassis.database import Database
from telop_contracts.values import EngineFingerprint

from telop_ocr.second_reader import OpenAiReader
from telop_ocr.tables import second_reads


class SecondReadings:
    """The second reader with its count."""

    def __init__(self, database: Database, reader: OpenAiReader) -> None:
        self._database = database
        self.reader = reader

    @property
    def engine(self) -> EngineFingerprint:
        """Which reader it is."""
        return self.reader.fingerprint()

    async def read(self, tenant: str, job_id: str, media_s: float, jpeg: bytes) -> str | None:
        """What the second reader makes of a picture; None without a usable answer, or if the job's calls are used up.

        `media_s` is the duration of the job's medium.
        """
        if not await self._counted(tenant, job_id, self.reader.budget(media_s)):
            return None
        return await self.reader.read(jpeg)

    async def _counted(self, tenant: str, job_id: str, most: int) -> bool:
        first = insert(second_reads).values(tenant=tenant, job_id=job_id, calls=1)
        statement = first.on_conflict_do_update(
            index_elements=[second_reads.c.tenant, second_reads.c.job_id],
            set_={"calls": second_reads.c.calls + 1},
            where=second_reads.c.calls < most,
        )
        async with self._database.transaction("count a second reading") as transaction:
            return (await transaction.execute(statement)).rowcount == 1
