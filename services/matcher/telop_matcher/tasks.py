"""The matcher's tasks: a job that is complete is judged, and second looks are not waited for for ever."""

from typing import ClassVar

from telop_chassis.tasks import Task
from telop_contracts.values import Count, Id


class JudgeJob(Task):
    """Judge a job as it stood at a revision. One for each revision that was worth judging."""

    TYPE: ClassVar[str] = "job.judge"

    job_id: Id
    revision: Count

    @property
    def dedup_key(self) -> str:
        """One per job and revision."""
        return f"{self.job_id}:{self.revision}"


class EndSecondLooks(Task):
    """Judge with what second looks there are."""

    TYPE: ClassVar[str] = "job.end_second_looks"

    job_id: Id
