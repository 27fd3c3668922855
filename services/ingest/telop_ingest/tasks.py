"""The tasks of ingest: what it does without an event that asks for it."""

from typing import Annotated, ClassVar

from pydantic import Field
from telop_chassis.tasks import Task
from telop_contracts.values import ObjectRef


class FetchMedia(Task):
    """Bring the medium of an accepted job into the object store, or find it there."""

    TYPE: ClassVar[str] = "ingest.fetch_media"

    job_id: str


class ProbeAndPlan(Task):
    """Probe the medium and plan its segments."""

    TYPE: ClassVar[str] = "ingest.probe_and_plan"

    job_id: str
    media: ObjectRef


class StallCheck(Task):
    """Fail the job if it does not move; each look schedules the next."""

    TYPE: ClassVar[str] = "ingest.stall_check"

    job_id: str
    round: Annotated[int, Field(ge=1)]

    @property
    def dedup_key(self) -> str:
        """One per job and look."""
        return f"{self.job_id}:{self.round}"


class DeleteJob(Task):
    """Delete a job that was kept long enough, and everything of it."""

    TYPE: ClassVar[str] = "ingest.delete_job"

    job_id: str
